"""Where everything stands on the target, in millimetres from the sheet's upper left corner.

The edges follow ISO 12233:2014's low-contrast slanted edge (e-SFR): about 5 degrees, 4:1. The
fields for uniformity, 5 x 7, are bare paper.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from station.model import Noun

Mm = tuple[float, float]
Points = NDArray[np.float64]
"""n x 2, x and y."""

WIDTH_MM, HEIGHT_MM = 210.0, 297.0
MIDDLE: Mm = (WIDTH_MM / 2, HEIGHT_MM / 2)
MARKERS = cv2.aruco.DICT_4X4_50
MARKER_MM = 15.0
MARKER_CELLS = 6
"""Four of code and one of black on either side."""
MARKER_X_MM = (18.0, 105.0, 192.0)
MARKER_Y_MM = (18.0, 91.5, 205.5, 279.0)

SQUARE_MM = 20.0
SLANT_DEG = 5.0
EDGE_REFLECTANCE = 0.25
"""Of the paper's: 4:1."""
SQUARES: dict[str, Mm] = {
    "centre": (82.0, 148.5),
    "top-left": (41.0, 45.0),
    "top-right": (169.0, 45.0),
    "bottom-left": (41.0, 252.0),
    "bottom-right": (169.0, 252.0),
}

FIELD_MM = 8.0
FIELD_X_MM = tuple(12.0 + 46.5 * column for column in range(5))
FIELD_Y_MM = tuple(34.5 + 38.0 * row for row in range(7))

STEP_SIZE_MM = (12.0, 14.0)
STEPS: tuple[tuple[float, Mm], ...] = tuple(
    (reflectance, (69.0 + 12.0 * place, 243.0))
    for place, reflectance in enumerate((0.75, 0.54, 0.38, 0.25, 0.15, 0.07, 0.0))
)
"""Reflectance, relative to the paper, and centre."""
PAPER_BY_STEP_MM = 10.0
"""So far above and below its middle a step has bare paper beside it."""

RULER_MM = 150.0
RULER_ACROSS: Mm = (14.0, 128.0)
RULER_DOWN: Mm = (168.0, 73.5)
"""Where the two rulers begin."""
WORDS: tuple[float, float, float, float] = (63.0, 41.0, 147.0, 67.0)
"""The box of the printed words: left, top, right, bottom."""
LINE_MM = 0.25


class Shape(Noun, frozen=True, kw_only=True):
    """A convex polygon of one reflectance (1 is bare paper); later ones cover earlier ones."""

    corners: tuple[Mm, ...]
    reflectance: float = 0.0


def shapes(edge_reflectance: float = EDGE_REFLECTANCE) -> list[Shape]:
    """All that is printed, without the words."""
    return [
        *_markers(),
        *(
            Shape(corners=square(centre), reflectance=edge_reflectance)
            for centre in SQUARES.values()
        ),
        *(
            Shape(corners=box(*centre, *STEP_SIZE_MM), reflectance=reflectance)
            for reflectance, centre in STEPS
        ),
        *_rulers(),
    ]


def square(centre: Mm) -> tuple[Mm, Mm, Mm, Mm]:
    """The corners of a slanted square: upper left, upper right, lower right, lower left."""
    reach, turn = SQUARE_MM / 2, math.radians(SLANT_DEG)
    corners = ((-reach, -reach), (reach, -reach), (reach, reach), (-reach, reach))
    a, b, c, d = (
        (
            centre[0] + x * math.cos(turn) - y * math.sin(turn),
            centre[1] + x * math.sin(turn) + y * math.cos(turn),
        )
        for x, y in corners
    )
    return a, b, c, d


def box(x: float, y: float, width: float, height: float) -> tuple[Mm, Mm, Mm, Mm]:
    """An upright rectangle around its centre."""
    left, right, top, bottom = x - width / 2, x + width / 2, y - height / 2, y + height / 2
    return (left, top), (right, top), (right, bottom), (left, bottom)


def marker_corners() -> dict[int, Points]:
    """Corners of every fiducial by its number, 4 x 2, in the order OpenCV reports them."""
    return {
        number: np.array(box(*centre, MARKER_MM, MARKER_MM))
        for number, centre in enumerate(_marker_centres())
    }


def fields() -> Points:
    """Centres of the fields of bare paper, 7 x 5 x 2."""
    return np.stack(np.meshgrid(FIELD_X_MM, FIELD_Y_MM), axis=-1)


def _marker_centres() -> list[Mm]:
    return [(x, y) for y in MARKER_Y_MM for x in MARKER_X_MM]


def _markers() -> Iterator[Shape]:
    dictionary = cv2.aruco.getPredefinedDictionary(MARKERS)
    cell = MARKER_MM / MARKER_CELLS
    for number, (x, y) in enumerate(_marker_centres()):
        yield Shape(corners=box(x, y, MARKER_MM, MARKER_MM))
        code = cv2.aruco.generateImageMarker(dictionary, number, MARKER_CELLS) > 0
        corner = (x - MARKER_MM / 2, y - MARKER_MM / 2)
        # Along the rows and again along the columns: no hairline between neighbouring cells.
        for row, first, last in _runs(code):
            yield _cells(corner, cell, (first, row, last, row + 1))
        for column, first, last in _runs(code.T):
            yield _cells(corner, cell, (column, first, column + 1, last))


def _runs(code: NDArray[np.bool_]) -> Iterator[tuple[int, int, int]]:
    """Row, first and one past the last of every run of white cells."""
    for row, cells in enumerate(code):
        turns = np.flatnonzero(np.diff(np.concatenate(([0], cells, [0]))))
        for first, last in turns.reshape(-1, 2):
            yield row, int(first), int(last)


def _cells(corner: Mm, cell: float, span: tuple[int, int, int, int]) -> Shape:
    left, top, right, bottom = (cell * edge for edge in span)
    middle = (corner[0] + (left + right) / 2, corner[1] + (top + bottom) / 2)
    return Shape(corners=box(*middle, right - left, bottom - top), reflectance=1.0)


def _rulers() -> Iterator[Shape]:
    (x, y), (u, v), half = RULER_ACROSS, RULER_DOWN, RULER_MM / 2
    yield Shape(corners=box(x + half, y, RULER_MM + LINE_MM, LINE_MM))
    yield Shape(corners=box(u, v + half, LINE_MM, RULER_MM + LINE_MM))
    for mm in range(0, int(RULER_MM) + 1, 5):
        tick = 5.0 if mm % 50 == 0 else 3.0 if mm % 10 == 0 else 1.5
        yield Shape(corners=box(x + mm, y - tick / 2, LINE_MM, tick))
        yield Shape(corners=box(u + tick / 2, v + mm, tick, LINE_MM))
