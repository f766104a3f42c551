"""Ruled lines of a page image: borders of tables, rules between columns, lines above footnotes.

Thin dark lines are what a grey closing across them fills (a black top-hat, Serra 1982); those that
run on are what an opening along them leaves (as in Gatos et al. 2005 for tables). All is done on
the page as it is read (`Stance`), reduced by a whole number.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from station.layout.stance import Floats, Span, Stance

Pixels = npt.NDArray[np.uint8]
"""BGR, height x width x 3."""
Mask = npt.NDArray[np.uint8]

LONG_SIDE_PX = 1800
WIDEST_PX = 9
"""Thicker lines are bars, pictures or the dark beyond the paper."""
SPREAD_PX = 5
"""A line that slants by up to 4 degrees keeps running when it is spread so far."""
DARKER = 14
"""A rule is so many grey levels darker than what is beside it."""
SHORTEST_PX = 28
"""Longer than the strokes of ordinary characters."""
SHORTEST_SIZES = 1.7
"""And so many times longer than the writing is high."""
SHORT_SIZES = 2.5
"""Within a line's box, a stroke of fewer sizes is writing up to the box's edge."""
SLANTS = 0.1
"""A line slants by this share of its length at most."""
BOWED = 0.02
"""It bows by less than this; the ridges of a fingerprint and the ring of a seal bow more."""
RED = 36
"""Of seal paste, red is so much stronger than green and blue."""
BRIGHT = 0.45
"""Its red is this bright beside the paper's; what is darker is ink below it."""
FAT_PX = 5
"""Ruled lines are thinner."""
OWN_SHARE = 0.5
"""A stroke of writing lies in its line by more than this share of its length."""
MOST = 600
"""More pieces than that are a halftone or cloth: only the longest count."""


