class Client:
    def __init__(self, session):
        self.session = session

    def fetch(self, url):
        log.debug("fetching %s", url)
        for attempt in range(3):
            response = self.session.get(url, timeout=self.timeout)
            if response.status == 200:
                return response.body
            sleep(2**attempt)
        raise FetchError(url, response.status)

    def close(self):
        self.session.close()
