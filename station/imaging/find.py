"""Finding the sheet in a frame.

1. The frame is shrunk; writing is taken away; edges count for how far they stand out (edges.py).
2. Edges vote for straight lines (lines.py); the frame's border gives four more.
3. Every four lines that make a sheet-like quad are a candidate (quads.py), and a logistic model
   over what is seen along the four sides gives its odds (odds.py).
4. The sides of the best are laid on the edges of the frame itself (refit.py); one that the frame
   cut off is drawn where the others want it (cut.py).
5. With no likely candidate, or a cut one in a scanner's black, the frame may be a page itself
   (ground.py).

After "Advanced Hough-based method for on-device document localization" (Tropin et al. 2021):
straight lines, all quads of them, contour and contrast together.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from station.imaging.cut import Flags, completed
from station.imaging.edges import Bytes, Floats, Scene, scene, shrunk
from station.imaging.ground import scanner_black, share_of_page
from station.imaging.lines import evidence, find_lines
from station.imaging.odds import log_odds, side_cues
from station.imaging.quads import BORDER_LINES, Quads, areas, quads, sides
from station.imaging.refit import refitted_side
from station.imaging.within import evenness, inner_and_ring, lies_in
from station.model import Noun, Quad

SMALLEST_SIDE_PX = 32
"""A frame shorter than this at working size shows no sheet that could be told from its desk."""
FAINTEST = 0.2
"""A candidate less likely than this is not named at all."""
WHOLE_SHARE = 0.5
MOST_BORDERS = 2
"""A sheet cut on three sides shows too little of itself to be told from anything else."""
LIKELY = 96
"""Quads that are looked into, likeliest by their sides first."""
COMPARABLE = 1.0
"""Log odds by which an outer quad may be less likely than the one within it."""


class Finding(Noun, frozen=True, kw_only=True):
    """What was found. `confidence` 0..1 is the chance that `kind` and `quad` are right.

    `sheet`: the sheet is `quad` (px of the frame; TL, TR, BR, BL as the page lies, the side
    that points most to the right being the top). `cut`: a side of it lies on or over the
    frame's border; its corners may then lie outside the frame. `whole`: the frame is
    itself a page, no desk is seen. `none`: no page.
    """

    kind: Literal["sheet", "whole", "none"]
    quad: Quad | None = None
    confidence: float = 0.0
    cut: bool = False


def find(pixels: Bytes) -> Finding:
    """The sheet in a frame (HxWx3 BGR uint8). Never raises on any size or content."""
    small, factor = shrunk(pixels)
    if min(small.shape[:2]) < SMALLEST_SIDE_PX:
        return Finding(kind="none")
    seen = scene(small, factor)
    corners, border, confidence = _best(seen)
    if confidence < FAINTEST:
        return _without_sheet(seen)
    quad = _refitted(pixels, corners, border, factor)
    height, width = pixels.shape[:2]
    cut = bool(border.any() or _over_border(quad, width, height))
    if cut and scanner_black(seen).any() and share_of_page(seen) >= WHOLE_SHARE:
        return _without_sheet(seen)
    return Finding(kind="sheet", quad=_ordered(quad), confidence=confidence, cut=cut)


def _best(seen: Scene) -> tuple[Floats, Flags, float]:
    """The likeliest quad and the chance that it is the sheet.

    Corners 4x2 (working px), which of its sides lie on the frame's border, 0..1.
    """
    height, width = seen.ridges.shape
    lines = find_lines(seen)
    found = quads(lines, width, height)
    few = (found.sides >= len(lines.distances) - BORDER_LINES).sum(axis=1) <= MOST_BORDERS
    found = Quads(found.corners[few], found.sides[few])
    if not len(found.sides):
        return np.zeros((4, 2), np.float32), np.zeros(4, bool), 0.0
    middle = np.array([(width - 1) / 2, (height - 1) / 2], np.float32)
    looks = sides(found, lines, evidence(seen, lines))
    chance = log_odds(side_cues(found, looks, width * height))
    likely = np.argsort(-chance)[:LIKELY]
    corners = found.corners[likely] + middle
    chance = chance[likely] + log_odds({"even": evenness(seen, corners)})
    best = _outermost(seen, corners, chance)
    return corners[best], looks.border[likely[best]], float(1 / (1 + np.exp(-chance[best])))


def _outermost(seen: Scene, corners: Floats, chance: Floats) -> int:
    """The likeliest quad, or one around it that is as good and not darker in between.

    A photograph on a page and one page of a spread have as good edges as the sheet; a page on a
    mat lies on something darker.
    """
    best = int(np.argmax(chance))
    size = np.abs(areas(corners))
    for other in np.argsort(-chance):
        if chance[other] < chance[best] - COMPARABLE:
            break
        if size[other] > 1.15 * size[best] and lies_in(corners[best], corners[other]):
            within, around = inner_and_ring(seen, corners[best], corners[other])
            if around[0] > 0.95 * within[0] and np.abs(around - within)[1:].max() < 10:
                return int(other)
    return best


def _without_sheet(seen: Scene) -> Finding:
    share = share_of_page(seen)
    if share < WHOLE_SHARE:
        return Finding(kind="none", confidence=1 - share)
    return Finding(kind="whole", confidence=share)


def _refitted(pixels: Bytes, corners: Floats, border: Flags, factor: int) -> Floats:
    """The corners in frame px, where the refitted sides meet, and the cut sides drawn anew."""
    start = (corners + 0.5) * factor - 0.5
    if areas(start[None])[0] < 0:
        start, border = start[::-1], np.roll(border[::-1], -1)
    ends = np.roll(start, -1, axis=0)
    laid = [
        (one, other) if stays else refitted_side(pixels, one, other, factor)
        for one, other, stays in zip(start, ends, border, strict=True)
    ]
    quad = np.array([_meeting(laid[k - 1], laid[k]) for k in range(4)], np.float32)
    kept = np.isfinite(quad).all() and areas(quad[None])[0] > 0.8 * areas(start[None])[0]
    sound = kept and np.abs(quad - start).max() < 8.0 * (factor + 1)
    return completed(quad if sound else start, border, pixels.shape[1], pixels.shape[0])


def _meeting(one: tuple[Floats, Floats], other: tuple[Floats, Floats]) -> Floats:
    """Where two lines, each through two points, meet (homogeneous coordinates)."""
    through = [np.cross([*a, 1.0], [*b, 1.0]) for a, b in (one, other)]
    x, y, scale = np.cross(*through)
    return np.array([x, y]) / (scale or np.nan)


def _ordered(quad: Floats) -> Quad:
    """Clockwise corners, begun where the way to the next points most to the right."""
    way = np.roll(quad, -1, axis=0) - quad
    unit = way / np.linalg.norm(way, axis=1, keepdims=True)
    rightward = unit[:, 0] - np.roll(unit, 2, axis=0)[:, 0]
    turned = np.roll(quad, -int(np.argmax(rightward)), axis=0)
    a, b, c, d = [(float(x), float(y)) for x, y in turned]
    return a, b, c, d


def _over_border(quad: Floats, width: int, height: int) -> bool:
    return bool((quad < 0).any() or (quad > [width - 1, height - 1]).any())
