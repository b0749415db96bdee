import sys
from collections import Counter
from pathlib import Path
from time import time


def tally(paths, sink, seen) -> Counter:
    """Count the words of all files."""
    words = Counter()
    for path in paths:
        for line in path.open():
            kind = kind_of(line)
            sink.put(kind)
            if seen.add(line):
                words[kind] += 1
    print("%d words" % words.total())
    return words
