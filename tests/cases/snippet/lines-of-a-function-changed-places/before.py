import os

PATH = "state.txt"


def read_state():
    if not os.path.exists(PATH):
        return {}
    with open(PATH) as source:
        return dict(line.split("=") for line in source)


def keys():
    return sorted(read_state())
