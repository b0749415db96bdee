"""`python -m fastapply` is the console script."""

from fastapply.cli.main import main

if __name__ == "__main__":
    main()
