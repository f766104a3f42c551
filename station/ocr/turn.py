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
