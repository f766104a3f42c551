"""Two sheets side by side that pass for one: desk shows between them.

The gutter of an open book is a strip through a quad too, and may be as dark as the desk. A gap
between sheets is told from it by two things: it has the colour of the desk just beyond its ends
over some width, and paper ends abruptly on both sides of it, where a page bends into its gutter.
"""

from __future__ import annotations

import numpy as np

from station.imaging.candidates import Candidates
from station.imaging.cut import Flags
from station.imaging.edges import Floats, Scene, colours_at
from station.imaging.odds import log_odds
from station.imaging.quads import areas, common_areas
from station.imaging.within import lies_in

ROWS = np.linspace(0.05, 0.95, 13, dtype=np.float32)[:, None]
"""Where a strip is looked at along its length, in shares of the quad."""
BEYOND_PX = (8.0, 12.0, 16.0)
"""How far beyond the quad the desk at the ends of a strip is seen, at working size."""
SIDEMOST = 0.12
"""Of the quad's width; a strip nearer to a side is no gap between sheets."""
NARROWEST_PX, PAPER_PX, ABRUPT_PX = 7, 32, 7
"""Of a gap; how far beside it there is paper; how far beside it there is paper already."""
WORTH = np.array([0.5, 1.5, 1.5], np.float32)
"""Light falls off along a desk, hue does not: what a step in L, a and b counts."""
LEAST_STEP, NEAR_DESK, MOST_ROWS = 5.0, 0.5, 0.7
"""Step from desk to paper that shows; share of it up to which a colour is desk; share of the rows
that must show it."""
ABRUPT = 0.8
"""Share of the step that is left behind within ABRUPT_PX, mean of both sides: on drawn books 0.76
at most, beside gaps 0.82 at least."""
FLAT = 0.3
"""Of the step, by which the colour may change from the middle of a gap to half of the way out."""
APART = 0.06
"""Overlap, as a share of the smaller quad, up to which two quads are two sheets."""
HALF = 5.0
"""Log odds by which each of two sheets may be less likely than a quad around both."""
PARTS = 48
"""Candidates among which the two are looked for, likeliest first."""


def two_in_one(seen: Scene, found: Candidates, odds: Floats, best: int) -> tuple[int, int] | None:
    """Two sheets in the best quad that show desk between them, the likelier first."""
    corners, size = found.corners, np.abs(areas(found.corners))
    odds = odds - log_odds(found.cues, ["written around"])  # there is writing on the other sheet
    half = (size > 0.25 * size[best]) & (size < 0.62 * size[best]) & (odds > odds[best] - HALF)
    parts = np.array([k for k in np.argsort(-odds)[:PARTS] if half[k]], np.intp)
    for at, one in enumerate(parts[:-1]):
        later = parts[at:]
        common = common_areas(corners[later], 0)
        apart = later[common <= APART * np.minimum(size[later], size[one])]
        if len(apart) and lies_in(corners[one], corners[best]):
            other = next((k for k in apart if lies_in(corners[k], corners[best])), None)
            if other is not None:
                return (int(one), int(other)) if parted(seen, corners[best]) else None
    return None


def parted(seen: Scene, corners: Floats) -> bool:
    """Whether a gap between sheets runs through a quad (4x2, working px) from side to side."""
    turns = (corners, np.roll(corners, 1, axis=0))
    return max(_abruptness(seen, quad) for quad in turns) >= ABRUPT


def _abruptness(seen: Scene, quad: Floats) -> float:
    """How abruptly paper ends at a strip of desk from the quad's first side to its third, or 0."""
    heads, feet = quad[[0, 1]], quad[[3, 2]]
    length = max(60, int(np.linalg.norm(heads[1] - heads[0] + feet[1] - feet[0]) / 2))
    share = np.linspace(0, 1, length, dtype=np.float32)[:, None]
    head, foot = (ends[0] + share * (ends[1] - ends[0]) for ends in (heads, feet))
    shown = colours_at(seen.colours, head + ROWS[:, None] * (foot - head), exact=True)
    off_desk = (shown - _desk(seen, head, foot)) * WORTH
    apart = np.linalg.norm(off_desk, axis=2)
    padded = np.pad(apart, ((0, 0), (PAPER_PX, PAPER_PX)), mode="edge")
    step = np.minimum(padded[:, : -2 * PAPER_PX], padded[:, 2 * PAPER_PX :])
    desk = (apart < NEAR_DESK * step) & (step > LEAST_STEP)
    most = 0.0
    for start, end in _runs(desk.mean(axis=0) >= MOST_ROWS):
        middling = SIDEMOST * length <= start and end <= (1 - SIDEMOST) * length
        if middling and end - start >= NARROWEST_PX:
            ways = (slice((start + end) // 2, None), slice((start + end) // 2, None, -1))
            if _flat(shown * WORTH, (start + end) // 2, (end - start) // 4):
                left = [_left_behind(apart[:, way], desk[:, way]) for way in ways]
                most = max(most, sum(left) / 2)
    return most


def _desk(seen: Scene, head: Floats, foot: Floats) -> Floats:
    """The desk's Lab along each line from head to foot (Nx2), from beyond both: ROWSxNx3."""
    way = (foot - head) / np.maximum(np.linalg.norm(foot - head, axis=1, keepdims=True), 1e-6)
    ends = []
    for end, sign in ((head, -1), (foot, 1)):
        places = np.stack([end + sign * far * way for far in BEYOND_PX])
        ends.append(np.median(colours_at(seen.colours, places, exact=True), axis=0))
    return np.asarray(ends[0] + ROWS[:, None] * (ends[1] - ends[0]))


def _runs(flags: Floats) -> list[tuple[int, int]]:
    """First and last but one of each run of true values."""
    steps = np.diff(np.concatenate([[0], flags.astype(int), [0]]))
    pairs = zip(np.nonzero(steps == 1)[0], np.nonzero(steps == -1)[0], strict=True)
    return [(int(start), int(end)) for start, end in pairs]


def _flat(shown: Floats, middle: int, off: int) -> bool:
    """Whether a strip is of one colour from its middle to half of the way to its sides."""
    beside = shown[:, [max(middle - PAPER_PX, 0), min(middle + PAPER_PX, shown.shape[1] - 1)]]
    deep = np.linalg.norm(beside - shown[:, [middle]], axis=2).min(axis=1)
    rise = np.linalg.norm(shown[:, [middle - off, middle + off]] - shown[:, [middle]], axis=2)
    return bool(np.median(rise.max(axis=1) / np.maximum(deep, 1e-3)) < FLAT)


def _left_behind(apart: Floats, desk: Flags) -> float:
    """How much of the way from desk to paper is gone ABRUPT_PX beyond a strip's edge.

    `apart` and `desk`: rows from the middle of the strip on; each has its own edge.
    """
    rows, last = np.arange(len(apart)), apart.shape[1] - 1
    edge = np.argmin(desk, axis=1)
    near, far = (apart[rows, np.minimum(edge + px, last)] for px in (ABRUPT_PX, PAPER_PX))
    return float(np.median((near / np.maximum(far, 1e-3))[desk[:, 0]]))
