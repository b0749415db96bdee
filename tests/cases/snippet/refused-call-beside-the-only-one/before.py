def main():
    print("ready")


if __name__ == "__main__":
    main()
