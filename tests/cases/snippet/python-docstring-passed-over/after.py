class Queue:
    def take(self, *names):
        """Take items by name.

        Raises KeyError for a name that is not there.
        """
        if self.closed:
            raise ClosedError

        found = []
        for name in dict.fromkeys(names):
            # Ask the store first.
            found.append(self.store[name])
        return found

    def size(self):
        return len(self.store)
