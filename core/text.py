"""Text files as lines that remember their own endings.

Nothing outside this module knows about byte order marks, encodings or ``\\r``. The law:
``SourceText.decode(data).encode() == data`` for any bytes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain, zip_longest

from fastapply.core.regex import regex

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_ENDING = regex("\r\n|\n")
_CLASSIC_MAC_ENDING = regex("\r")


@dataclass(frozen=True, slots=True)
class SourceText:
    """A file's text: its lines without endings, and beside each line the ending it has.

    `endings` is as long as `lines`; only the last may be empty (no newline at the end of the
    file). `encoding` is a Python codec name, `bom` the bytes before the text. Bytes that are not
    valid in the encoding travel as lone surrogates and come out as they went in.
    """

    lines: tuple[str, ...]
    endings: tuple[str, ...]
    encoding: str = "utf-8"
    bom: bytes = b""

    def __post_init__(self) -> None:
        """Refuse texts whose endings do not fit their lines."""
        if len(self.lines) != len(self.endings):
            raise ValueError("one ending a line")
        if "" in self.endings[:-1]:
            raise ValueError("only the last line may lack an ending")

    @classmethod
    def decode(cls, data: bytes) -> SourceText:
        """Read bytes; any bytes can be read, and `encode` gives the same bytes back."""
        for bom, encoding in _BOMS:
            if data.startswith(bom):
                try:
                    text = data[len(bom) :].decode(encoding, "surrogateescape")
                except UnicodeDecodeError:
                    continue
                if (bom + text.encode(encoding, "surrogateescape")) == data:
                    return cls.from_str(text, encoding, bom)
        return cls.from_str(data.decode("utf-8", "surrogateescape"))

    @classmethod
    def from_str(cls, text: str, encoding: str = "utf-8", bom: bytes = b"") -> SourceText:
        """Split `text` at ``\\n`` and ``\\r\\n``, or at ``\\r`` where there are no others."""
        ending = _CLASSIC_MAC_ENDING if "\n" not in text and "\r" in text else _ENDING
        lines = ending.split(text)
        endings = ending.findall(text)
        if lines[-1]:
            endings.append("")
        else:
            lines.pop()
        return cls(tuple(lines), tuple(endings), encoding, bom)

    def encode(self) -> bytes:
        """The bytes of the file."""
        return self.bom + str(self).encode(self.encoding, "surrogateescape")

    def __str__(self) -> str:
        """The text with every line's own ending."""
        return "".join(chain.from_iterable(zip_longest(self.lines, self.endings, fillvalue="")))

    @property
    def ending(self) -> str:
        """The line ending most lines have; ``\\n`` where there is none."""
        counts = Counter(ending for ending in self.endings if ending)
        return counts.most_common(1)[0][0] if counts else "\n"

    @property
    def ends_with_newline(self) -> bool:
        """Whether the last line has an ending; true for an empty file."""
        return not self.endings or bool(self.endings[-1])
