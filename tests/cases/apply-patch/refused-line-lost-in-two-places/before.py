def test_long(vectors):
    keys = Keys(
        salt=vectors["salt"],
        mode="long",
    )
    data = decoded_from_hex(vectors["data"])

    assert keys.of(data) == decoded_from_hex(vectors["text"])


def test_buffer(vectors):
    keys = Keys(
        salt=vectors["salt"],
        mode="long",
    )
    data = bytearray(decoded_from_hex(vectors["data"]))

    assert keys.of(data) == decoded_from_hex(vectors["text"])
