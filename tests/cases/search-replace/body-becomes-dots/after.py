class Source:
    def read(self):
        ...

    def close(self):
        pass
