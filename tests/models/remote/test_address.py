"""Addresses, the keys they may see, and the events of a stream."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapply.core.errors import OptionsError
from fastapply.models.remote.address import address, is_address, key_for
from fastapply.models.remote.parallel import in_order
from fastapply.models.remote.sse import events, lines

BOTH = {"FASTAPPLY_API_KEY": "own", "OPENAI_API_KEY": "openai"}
OPENAI = {"OPENAI_API_KEY": "openai"}


@pytest.mark.parametrize(
    ("url", "api", "root", "name"),
    [
        ("http://gpu:8000#q", "http://gpu:8000/v1", "http://gpu:8000", "q"),
        ("http://gpu:8000/#q", "http://gpu:8000/v1", "http://gpu:8000", "q"),
        ("http://gpu:8000/v1/#q", "http://gpu:8000/v1", "http://gpu:8000", "q"),
        ("https://h/api/v1/chat/completions#a/b", "https://h/api/v1", "https://h/api", "a/b"),
        ("https://h/openai", "https://h/openai", "https://h/openai", ""),
        ("http://[::1]:8080#q", "http://[::1]:8080/v1", "http://[::1]:8080", "q"),
    ],
)
def test_addresses(url: str, api: str, root: str, name: str) -> None:
    place = address(url)
    assert (place.api, place.root, place.name) == (api, root, name)


@pytest.mark.parametrize("url", ["http://", "file:///etc/passwd", "http://a@b#c", "https://h:x#c"])
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(OptionsError):
        address(url)


def test_names_of_local_models_are_no_addresses() -> None:
    assert not any(map(is_address, (None, "embedded", "a/b.gguf", "hf:a/b/c.gguf")))


@pytest.mark.parametrize(
    ("url", "keys", "key"),
    [
        ("https://api.openai.com/v1#m", OPENAI, "openai"),
        ("https://API.openai.com:443#m", OPENAI, "openai"),
        ("https://api.openai.com/v1#m", BOTH, "own"),
        ("http://api.openai.com/v1#m", OPENAI, None),
        ("https://api.openai.com.evil.example/v1#m", OPENAI, None),
        ("https://openai.com/v1#m", OPENAI, None),
        ("http://gpu:8000#m", OPENAI, None),
        ("http://gpu:8000#m", BOTH, "own"),
        ("http://gpu:8000#m", {"FASTAPPLY_API_KEY": ""}, None),
        ("http://gpu:8000#m", {"FASTAPPLY_API_KEY": " from-a-file\n"}, "from-a-file"),
    ],
)
def test_openais_key_goes_to_openai_alone(url: str, keys: dict[str, str], key: str | None) -> None:
    assert key_for(address(url), keys) == key


@pytest.mark.parametrize("key", ["a\nb", "schl\u00fcssel", "a\x01b", "\udcff"])
def test_what_is_no_key_is_refused_and_not_repeated(key: str) -> None:
    with pytest.raises(OptionsError) as told:
        key_for(address("http://gpu:8000#m"), {"FASTAPPLY_API_KEY": key})
    assert str(told.value) == "FASTAPPLY_API_KEY holds characters that no key has"


def test_events_are_the_data_between_blank_lines() -> None:
    text = ": ping\n\nevent: x\ndata: a\ndata:b\r\n\ndata: c\nid: 3\n\ndata: d"
    assert list(events(lines([text]))) == ["a\nb", "c"]


@given(st.lists(st.integers(0, 50), max_size=30), st.integers(1, 9))
def test_work_comes_back_in_order(items: list[int], most: int) -> None:
    assert in_order(lambda item: 2 * item, items, most) == tuple(2 * item for item in items)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=20), st.integers(1, 9))
def test_a_failure_is_raised(items: list[int], most: int) -> None:
    def work(item: int) -> int:
        if item == items[-1]:
            raise ValueError(item)
        return item

    with pytest.raises(ValueError, match=str(items[-1])):
        in_order(work, items, most)
