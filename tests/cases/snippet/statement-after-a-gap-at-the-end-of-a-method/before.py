class Fetcher:
    def __init__(self, timeout=10):
        self.timeout = timeout
        self.session = open_session()
        self.session.headers["User-Agent"] = AGENT

    def fetch(self, url):
        return self.session.get(url, timeout=self.timeout)
