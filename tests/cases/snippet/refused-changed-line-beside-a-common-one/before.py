def near(step):
    reach = step + 1
    return reach


def middle(step):
    reach = step + 2
    return reach


def far(step):
    reach = step + 3
    return reach
