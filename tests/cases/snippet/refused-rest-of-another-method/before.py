class Walker:
    def __init__(self):
        self.seen = []

    def step(self, node, depth):
        if node.is_leaf:
            return self.leaf(node, depth)
        return self.branch(node, depth)

    def leaf(self, node, depth):
        return node.value

    def walk(self, node):
        self.seen.append(node)
        try:
            return self.step(node, 0)
        finally:
            self.seen.pop()

    def report(self, node):
        kind = None
        return f"{kind} {node}"
