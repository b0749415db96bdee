def counted(function):
    def inner(*arguments):
        inner.calls += 1
        return function(*arguments)

    inner.calls = 0
    return inner


def plain(function):
    return function
