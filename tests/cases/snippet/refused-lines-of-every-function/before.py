def f0(x):
    y = x + 0
    return y


def f1(x):
    y = x + 1
    return y


def f2(x):
    y = x + 2
    return y


def f3(x):
    y = x + 3
    return y


def f4(x):
    y = x + 4
    return y


def f5(x):
    y = x + 5
    return y


def f6(x):
    y = x + 6
    return y


def f7(x):
    y = x + 7
    return y


def f8(x):
    y = x + 8
    return y


def f9(x):
    y = x + 9
    return y


def f10(x):
    y = x + 10
    return y


def f11(x):
    y = x + 11
    return y


