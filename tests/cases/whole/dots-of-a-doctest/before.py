"""Numbers.

>>> for number in count(2):
...     print(number)
0
1
...
"""


def count(stop):
    yield from range(stop)


def test_main():
    assert list(count(2)) == [0, 1]
    assert list(count(0)) == []


if __name__ == "__main__":
    test_main()
