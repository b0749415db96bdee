"""The console script, and `python -m fastapply`."""

import sys


def main() -> None:
    """Run. Ctrl-C ends it with 130 from the first import on."""
    try:
        from fastapply.cli.main import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
