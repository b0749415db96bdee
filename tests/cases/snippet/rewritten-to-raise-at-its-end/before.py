class Client:
    def __init__(self, session):
        self.session = session

    def fetch(self, url):
        log.debug("fetching %s", url)
        response = self.session.get(url, timeout=self.timeout)
        if response.status != 200:
            raise FetchError(url, response.status)
        return response.body

    def close(self):
        self.session.close()
