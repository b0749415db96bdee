import os


def home():
    return os.path.expanduser("~")


def shell():
    return os.environ["SHELL"]
