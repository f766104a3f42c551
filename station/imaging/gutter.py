"""Where an open book may meet its binding, and what is seen along that line.

All on a preview of the middle of the flattened sheet. Writing is taken away by order statistics
along the line: between two lines of text there is always paper, in a gutter there is none.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from station.imaging.paper import Grey

Floats = NDArray[np.floating[Any]]

SHEET_PX = 768
"""Width of the sheet of which the preview is the middle; lengths below are in such pixels."""
WIDTH, HEIGHT = 416, 512
BANDS = 32
REACH_PX = 61
"""The gutter is looked for this far from the middle: a block of pages may show on one side."""
MOST_SLANT = 24
"""How far the gutter's upper end may lie beside its lower one."""
DEEP = 0.05
"""Of the paper's brightness: a valley this deep is a line; more only says where it is deepest."""
FAINT = 0.02
"""A line that stands out less than this of the paper's brightness is none."""
BESIDE_PX = 9
SHADED_PX, LIT_PX = 16, 60
"""From the gutter: where a page bends down to it, and from where on it lies flat."""
INKED = 0.86
"""Of its paper's brightness: darker is ink."""
LINE_PX, CLOSE_PX, FAR_PX = 5, 10, 110
"""From the gutter: where it ends, what is close to it, and what is not."""
EDGE_PX = 10
"""At the head and the tail the sheet's own edge may show."""


class Gutter(NamedTuple):
    """A line from the sheet's upper to its lower edge, and what is seen there.

    `top` and `bottom` are shares of the sheet's width. `dip` 0..1 is how much darker than the paper
    beside it the line is on four fifths of its length, `ends` the same on the lesser of its two
    ends, where nothing is written. `shade` is how much the paper darkens towards it, both sides
    together. `clear` is the lesser width without writing beside it, in shares of the sheet's width,
    0 where a side has no writing at all; `through` is the share of its length where writing stands
    close by on both sides.
    """

    top: float
    bottom: float
    dip: float
    ends: float
    shade: float
    clear: float
    through: float


def gutter(preview: Grey) -> Gutter | None:
    """The likeliest gutter in the middle of a flattened sheet (HEIGHT x WIDTH), or None.

    None where no line runs from edge to edge.
    """
    line = _line(_paper(preview)[0])
    line = _deepest(_upright(preview, line), line)
    upright = _upright(preview, line)
    ends = min(float(_dips(_median_row(upright[rows]), 4)[0]) for rows in (HEAD, TAIL))
    if ends < FAINT:
        return None
    paper, bare = _paper(upright)
    dip = float(np.percentile(_dips(paper, 3), 20))
    if dip < FAINT:
        return None
    clear, through = _writing(upright, bare)
    top, bottom = (0.5 + (x + 0.5 - WIDTH / 2) / SHEET_PX for x in line)
    return Gutter(top, bottom, dip, ends, _shade(bare), clear, through)


WEIGHTS = np.ones(BANDS, np.float32)
WEIGHTS[[0, 1, -2, -1]] = 3.0
"""At the sheet's ends stand no frames, rules or columns that could be taken for a gutter."""
HEAD, TAIL = slice(5, 16), slice(HEIGHT - 16, HEIGHT - 5)
MIDDLE = WIDTH // 2


def _paper(preview: Grey) -> tuple[Floats, Floats]:
    """Brightness of the paper in each column of each band, BANDS x WIDTH.

    By the brightest third of the pixels, and by the brightest eighth, which letters do not reach.
    """
    rows = HEIGHT // BANDS
    third, eighth = rows * 2 // 3, rows * 7 // 8
    ranked = np.partition(preview.reshape(BANDS, rows, WIDTH), (third, eighth), axis=1)
    # Four levels lift black, where shares mean nothing.
    return ranked[:, third].astype(np.float32) + 4.0, ranked[:, eighth].astype(np.float32) + 4.0


