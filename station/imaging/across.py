"""Does something lie across an edge of the sheet? Of any colour: white gloves above all.

A thing on the edge looks the same on the sheet and on the desk beside it, where elsewhere along
that side one is paper and the other desk. A shadow on both leaves the step between them as it is,
another sheet beside this one leaves the paper as it is, and a torn edge leaves the desk.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from station.imaging.paper import Grey

Shades = NDArray[np.float32]
"""HxWx3 or Nx3: logs of red over green, of blue over green, and of the brightness."""

DEPTH_PX, REACH_PX, LEAST_REACH_PX = 14, 18, 4
"""Of the paper along a side, and of the desk at most and at least, at 400 px: a finger tip reaches
in that far, and the frame often ends near the sheet."""
EDGE_PX = 4
"""On both sides of the edge, left out: sheets are found to a pixel or two."""
LEAST_STEP = 0.15
"""Between desk and paper; where they are alike nothing can be told."""
LEAST_COVERED, ABOVE_GRAIN = 0.1, 3.0
"""How far what lies on the desk must be from it, and in medians of the desk's own differences."""
MOST_STEP, MOST_OF_SHADOW = 0.15, 0.5
"""How alike it is on both sides, and that over the step that a shadow would have left."""
RIM, RIM_PX = 0.2, 6
"""How far from the paper it is somewhere, or just beside it: its own shade."""
LEAST_PX = 8
CORNER = 0.02
"""Of a side, at its ends: folded corners and sheets that bulge lie there."""


def across(shades: Shades, seen: Grey, ring_px: int) -> float:
    """The share of a sheet's outline that something lies across, 0 to 1.

    `shades` are those of the sheet, upright, with `ring_px` of its surroundings; `seen` (0 or 255)
    is what of it the frame holds.
    """
    if not ring_px:
        return 0.0
    sides = [(np.rot90(shades, k), np.rot90(seen, k)) for k in range(4)]
    outline = sum(side.shape[1] - 2 * ring_px for side, _ in sides)
    covered = sum(_covered_px(side, there, ring_px) for side, there in sides)
    return float(covered / max(1, outline))


def _covered_px(side: Shades, seen: Grey, ring_px: int) -> int:
    """How much of the upper side something lies across."""
    along = slice(ring_px, side.shape[1] - ring_px)
    first = ring_px - min(REACH_PX, int(np.median((seen[:ring_px, along] > 0).sum(axis=0))) - 1)
    beside = slice(max(0, first), ring_px - EDGE_PX)
    known = (seen[beside, along] > 0).all(axis=0)
    if ring_px - EDGE_PX - first < LEAST_REACH_PX or not known.any():
        return 0
    outside = np.median(side[beside, along], axis=0)
    inside = np.median(side[ring_px + EDGE_PX : ring_px + DEPTH_PX, along], axis=0)
    desk, paper = np.median(outside[known], axis=0), np.median(inside, axis=0)
    if _far(desk - paper) < LEAST_STEP:
        return 0
    changed = _far(outside - desk)
    grain = float(np.median(changed[known]))
    step, shadow = _far(inside - outside), _far((inside - paper) - (outside - desk))
    lies = known & (changed > max(LEAST_COVERED, ABOVE_GRAIN * grain))
    lies &= (step < MOST_STEP) & (step < MOST_OF_SHADOW * shadow)
    return sum(end - start for start, end in _runs(lies, _far(inside - paper)))


def _runs(lies: NDArray[np.bool_], rim: Shades) -> list[tuple[int, int]]:
    """Where something lies for long enough, away from the corners, and is seen on the paper."""
    line = np.asarray(lies, np.uint8)[None]
    wide = np.ones((1, LEAST_PX - 1), np.uint8)
    closed = cv2.morphologyEx(line, cv2.MORPH_CLOSE, wide)
    solid = cv2.morphologyEx(closed, cv2.MORPH_OPEN, wide)[0]
    turns = np.flatnonzero(np.diff(np.concatenate(([0], solid, [0]))))
    corner = CORNER * len(lies)
    return [
        (int(start), int(end))
        for start, end in zip(turns[::2], turns[1::2], strict=True)
        if start > corner
        and end < len(lies) - corner
        and end - start >= LEAST_PX
        and rim[max(0, start - RIM_PX) : end + RIM_PX].max() > RIM
    ]


def _far(difference: Shades) -> Shades:
    return np.asarray(np.sqrt(np.square(difference).sum(axis=-1)), np.float32)
