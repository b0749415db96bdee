class Rows:
    def items(self):
        for key in self.keys():
            try:
                value = self.table[key]
            except KeyError:
                continue
            def change(value, key=key, rows=self.table):
                rows[key] = value
            yield make_item(key, value, change)
