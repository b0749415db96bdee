def area(width, height):
    return abs(width * height)


def perimeter(width, height):
    return 2 * abs(width + height)


def diagonal(width, height):
    return hypot(width, height)
