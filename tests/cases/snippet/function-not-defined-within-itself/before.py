import sys
from pathlib import Path
from time import time


def tally(paths, sink, seen) -> int:
    """Count the words of all files."""
    words = 0
    for path in paths:
        for line in path.open():
            sink.put(kind_of(line))
            if seen.add(line):
                words += 1
    print("%d words" % words)
    return words
