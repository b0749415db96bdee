"""Regular expressions that cost nothing until they are used.

The merge of one snippet needs a few of the hundred patterns that the rooms know, and compiling
them all takes as long as the merge itself.
"""

from __future__ import annotations

import re
from typing import Any, cast


def regex(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """What `re.compile` gives, compiled at its first use; only its methods may be used."""
    return cast("re.Pattern[str]", _Regex(pattern, flags))


class _Regex:
    """Stands for a compiled pattern, whose methods become its own one by one."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        """Fetch a method of the compiled pattern, and keep it: the next call comes not here."""
        method = getattr(re.compile(self._pattern, self._flags), name)
        setattr(self, name, method)
        return method
