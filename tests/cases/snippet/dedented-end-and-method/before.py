class Queue:
    def sorted_jobs(self, kind):
        jobs = [job for job in self.jobs if job.kind == kind]
        jobs.sort(key=self.rank)
        return jobs

    def run_jobs(self, kind, context):
        jobs = self.sorted_jobs(kind)
        for job in jobs:
            job.run(context)
