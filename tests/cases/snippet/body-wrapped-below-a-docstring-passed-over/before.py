class Shelf:
    """Holds jars."""

    def __init__(self, path):
        self.path = path

    def load(self, jar):
        """Fetch what a jar holds."""
        with open(self.path) as source:
            return source.read()[jar]

    def close(self):
        self.path = None
