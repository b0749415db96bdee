"""Numbers.

>>> for number in count(2):
...     print(number)
0
1
...
"""


def count(stop):
    yield from range(stop)


if __name__ == "__main__":
    print(*count(9))
