"""Bytes in, the same bytes out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapply.core.text import SourceText

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1")


@given(st.binary())
def test_any_bytes_come_out_as_they_went_in(data: bytes) -> None:
    assert SourceText.decode(data).encode() == data


@given(st.text(st.sampled_from("ab\r\n é\u2028\x0c")), st.sampled_from(ENCODINGS))
def test_any_text_in_any_encoding_comes_out_as_it_went_in(text: str, encoding: str) -> None:
    data = text.encode(encoding, "replace")
    assert SourceText.decode(data).encode() == data


@given(st.text(st.sampled_from("ab\r\n")))
def test_lines_and_endings_make_the_text(text: str) -> None:
    source = SourceText.from_str(text)
    assert str(source) == text
    assert all(source.endings[:-1])
    assert not any("\n" in line for line in source.lines)


@pytest.mark.parametrize(
    ("text", "lines", "ending"),
    [
        ("", (), "\n"),
        ("a", ("a",), "\n"),
        ("a\r\nb\r\nc\n", ("a", "b", "c"), "\r\n"),
        ("a\rb\r", ("a", "b"), "\r"),
        ("a\rb\n", ("a\rb",), "\n"),
        ("\n\n", ("", ""), "\n"),
    ],
)
def test_lines_and_the_usual_ending(text: str, lines: tuple[str, ...], ending: str) -> None:
    source = SourceText.from_str(text)
    assert (source.lines, source.ending) == (lines, ending)
    assert source.ends_with_newline == (not text or text[-1] in "\r\n")


def test_a_byte_order_mark_is_no_line() -> None:
    source = SourceText.decode(b"\xef\xbb\xbfa\n")
    assert (source.lines, source.bom) == (("a",), b"\xef\xbb\xbf")


def test_utf_16_is_read_as_text() -> None:
    data = "a\r\nb\r\n".encode("utf-16")
    assert SourceText.decode(data).lines == ("a", "b")


@pytest.mark.parametrize("endings", [("\n",), ("", "\n")])
def test_endings_that_do_not_fit_are_refused(endings: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="ending"):
        SourceText(("a", "b"), endings)
