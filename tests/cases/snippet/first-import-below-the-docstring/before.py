#!/usr/bin/env python3
"""Count words.

Reads what is typed.
"""

LEAST = 2


def count(text):
    return len(text.split())
