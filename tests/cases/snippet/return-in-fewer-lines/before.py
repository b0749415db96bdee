class Bag:
    def __iter__(self):
        return iter(self.items)

    def __reduce__(self):
        return (self.__class__, (list(self),),
                getattr(self, '__dict__', None))

    def add(self, item):
        self.items.append(item)
