class Source:
    def read(self):
        return 1

    def close(self):
        pass
