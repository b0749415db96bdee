class Shelf:
    def __init__(self, books):
        self.books = books

    def close(self):
        self.books.clear()


class Reader:
    def read(self, shelf):
        return shelf.books[0]


def main():
    print(Reader().read(Shelf(["Emma"])))
