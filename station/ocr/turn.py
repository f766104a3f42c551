"""Pages that lay upside down.

The recogniser cannot read a line upside down and says so by its scores. Over 20 pages, printed,
brushed and written by hand, the mean score of a character was 0.90 to 1.00 the right way and
0.30 to 0.83 turned by half. Only a page that reads poorly is read a second time. Sideways needs
no reading of its own: PaddleOCR turns tall crops, which is right for one of the two sides, and
half a turn makes the other side that one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from station.model import Line, Point
from station.ocr.engine import Image

TALL = 1.5
"""PaddleOCR turns crops that are so many times taller than wide."""
SURE = 0.85
"""A page whose characters score this on average was read the right way up."""


def read_either_way(read: Callable[[Image], Sequence[Line]], image: Image) -> Sequence[Line]:
    """What `read` finds on the page or, if that is doubtful, on the page turned by half.

    Boxes are in pixels of `image` either way and begin at the top left of the writing, so those
    of a turned page begin at the bottom right. The turned reading counts only when it is sure
    and longer: a page that is merely hard to read stays as it is.
    """
    lines = read(image)
    if not lines or _score(lines) >= SURE:
        return lines
    turned = read(np.ascontiguousarray(image[::-1, ::-1]))
    if _score(turned) < SURE or _characters(turned) <= _characters(lines):
        return lines
    height_px, width_px = image.shape[:2]
    return [_turned_back(line, width_px, height_px) for line in turned]


def turned_deg(lines: Sequence[Line]) -> int:
    """By how much the writing stands turned clockwise on the page as read: 0, 90, 180 or 270.

    Half a turn shows in where the boxes begin. A quarter shows only in Latin writing: a Chinese
    column of tall boxes may as well be vertical writing the right way up, which counts as 0.
    """
    total = max(_characters(lines), 1)
    half = 2 * _characters([line for line in lines if line.box[0][0] > line.box[1][0]]) > total
    tall = [line for line in lines if _is_tall(line)]
    letters = sum(character.isascii() and character.isalpha() for character in _text(tall))
    quarter = 2 * letters > total
    return 180 * half + 90 * quarter


def _is_tall(line: Line) -> bool:
    (left, top), (right, _), (_, bottom), _ = line.box
    return abs(bottom - top) > TALL * abs(right - left)


def _text(lines: Sequence[Line]) -> str:
    return "".join(line.text for line in lines)


def _characters(lines: Sequence[Line]) -> int:
    return sum(len(line.text) for line in lines)


def _score(lines: Sequence[Line]) -> float:
    scored = sum(line.score * len(line.text) for line in lines)
    return scored / max(_characters(lines), 1)


def _turned_back(line: Line, width_px: int, height_px: int) -> Line:
    def back(point: Point) -> Point:
        return width_px - point[0], height_px - point[1]

    first, second, third, fourth = line.box
    box = back(first), back(second), back(third), back(fourth)
    return Line(text=line.text, score=line.score, box=box)
