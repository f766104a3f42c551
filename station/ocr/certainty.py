"""What a score is worth: the chance in percent that a character is right.

A recogniser's scores are not chances. Pages with known text tell what they are worth: a logistic
curve over the logits of a character's score and of its line's (Platt 1999, with two scores) is
fitted by `python -m tests.benchmarks._fit_certainty`. Figures and curve: docs/ocr.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from station.model import Line

NEAREST = 0.004
"""To 0 and 1: the scores come in whole percent."""


class Curve(NamedTuple):
    """offset + character * logit(its score) + line * logit(the line's score), as a chance.

    `most_percent` is the highest chance ever said.
    """

    offset: float
    character: float
    line: float
    most_percent: int


PRINT = Curve(offset=-0.88, character=0.93, line=0.43, most_percent=100)
"""Fitted on 11,317 characters of photographs (tests.pages, seed 5); held back: seed 909."""
HAND = Curve(offset=-0.88, character=0.93, line=0.43, most_percent=95)
"""Five real pictures, 368 characters, 96 % of them right, do not ask for another curve; but worse
hands than theirs are common, so no character is said to be surer than these are on the whole."""
SEAL = Curve(offset=-1.50, character=0.93, line=0.43, most_percent=60)
"""Not fitted: a seal's words are laid straight by guessing where they begin."""


def calibrated(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines with chances for `certainty`, which held the recogniser's own scores in percent.

    A line without scores stays without. To be done once, after `hand` and `role` are known.
    """
    return tuple(_calibrated(line) for line in lines)


def chance_percent(curve: Curve, character: float, line: float) -> int:
    """What the scores (0 to 1) of a character and of its line are worth, 0 to 100."""
    weight = curve.offset + curve.character * _logit(character) + curve.line * _logit(line)
    return min(curve.most_percent, round(100 / (1 + math.exp(-weight))))


def _calibrated(line: Line) -> Line:
    curve = SEAL if line.role == "seal" else HAND if line.hand else PRINT
    chances = tuple(chance_percent(curve, score / 100, line.score) for score in line.certainty)
    return msgspec.structs.replace(line, certainty=chances)


def _logit(score: float) -> float:
    score = min(max(score, NEAREST), 1 - NEAREST)
    return math.log(score / (1 - score))
