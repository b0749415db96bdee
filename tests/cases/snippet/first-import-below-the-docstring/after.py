#!/usr/bin/env python3
"""Count words.

Reads what is typed.
"""

import re

LEAST = 2


def count(text):
    return len(re.findall(r"\w{%d,}" % LEAST, text))
