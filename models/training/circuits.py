"""Copying built in at initialisation, so that training only learns when to change source.

The stream is divided into fields (`Field`); heads are written that move codes between them:

- every token has a random sign code of `WIDTH` units (TOKEN);
- layer 0: six heads fetch the codes of the six tokens before, whatever they are (rotary pairs
  peaking at an offset), summed into a hash of the last six tokens (HASH) and of the six before
  this one (PREV); one head looks at the part signs and tells region, fragment and answer apart;
- layer 1: four heads fetch the hashes 6, 12, 7 and 13 back: the same for tokens 7 to 18 (FAR);
- layer 2: heads find the place of the region, and of the fragment, whose past equals the present
  (HASH against PREV, FAR against FAR_PREV) and fetch the token that stands there (FROM_REGION,
  FROM_FRAGMENT); where less than a threshold matches they rest on the first token and say so
  (STRENGTH); its network amplifies a fragment's offer that matches long;
- the output reads both offers, the fragment's first.

After Olsson et al. 2022, "In-context learning and induction heads"; no later layer is touched.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

import torch
from torch import Tensor

from fastapply.models.training.model import HEAD, ROTARY, ApplyModel, Layer, frequencies
from fastapply.models.training.tokenizer import CODE, END, FINAL, PAD, UPDATE

WIDTH = 44
PAST = 6
DECAY = 0.8  # weight of a token in a hash, from one token to the next older one
HALF = HEAD // 2
CONTENT = [
    *range(ROTARY, HALF),
    *range(HALF + ROTARY, HEAD),
]  # the units of a head that stand still
UNIT = 4.0  # how large a flag is in the stream

# Scores before the softmax: of a head that looks back, by turning pair; of a section shut out; of
# equal distances from the part signs (the first START); of one equal near token; of all far ones.
PEAK = 7.0
LARGE = 40.0
START, ALIGN = 3, 16.0
NEAR, FAR = 5.0, 10.0
DECAYED = sum(DECAY**n for n in range(PAST))

# Logits of a token offered by the region alone, by the fragment alone; what long matches add.
READ_REGION, READ_FRAGMENT = 20.0, 5.0
AMPLIFY = 5.0


class Field(IntEnum):
    """Where a field of the stream begins; the first seven are `WIDTH` units wide, the rest one."""

    TOKEN = 0
    HASH = WIDTH
    PREV = 2 * WIDTH
    FAR = 3 * WIDTH
    FAR_PREV = 4 * WIDTH
    FROM_REGION = 5 * WIDTH
    FROM_FRAGMENT = 6 * WIDTH
    ONE = 7 * WIDTH
    SAYS_CODE = ONE + 1
    SAYS_UPDATE = ONE + 2
    SAYS_FINAL = ONE + 3
    IN_REGION = ONE + 4
    IN_FRAGMENT = ONE + 5
    IN_ANSWER = ONE + 6
    AFTER_CODE = ONE + 7
    AFTER_FINAL = ONE + 10
    STRENGTH = ONE + 13


def _field(field: Field) -> slice:
    return slice(field, field + WIDTH)


@dataclass(frozen=True, slots=True)
class Matcher:
    """A head of layer 2: where it looks, how much must match, where its find goes.

    `threshold` is in units of a score where one equal token is worth `NEAR`, two 1.8 times that,
    six 3.7 times.
    """

    section: Field
    threshold: float
    offer: Field | None


MATCHERS = (
    Matcher(Field.IN_FRAGMENT, 8.0, Field.FROM_FRAGMENT),
    Matcher(Field.IN_FRAGMENT, 14.0, None),
    Matcher(Field.IN_FRAGMENT, 22.0, None),
    Matcher(Field.IN_REGION, 1.0, Field.FROM_REGION),
    Matcher(Field.IN_REGION, 14.0, None),
    Matcher(Field.IN_REGION, 22.0, None),
)

TRUST, DOUBT = (0.0, 1.0, 1.0, 0.0, -0.4, -0.9), 0.15
"""When to believe the fragment: the weight of each strength, and what their sum must exceed."""


class Builder:
    """Writes the circuits into a model; `seed` draws the codes."""

    def __init__(self, model: ApplyModel, seed: int) -> None:
        self.model = model
        self.random = torch.Generator().manual_seed(seed)
        self.turns = [self._rotation() for _ in range(PAST + 2)]
        self.weights = [DECAY ** (n / 2) for n in range(PAST + 1)]

    def _rotation(self) -> Tensor:
        turn: Tensor = torch.linalg.qr(torch.randn(WIDTH, WIDTH, generator=self.random))[0]
        return turn

    def build(self) -> None:
        """Fill every weight of the model."""
        with torch.no_grad():
            self._noise()
            self._codes()
            self._look_back()
            self._look_further_back()
            self._match()
            self._prefer_long_matches()
            self._read_out()

    def _noise(self) -> None:
        width = self.model.shape.width
        for name, weight in self.model.named_parameters():
            if weight.dim() != 2:
                weight.fill_(1.0)
            elif name.endswith(("output.weight", "down.weight")):
                weight.zero_()
            else:
                weight.copy_(torch.randn(weight.shape, generator=self.random) * width**-0.5)

    def _codes(self) -> None:
        table = self.model.embedding.weight
        table[:, : Field.STRENGTH + 8] = 0
        table[:, Field.STRENGTH + 8 :] *= 2
        codes = torch.sign(torch.randn(len(table), WIDTH, generator=self.random))
        codes[FINAL] = codes[CODE]
        self.codes = codes
        table[:, _field(Field.TOKEN)] = codes
        table[:, _field(Field.HASH)] = codes @ self.turns[0].T
        table[:, Field.ONE] = UNIT
        for token, flag in zip((CODE, UPDATE, FINAL), range(3), strict=True):
            table[token, Field.SAYS_CODE + flag] = UNIT

    def _scale(self, layers: int) -> float:
        """The root mean square of the stream after so many layers, on random tasks."""
        size = self.model.shape.vocabulary
        tokens = torch.randint(END + 2, size, (4, 240), generator=self.random)
        tokens[:, 0], tokens[:, 100], tokens[:, 140] = CODE, UPDATE, FINAL
        tokens[:, 141:] = tokens[:, 1:100]
        stream = self.model.stream(tokens, layers)[:, 50:]
        return float(stream.pow(2).mean(-1).sqrt().mean())

    def _clear(self, layer: Layer, head: int) -> slice:
        rows = slice(head * HEAD, head * HEAD + HEAD)
        for projection in (layer.query, layer.key, layer.value):
            projection.weight[rows] = 0
        layer.output.weight[:, rows] = 0
        return rows

    def _offset_head(self, layer: Layer, head: int, offset: int, scale: float) -> slice:
        """A head that attends to the token `offset` back, by rotary pairs alone."""
        rows = self._clear(layer, head)
        gain = math.sqrt(PEAK * math.sqrt(HEAD)) * scale / UNIT
        angles = frequencies()[:ROTARY] * offset
        for pair in range(ROTARY):
            row = rows.start + pair
            layer.query.weight[row, Field.ONE] = gain
            layer.key.weight[row, Field.ONE] = gain * math.cos(angles[pair])
            layer.key.weight[row + HALF, Field.ONE] = gain * math.sin(angles[pair])
        return rows

    def _look_back(self) -> None:
        layer, scale = self.model.layer(0), self._scale(0)
        eye = torch.eye(WIDTH)
        for head in range(PAST):
            offset = head + 1
            rows = self._offset_head(layer, head, offset, scale)
            inside = slice(rows.start, rows.start + WIDTH)
            layer.value.weight[inside, _field(Field.TOKEN)] = eye * scale
            if offset <= START:
                self._fetch_start(layer, rows, offset, scale)
            if offset < PAST:
                turned = self.turns[offset] * self.weights[offset]
                layer.output.weight[_field(Field.HASH), inside] = turned
            turned = self.turns[offset - 1] * self.weights[offset - 1]
            layer.output.weight[_field(Field.PREV), inside] = turned
        self._tell_sections(layer, PAST, scale)

    def _fetch_start(self, layer: Layer, rows: slice, offset: int, scale: float) -> None:
        """Say that a part began `offset` tokens ago."""
        starts = ((Field.SAYS_CODE, Field.AFTER_CODE), (Field.SAYS_FINAL, Field.AFTER_FINAL))
        for at, (says, after) in enumerate(starts, rows.start + WIDTH):
            layer.value.weight[at, says] = scale
            layer.output.weight[after + offset - 1, at] = 1

    def _tell_sections(self, layer: Layer, head: int, scale: float) -> None:
        rows = self._clear(layer, head)
        row = rows.start + CONTENT[0]
        gain = math.sqrt(LARGE / 2 * math.sqrt(HEAD)) * scale / UNIT
        layer.query.weight[row, Field.ONE] = gain
        for flag in range(3):
            layer.key.weight[row, Field.SAYS_CODE + flag] = gain
            layer.value.weight[rows.start + flag, Field.SAYS_CODE + flag] = scale
        code, update, final = range(rows.start, rows.start + 3)
        # The signs seen so far share the attention: 1, then 1/2 each, then 1/3 each.
        layer.output.weight[Field.IN_REGION, code] = 1
        layer.output.weight[Field.IN_REGION, update] = -1
        layer.output.weight[Field.IN_FRAGMENT, update] = 2
        layer.output.weight[Field.IN_FRAGMENT, final] = -2
        layer.output.weight[Field.IN_ANSWER, final] = 3

    def _look_further_back(self) -> None:
        layer, scale = self.model.layer(1), self._scale(1)
        offsets = ((6, Field.FAR), (12, Field.FAR), (7, Field.FAR_PREV), (13, Field.FAR_PREV))
        for head, (offset, field) in enumerate(offsets):
            rows = self._offset_head(layer, head, offset, scale)
            inside = slice(rows.start, rows.start + WIDTH)
            layer.value.weight[inside, _field(Field.HASH)] = torch.eye(WIDTH) * scale
            turn = self.turns[PAST + (head % 2)]
            layer.output.weight[_field(field), inside] = turn * (0.7 if head % 2 else 1.0)

    def _match(self) -> None:
        layer, scale = self.model.layer(2), self._scale(2)
        for head, matcher in enumerate(MATCHERS):
            rows = self._clear(layer, head)
            self._score(layer, rows, matcher, scale)
            value, output = layer.value.weight, layer.output.weight
            if matcher.offer is not None:
                inside = slice(rows.start, rows.start + WIDTH)
                value[inside, _field(Field.TOKEN)] = torch.eye(WIDTH) * scale
                value[inside, Field.SAYS_CODE] = -self.codes[CODE] * scale / UNIT
                output[_field(matcher.offer), inside] = torch.eye(WIDTH)
            mass = rows.start + WIDTH
            value[mass, matcher.section] = scale
            value[mass, Field.SAYS_CODE] = -scale if matcher.section is Field.IN_REGION else 0
            output[Field.STRENGTH + head, mass] = 1

    def _score(self, layer: Layer, rows: slice, matcher: Matcher, scale: float) -> None:
        query, key = layer.query.weight, layer.key.weight
        unit = scale**2 * math.sqrt(HEAD)  # what normalisation and the softmax take away
        near = math.sqrt(NEAR * unit / WIDTH)
        far = math.sqrt(FAR * unit / (WIDTH * DECAYED * 1.5))
        mixed = self._rotation()
        inside = [rows.start + at for at in CONTENT[:WIDTH]]
        query[inside, _field(Field.HASH)] = torch.eye(WIDTH) * near
        key[inside, _field(Field.PREV)] = torch.eye(WIDTH) * near
        query[inside, _field(Field.FAR)] = mixed * far
        key[inside, _field(Field.FAR_PREV)] = mixed * far
        # Other sections are shut out by a negative score, so that the first token, where a head
        # rests, competes with real matches by its threshold alone, whatever its norm.
        bias = rows.start + CONTENT[WIDTH]
        large = LARGE * unit / UNIT
        query[bias, Field.ONE] = 1 / UNIT
        for section in (Field.IN_REGION, Field.IN_FRAGMENT, Field.IN_ANSWER):
            key[bias, section] = 0 if section is matcher.section else -large
        region = matcher.section is Field.IN_REGION
        key[bias, Field.SAYS_UPDATE] = large if region else -large
        rest = matcher.threshold * unit / UNIT
        key[bias, Field.SAYS_CODE] = rest if region else rest + large
        if region:
            self._align_starts(layer, rows, unit)

    def _align_starts(self, layer: Layer, rows: slice, unit: float) -> None:
        """The answer begins where the region begins: match by the distance from the part sign."""
        for past in range(START):
            row = rows.start + CONTENT[WIDTH + 1 + past]
            since = Field.AFTER_FINAL + past - 1 if past else Field.SAYS_FINAL
            layer.query.weight[row, since] = 1 / UNIT
            # Near the first token the head that looks back has nothing to look at but that token.
            early = Field.AFTER_CODE + past - 1 if past else Field.SAYS_CODE
            layer.key.weight[row, Field.AFTER_CODE + past] = ALIGN * unit / UNIT
            layer.key.weight[row, early] = -ALIGN * unit / UNIT

    def _prefer_long_matches(self) -> None:
        layer = self.model.layer(2)
        layer.up.weight[:WIDTH] = 0
        layer.gate.weight[:WIDTH] = 0
        offer = _field(Field.FROM_FRAGMENT)
        scale = self._scale(3)
        for strength, weight in enumerate(TRUST):
            layer.gate.weight[:WIDTH, Field.STRENGTH + strength] = 8 * weight * scale / UNIT
        layer.gate.weight[:WIDTH, Field.ONE] = -8 * DOUBT * scale / UNIT
        layer.up.weight[:WIDTH, offer] = torch.eye(WIDTH) * scale
        layer.down.weight[offer, :WIDTH] = torch.eye(WIDTH) * AMPLIFY / 4.8

    def _read_out(self) -> None:
        head, scale = self.model.head.weight, self._scale(len(self.model.layers))
        head.mul_(0.0)
        head[:, _field(Field.FROM_REGION)] = self.codes * READ_REGION * scale / WIDTH
        head[:, _field(Field.FROM_FRAGMENT)] = self.codes * READ_FRAGMENT * scale / WIDTH
        head[PAD : END + 2] = 0
        head[END, _field(Field.FROM_REGION)] = self.codes[UPDATE] * READ_REGION * scale / WIDTH


def build_circuits(model: ApplyModel, seed: int = 0) -> None:
    """Give a fresh model its copying circuits; needs three layers and width for the fields."""
    Builder(model, seed).build()
