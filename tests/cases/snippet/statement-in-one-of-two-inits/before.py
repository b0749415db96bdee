class Point:
    def __init__(self, x):
        self.x = x

    def move(self, dx):
        self.x += dx


class Circle:
    def __init__(self, r):
        self.r = r
        self.name = "circle"

    def move(self, dx):
        self.c += dx

    def area(self):
        return 3 * self.r
