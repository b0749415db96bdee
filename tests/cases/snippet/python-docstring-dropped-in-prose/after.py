class Queue:
    def take(self, *names):
        if self.closed:
            raise ClosedError

        found = []
        for name in dict.fromkeys(names):
            # Ask the store first.
            found.append(self.store[name])
        return found

    def size(self):
        return len(self.store)
