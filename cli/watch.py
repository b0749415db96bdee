"""A progress bar for what takes long enough to wonder, and none for what does not."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapply.cli.render import Bar

PATIENCE = 0.5  # seconds


class Watch:
    """Shows a bar on stderr once `PATIENCE` is over, takes it away at the end."""

    def __init__(self, title: str, *, shown: bool = True) -> None:
        """Nothing is shown before it is entered, nor ever unless `shown` and on a terminal."""
        self._title = title
        self._bar: Bar | None = None
        shown = shown and sys.stderr.isatty()
        self._timer = threading.Timer(PATIENCE, self._start) if shown else None

    def __enter__(self) -> Watch:
        """Begin to wait."""
        if self._timer is not None:
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave no bar behind."""
        self.close()

    def close(self) -> None:
        """Take the bar away for good: something else is to be seen."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()
            self._timer = None
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def begin(self, title: str) -> None:
        """Say what is done now; nobody knows how long it will take."""
        self._title = title
        if self._bar is not None:
            self._bar.begin(title)

    def show(self, title: str, done: int, expected: int, said: str) -> None:
        """Say how much of about `expected` is done, and what else there is to say."""
        self._title = title
        if self._bar is not None:
            self._bar.show(done, expected, title=title, said=said)

    def _start(self) -> None:
        from fastapply.cli.render import Bar

        self._bar = Bar(self._title)
