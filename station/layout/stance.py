"""How a page is written: which way its lines run, and by how much they slant.

Everything else here works on the page as it stands then: level, with writing that runs to the
right and rows that follow downwards. A page of vertical writing is turned by a quarter for that:
down the column becomes to the right, and the rightmost column the top row.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from station.model import Line

Floats = npt.NDArray[np.float64]

TALL = 1.5
"""A box so many times taller than wide is vertical writing; PaddleOCR turns such crops too."""
LEAST_PX = 1.0
"""A box without height is as high as this."""


class Span(NamedTuple):
    """The extent of a line, or of what is read as one, once the page stands as it is read."""

    left: float
    top: float
    right: float
    bottom: float
    tall: float = 0.0
    """Not 0 where it is written across the rows."""

    @property
    def width(self) -> float:
        """Along the rows."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Across the rows."""
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """Half way along the rows."""
        return (self.left + self.right) / 2

    @property
    def centre(self) -> float:
        """Half way down the rows."""
        return (self.top + self.bottom) / 2

    @property
    def size(self) -> float:
        """How large its writing is: height of a line, width of a column."""
        return self.width if self.tall else self.height

    def crosses(self, x: float) -> bool:
        """Whether it lies on both sides of `x`; the edges of boxes are loose."""
        slack = min(self.width, self.height) / 4
        return self.left + slack < x < self.right - slack


Spans = Mapping[int, Span]
"""Extents of lines by their indices."""


class Stance(NamedTuple):
    """`matrix` (2 x 2) takes points of the page, as column vectors, to where they are read."""

    matrix: Floats
    vertical: bool

    def seen(self, points: Floats) -> Floats:
        """Points of the page (... x 2) where they are read."""
        return points @ self.matrix.T

    def back(self, points: Floats) -> Floats:
        """Points where they are read (... x 2) on the page."""
        return points @ self.matrix


def corners(lines: Sequence[Line]) -> Floats:
    """The boxes of n lines, n x 4 x 2; what is not finite becomes 0."""
    found = np.array([line.box for line in lines], dtype=np.float64).reshape(-1, 4, 2)
    return np.clip(np.nan_to_num(found, posinf=0.0, neginf=0.0), -1e7, 1e7)


def stance(lines: Sequence[Line]) -> Stance:
    """The stance of a page with these lines."""
    boxes = corners(lines)
    along, across = _axes(boxes)
    widths, heights = np.hypot(*along.T), np.hypot(*across.T)
    tall = (heights > TALL * widths) & _several(lines)
    vertical = bool(heights[tall].sum() > widths[~tall].sum())
    quarter = np.array([[0.0, 1.0], [-1.0, 0.0]]) if vertical else np.eye(2)
    if vertical:
        along, tall = across @ quarter.T, ~tall
    chosen = along[~tall] if (~tall).any() else along
    angle = _slant(chosen) if len(chosen) else 0.0
    cosine, sine = math.cos(angle), math.sin(angle)
    return Stance(np.array([[cosine, sine], [-sine, cosine]]) @ quarter, vertical)


def spans(lines: Sequence[Line], stand: Stance) -> list[Span]:
    """Extents of lines. A side counts by its middle, so that a slanting line stays low."""
    seen = stand.seen(corners(lines))
    along, across = _axes(seen)
    widths, heights = np.hypot(*along.T), np.hypot(*across.T)
    if stand.vertical:
        widths, heights = heights, widths
    tall = (heights > TALL * widths) & _several(lines)
    middles = (seen + np.roll(seen, -1, axis=1)) / 2
    low, high = middles.min(axis=1), middles.max(axis=1)
    small = np.maximum(LEAST_PX - (high - low), 0.0) / 2
    ends = np.hstack([low - small, high + small])
    return [Span(*end) for end in np.column_stack([ends, tall]).tolist()]


def _several(lines: Sequence[Line]) -> npt.NDArray[np.bool_]:
    """Which lines have more than one character: a lone 1 is higher than wide as well."""
    return np.array([len(line.text) > 1 for line in lines], dtype=np.bool_)


def around(found: Sequence[Span]) -> Span:
    """The extent of all."""
    lefts, tops, rights, bottoms, _ = zip(*found, strict=True)
    return Span(min(lefts), min(tops), max(rights), max(bottoms))


def _axes(boxes: Floats) -> tuple[Floats, Floats]:
    """Twice the vectors along and across each box, as its corners are named."""
    along = boxes[:, 1] + boxes[:, 2] - boxes[:, 0] - boxes[:, 3]
    across = boxes[:, 3] + boxes[:, 2] - boxes[:, 0] - boxes[:, 1]
    return along, across


def _slant(along: Floats) -> float:
    """Median angle of the longer half of the lines, in radians."""
    lengths = np.hypot(*along.T)
    longer = along[lengths >= np.median(lengths)]
    return float(np.median(np.arctan2(longer[:, 1], longer[:, 0])))
