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


def main():
    a = A()
    a.add(1)
    print(a)
    a.remove(1)


if __name__ == "__main__":
    main()
