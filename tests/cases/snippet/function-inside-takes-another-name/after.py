def counted(function):
    def counting(*arguments):
        counting.calls += 1
        return function(*arguments)

    counting.calls = 0
    return counting


def plain(function):
    return function
