class A:
    def __init__(self):
        self.items = []

    def add(self, item):
        self.items.append(item)
        self.count += 1

    def remove(self, item):
        self.items.remove(item)
        self.count -= 1
        return item
