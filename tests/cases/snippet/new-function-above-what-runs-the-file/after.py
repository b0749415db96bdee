import sys


def twice(text):
    return text + text


def main():
    print(twice(sys.argv[1]))


def thrice(text):
    return text + twice(text)


if __name__ == "__main__":
    main()
