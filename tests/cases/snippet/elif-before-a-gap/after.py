import os
import sys
from pathlib import Path

DEFAULT_PORT = 8000
TIMEOUT = 30


class Config:
    """Holds settings."""

    name = "app"
    debug = False

    def __init__(self, path=None):
        self.path = path or Path("config.ini")
        self.values = {}
        self.load()

    def load(self):
        """Read the file."""
        if not self.path.exists():
            return
        with open(self.path) as f:
            for line in f:
                key, _, value = line.partition("=")
                self.values[key.strip()] = value.strip()

    def get(self, key, default=None):
        return self.values.get(key, default)

    def save(self):
        with open(self.path, "w") as f:
            for key, value in self.values.items():
                f.write(f"{key} = {value}\n")


def parse_args(argv):
    port = DEFAULT_PORT
    verbose = False
    for arg in argv:
        if arg == "-v":
            verbose = True
        elif arg == "-q":
            quiet = True
        elif arg.startswith("--port="):
            port = int(arg[7:])
        else:
            raise SystemExit(f"unknown option {arg}")
    return port, verbose


def main(argv=None):
    argv = argv if argv is not None else sys.argv[1:]
    port, verbose = parse_args(argv)
    config = Config()
    if verbose:
        print(config.values)
    serve(port, config)
    return 0