def _line(paper: Floats) -> tuple[float, float]:
    """The line of the most even valley: its x at the upper and lower edge, preview px."""
    beside = cv2.dilate(paper, np.ones((1, BESIDE_PX)))
    left, right = (np.roll(beside, shift, axis=1) for shift in (BESIDE_PX, -BESIDE_PX))
    valley = np.maximum(1 - paper / np.minimum(left, right), 0) / DEEP
    step = np.clip(np.abs(left - right) / (left + right) / DEEP, 0, 1)
    seen = np.asarray(np.minimum(valley, 1) + 0.02 * np.minimum(valley, 6) + 0.3 * step, np.float32)
    rows = np.arange(BANDS, dtype=np.float32)[:, None]
    places = np.arange(MIDDLE - REACH_PX, MIDDLE + REACH_PX, dtype=np.float32)
    best = (-1.0, 0.0, 0.0)
    for slant in range(-MOST_SLANT, MOST_SLANT + 1, 2):
        x = places + slant * ((rows + 0.5) / BANDS - 0.5)
        y = np.broadcast_to(rows, x.shape).copy()
        scores = WEIGHTS @ cv2.remap(seen, x, y, cv2.INTER_LINEAR)
        at = int(np.argmax(scores))
        best = max(best, (float(scores[at]), places[at] - slant / 2, places[at] + slant / 2))
    return float(best[1]), float(best[2])


def _deepest(upright: Grey, line: tuple[float, float]) -> tuple[float, float]:
    """The line moved to where each half of it is darkest."""
    near = upright[:, MIDDLE - LINE_PX : MIDDLE + LINE_PX + 1].reshape(2, HEIGHT // 2, -1)
    upper, lower = np.argmin(np.median(near, axis=1), axis=1) - LINE_PX
    # The halves' middles lie at a quarter and three quarters of the line.
    return line[0] + (3 * upper - lower) / 2, line[1] + (3 * lower - upper) / 2


def _upright(preview: Grey, line: tuple[float, float]) -> Grey:
    """The preview sheared so that the line is its column MIDDLE."""
    slant = (line[1] - line[0]) / HEIGHT
    shear = np.array([[1, slant, line[0] - MIDDLE], [0, 1, 0]])
    return np.asarray(
        cv2.warpAffine(
            preview,
            shear,
            (WIDTH, HEIGHT),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.uint8,
    )


def _median_row(rows: Grey) -> Floats:
    return np.asarray(np.median(rows, axis=0).astype(np.float32)[None] + 4.0)


def _dips(paper: Floats, reach: int) -> Floats:
    """How much darker than both sides the middle column is, in each row; 0..1."""
    darkest = paper[:, MIDDLE - reach : MIDDLE + reach + 1].min(axis=1)
    left, right = (
        np.median(paper[:, MIDDLE + near : MIDDLE + near + 8], axis=1)
        for near in (-BESIDE_PX - 7, BESIDE_PX)
    )
    return np.asarray(1 - darkest / np.minimum(left, right))


def _shade(bare: Floats) -> float:
    paper = cv2.dilate(bare, np.ones((1, 15)))
    lost = 0.0
    for side in (paper[:, MIDDLE::-1], paper[:, MIDDLE:]):
        lit = np.median(side[:, LIT_PX : 2 * LIT_PX : 10], axis=1)
        lost += float(np.median(1 - side[:, SHADED_PX] / lit))
    return lost


def _writing(upright: Grey, bare: Floats) -> tuple[float, float]:
    """`clear` and `through` of Gutter."""
    # A title's characters are higher than a band; a line is not quite straight.
    paper = cv2.erode(cv2.dilate(bare, np.ones((3, 1))), np.ones((1, 3)))
    paper = cv2.resize(paper, (WIDTH, HEIGHT))
    ink = (upright < INKED * paper)[EDGE_PX:-EDGE_PX]
    sides = [side[:, LINE_PX:FAR_PX] for side in (ink[:, MIDDLE::-1], ink[:, MIDDLE:])]
    close = [side[:, : CLOSE_PX - LINE_PX].any(axis=1) for side in sides]
    written = [side.mean(axis=0) > 0.015 for side in sides]
    both = all(side.any() for side in written)
    clear = min(int(np.argmax(side)) + LINE_PX for side in written) / SHEET_PX if both else 0.0
    return clear, float((close[0] & close[1]).mean())
