import os

PATH = "state.txt"


def read_state():
    try:
        with open(PATH) as source:
            return dict(line.split("=") for line in source)
    except FileNotFoundError:
        return {}


def keys():
    return sorted(read_state())
