import sys


def twice(text):
    return text + text


def main():
    print(twice(sys.argv[1]))


if __name__ == "__main__":
    main()
