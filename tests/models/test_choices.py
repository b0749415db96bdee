"""Choosing among logits."""

import numpy as np

from fastapply.models.llama.choices import Chooser


def test_threads_choose_what_one_chooses():
    random = np.random.default_rng(1)
    logits = random.integers(0, 50, (101, 300)).astype(np.float32)  # with equals
    asked = [None if number % 3 else frozenset({7, 200, number}) for number in range(101)]
    one, many = Chooser(1), Chooser(3)
    alone = one.choices(logits, asked)
    assert many.choices(logits, asked) == alone
    assert many.choices(logits[:5], asked[:5]) == alone[:5]
    assert alone[1] == int(logits[1].argmax())
    assert alone[0] in {7, 200, 0}
    many.close()
