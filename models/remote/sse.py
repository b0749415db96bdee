"""Server-sent events, as far as these APIs use them: the data of each event."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_END = re.compile("\r\n|\n|\r")


def lines(texts: Iterable[str]) -> Iterator[str]:
    """The lines of a text that comes in pieces; what follows the last end of a line is none.

    Only these ends count: JSON may hold U+2028 and its like, which `str.splitlines` takes for some.
    """
    begun: list[str] = []
    held = ""
    for text in texts:
        text = held + text
        held = "\r" if text.endswith("\r") else ""  # half an end, perhaps
        first, *others = _END.split(text.removesuffix("\r"))
        begun.append(first)
        for line in others:
            yield "".join(begun)
            begun = [line]
    if held:
        yield "".join(begun)


def events(lines: Iterable[str]) -> Iterator[str]:
    """The data of each event in `lines`; comments and other fields are passed over.

    What the end cuts off is no event.
    """
    data: list[str] = []
    for line in lines:
        if not line:
            if data:
                yield "\n".join(data)
            data = []
        elif line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
