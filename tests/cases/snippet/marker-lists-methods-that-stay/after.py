class Shelf:
    def put(self, book):
        with self.lock:
            self.books.append(book)
        self.saved = False

    def has(self, book):
        return book in self.books

    def all(self):
        return list(self.books)

    def count(self):
        return len(self.books)

    def clear(self):
        self.books.clear()
        self.saved = False