class Stroke(NamedTuple):
    """A straight piece of a ruled line, in reading coordinates at the page's scale."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def length(self) -> float:
        """How far it runs."""
        return max(abs(self.x1 - self.x0), abs(self.y1 - self.y0))


class Strokes(NamedTuple):
    """Pieces along the rows, and across them."""

    along: tuple[Stroke, ...]
    across: tuple[Stroke, ...]


class View(NamedTuple):
    """The page as it is read, reduced: `darkest` channel, and the way back to reading pixels."""

    darkest: Mask
    scale: float
    corner: tuple[float, float]

    def reading(self, points: Floats) -> Floats:
        """Points of the view where they are in reading coordinates."""
        there: Floats = (points + 0.5) / self.scale + np.array(self.corner)
        return there

    def within(self, points: Floats) -> Floats:
        """Points in reading coordinates where they are in the view."""
        there: Floats = (points - np.array(self.corner)) * self.scale - 0.5
        return there


def view(page: Pixels, stand: Stance) -> View:
    """The page turned as it is read, its long side `LONG_SIDE_PX` or less."""
    height, width = page.shape[:2]
    step = max(1, math.ceil(max(height, width) / LONG_SIDE_PX))
    size = (max(1, width // step), max(1, height // step))
    small = cv2.resize(page, size, interpolation=cv2.INTER_AREA) if step > 1 else page
    darkest = _without_seals(np.asarray(small, np.uint8))
    outline = stand.seen(np.array([[0, 0], [width, 0], [width, height], [0, height]], float))
    low, high = outline.min(axis=0), outline.max(axis=0)
    shift = (stand.matrix @ np.array([0.5, 0.5]) - low / step) - 0.5
    affine = np.hstack([stand.matrix, shift[:, None]])
    turned = cv2.warpAffine(
        darkest,
        affine,
        tuple(np.ceil((high - low) / step).astype(int).tolist()),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return View(np.asarray(turned, np.uint8), 1 / step, (float(low[0]), float(low[1])))


def strokes(seen: View, found: Iterable[Span]) -> Strokes:
    """The ruled lines of a view, without what belongs to the writing `found` on it."""
    found = list(found)
    boxes = seen.within(np.array([[s[:2], s[2:4]] for s in found]).reshape(-1, 2, 2))
    sizes = [span.size * seen.scale for span in found]
    size = float(np.median(sizes)) if sizes else 0.0
    shortest = round(max(SHORTEST_PX, SHORTEST_SIZES * size))
    thin = _thin(seen.darkest)
    along = _pieces(thin, shortest)
    across = _pieces(np.ascontiguousarray(thin.T), shortest)
    down = [Stroke(s.y0, s.x0, s.y1, s.x1) for s in _outside(across, boxes[..., ::-1])]
    rules, walls = (
        tuple(_placed(stroke, seen) for stroke in pieces)
        for pieces in (_outside(along, boxes), down)
    )
    return Strokes(rules, walls)


def _without_seals(page: Pixels) -> Mask:
    """The darkest channel, white where red paste or the fat red strokes of a title are.

    Red rules are thin and stay, and so does what is dark below a seal.
    """
    blue, green, red = cv2.split(page)
    darkest = cv2.min(cv2.min(blue, green), red)
    redness = cv2.subtract(red, cv2.max(blue, green))
    fat = cv2.morphologyEx((redness > RED).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5)))
    fat = cv2.morphologyEx(fat, cv2.MORPH_OPEN, np.ones((FAT_PX, FAT_PX)))
    if fat.any():
        near = cv2.dilate(fat, np.ones((9, 9))) > 0
        bright = red > np.median(red[::8, ::8]) * BRIGHT
        darkest[near & bright & (redness > RED / 3)] = 255
    return np.asarray(darkest, np.uint8)


def _placed(stroke: Stroke, seen: View) -> Stroke:
    ends = seen.reading(np.array(stroke).reshape(2, 2))
    return Stroke(*ends.ravel().tolist())


def _thin(darkest: Mask) -> Mask:
    """1 where something thin is darker than what is beside it; crossings of lines as well."""
    closing = np.ones((WIDEST_PX, WIDEST_PX), np.uint8)
    deep = cv2.morphologyEx(darkest, cv2.MORPH_BLACKHAT, closing)
    return (deep >= DARKER).astype(np.uint8)


def _pieces(thin: Mask, shortest_px: int) -> list[Stroke]:
    """Lines along the rows of the mask."""
    dark = cv2.dilate(thin, np.ones((SPREAD_PX, 1), np.uint8))
    runs = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, shortest_px), np.uint8))
    outlines, _ = cv2.findContours(runs, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    boxes = sorted((cv2.boundingRect(outline) for outline in outlines), key=lambda box: -box[2])
    found = []
    for left, top, width, height in boxes[:MOST]:
        piece = np.asarray(runs[top : top + height, left : left + width], np.uint8)
        if cv2.countNonZero(piece) > (WIDEST_PX + SPREAD_PX) * width:
            continue
        start, middle, end = _heights(piece)
        straight = abs((start + end) / 2 - middle) < max(1.5, BOWED * width)
        if straight and abs(end - start) < max(3.0, SLANTS * width):
            found.append(Stroke(left, top + start, left + width - 1, top + end))
    return found


def _heights(piece: Mask) -> list[float]:
    """Heights of a piece at its start, its middle and its end."""
    width = piece.shape[1]
    tenth = max(1, width // 10)
    starts = (0, (width - tenth) // 2, width - tenth)
    parts = (np.nonzero(piece[:, at : at + tenth])[0] for at in starts)
    return [float(np.median(part)) if len(part) else 0.0 for part in parts]


def _outside(pieces: list[Stroke], boxes: Floats) -> list[Stroke]:
    """The pieces that are no strokes of the writing in `boxes` (n x 2 x 2)."""
    if not len(boxes) or not pieces:
        return pieces
    lefts, tops, rights, bottoms = boxes.reshape(-1, 4).T
    sizes = np.minimum(bottoms - tops, rights - lefts)
    kept = []
    for piece in pieces:
        y = (piece.y0 + piece.y1) / 2
        # Boxes are loose and may touch the rules of their cell, but those are long.
        margin = np.where(piece.length < SHORT_SIZES * sizes, -0.2, 0.15) * sizes
        inside = (y > tops + margin) & (y < bottoms - margin)
        shared = np.minimum(rights, piece.x1) - np.maximum(lefts, piece.x0)
        covered = float(np.clip(shared[inside], 0, None).sum())
        if covered <= OWN_SHARE * piece.length:
            kept.append(piece)
    return kept
