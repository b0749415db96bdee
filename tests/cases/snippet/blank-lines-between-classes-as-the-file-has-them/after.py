class Shelf:
    def __init__(self, books):
        self.books = books

    def close(self):
        self.books.clear()


class Box(Shelf):
    def __init__(self):
        super().__init__([])


class Reader:
    def read(self, shelf):
        return shelf.books[0]

    def skip(self, shelf):
        shelf.books.pop(0)


def main():
    print(Reader().read(Shelf(["Emma", "Persuasion"])))
