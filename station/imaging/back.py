"""Writing of the back that shines through: found on the front alone.

Ink of the front is darker and sharper than what has come through the paper, so the contrasts of a
page's edges fall into two heaps with a valley between them, and the weaker heap is the more
blurred one. The valley is the threshold and strong strokes keep their surroundings, as in
Estrada and Tomasi (ICDAR 2009), who likewise have one side only. Pencil and ruled lines are weak
too, but as sharp as the ink beside them.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from station.imaging.flat import SCALE, bands
from station.imaging.paper import Grey
from station.imaging.strokes import Strokes, raise_rows
from station.model import Noun

Share = npt.NDArray[np.float32]

LEAST_EDGES = 130
LEAST_SHARE, MOST_SHARE = 0.08, 0.8
"""Of a page's edges that belong to the back."""
DEEPEST = 0.5
"""How deep the valley is: its height over that of the lower heap."""
WEAKER = 0.62
"""Slope of the back over that of the front."""
BLUNTER = 0.92
"""Sharpness of the back over that of the front."""
LEAST_WEAK, LEAST_WEAKER = 10, 0.09
"""A fainter back, by itself or beside the front, is not read, and stains are as faint."""
AS_SHARP = 0.8
"""Where between the back's sharpness (0) and the front's (1) pencil begins."""
DARKER = 1.25
"""Over nearly all of the back: the inside of strokes too thick to have an edge near."""
EVERY, MOST_EDGES = 4, 30_000
"""Every fourth row of edges is enough to count, and of these so many."""
PER_OCTAVE = 24
"""Classes of slopes: in octaves, as fresh and faint ink spread alike there."""
CLASS_OF = np.round(PER_OCTAVE * np.log2(np.maximum(np.arange(256), 1))).astype(np.uint8)


class Back(Noun, frozen=True, kw_only=True):
    """Slopes (0 to 255) of the edges of what shines through, of the front, and between the two.

    `blunt` and `sharp` are these over the gaps beside them; `gap` is the back's usual gap and
    `darkest` that which hardly any of it exceeds.
    """

    weak: float
    limit: float
    strong: float
    gap: float
    darkest: float
    blunt: float
    sharp: float


class Slopes(NamedTuple):
    """Usual slopes of the back's and the front's edges, and the limit between them (0 to 255)."""

    weak: float
    limit: float
    strong: float


def ink_of(strokes: Strokes) -> tuple[float, Back | None]:
    """The usual gap of the writing, 0 on an empty page, and what shines through, if anything."""
    reached, steepest = _edges(strokes)
    if reached.size < LEAST_EDGES:
        return 0.0, None
    return float(np.median(reached)), _back(reached, steepest)


def back_at(strokes: Strokes, slopes: Slopes) -> Back | None:
    """The back of a page whose slopes were found by other means; None where there is one ink."""
    reached, steepest = _edges(strokes)
    low = steepest <= slopes.limit
    return _measured(reached, steepest, slopes) if 0 < low.mean() < 1 else None


def _edges(strokes: Strokes) -> tuple[Grey, Grey]:
    """`reached` and `steepest` at edges, evenly spread over the page."""
    places = np.flatnonzero(strokes.edge[::EVERY])
    places = places[:: max(1, places.size // MOST_EDGES)]
    reached, steepest = (plane[::EVERY].ravel() for plane in (strokes.reached, strokes.steepest))
    return reached[places], steepest[places]


def _back(reached: Grey, steepest: Grey) -> Back | None:
    slopes, depth = _heaps(steepest)
    weak, limit, strong = slopes
    if depth > DEEPEST or not max(LEAST_WEAK, LEAST_WEAKER * strong) <= weak <= WEAKER * strong:
        return None
    if not LEAST_SHARE < float((steepest <= limit).mean()) < MOST_SHARE:
        return None
    back = _measured(reached, steepest, slopes)
    return back if back.blunt <= BLUNTER * back.sharp else None


def _measured(reached: Grey, steepest: Grey, slopes: Slopes) -> Back:
    low = steepest <= slopes.limit
    steepness = np.divide(steepest, reached, dtype=np.float32)
    blunt, sharp = float(np.median(steepness[low])), float(np.median(steepness[~low]))
    gap, darkest = (float(level) for level in np.percentile(reached[low], (50, 95)))
    return Back(**slopes._asdict(), gap=gap, darkest=darkest, blunt=blunt, sharp=sharp)


def front_of(strokes: Strokes, back: Back) -> Grey:
    """How much of each pixel's gap belongs to the front, 0 to 255.

    Weak surroundings of strong strokes do, and weak strokes as sharp as the strong ones. It is
    written into `strokes.room`.
    """
    low = (2 * back.limit + back.weak) / 3
    high = back.limit + (back.strong - back.limit) / 8
    front = strokes.room
    alone = np.empty((2, *(max(1, side // SCALE) for side in front.shape)), np.uint8)
    for rows in bands(front.shape[0]):
        steep = _ramp(strokes.steepest[rows], low, high)
        thick = _ramp(strokes.reached[rows], back.darkest, DARKER * back.darkest)
        cv2.max(steep, thick, dst=front[rows])
        raise_rows(front, rows, strokes.rules, 2)
        few = slice(rows.start // SCALE, rows.stop // SCALE)
        _sum_up(strokes, rows, front[rows], alone[:, few])
    sharp = _sharp(alone, back)
    for rows in bands(front.shape[0]):
        raise_rows(front, rows, sharp, SCALE)
    return front


def _ramp(plane: Grey, low: float, high: float) -> Grey:
    """0 up to `low`, 255 from `high` on, straight between."""
    times = 255 / max(1.0, high - low)
    return np.asarray(cv2.addWeighted(plane, times, plane, 0, -low * times), np.uint8)


def _sum_up(strokes: Strokes, rows: slice, front: Grey, alone: Grey) -> None:
    """Into `alone`, at an eighth: the edges that are weak and apart, and how sharp they are."""
    if not alone.size:
        return
    some = slice(rows.start, rows.stop, 2)  # every second row tells as much
    apart = cv2.threshold(front[::2], 0, 255, cv2.THRESH_BINARY_INV)[1]
    edge = cv2.bitwise_and(strokes.edge[some], apart)
    steepness = cv2.divide(strokes.steepest[some], strokes.reached[some], scale=100)
    size = alone.shape[:0:-1]
    for plane, few in zip((edge, cv2.bitwise_and(steepness, edge)), alone, strict=True):
        even = plane[: size[1] * SCALE // 2, : size[0] * SCALE]
        cv2.resize(even, size, dst=few, interpolation=cv2.INTER_AREA)


def _sharp(alone: Grey, back: Back) -> Grey:
    """255 where what is weak and apart is sharp, by the mean of a character's surroundings."""
    edges, steep = (cv2.blur(plane.astype(np.float32), (7, 7)) for plane in alone)
    least = 100 * (back.blunt + AS_SHARP * (back.sharp - back.blunt))
    return np.asarray(steep * 255 > least * np.maximum(2, edges), np.uint8) * np.uint8(255)


def _heaps(slopes: Grey) -> tuple[Slopes, float]:
    """The two heaps of a histogram (Otsu 1979), the lowest place between, and its depth."""
    window = np.hanning(11)
    counts = np.bincount(CLASS_OF[slopes], minlength=int(CLASS_OF[-1]) + 1)
    heap = np.convolve(counts, window / window.sum(), "same")
    count, mass = np.cumsum(heap), np.cumsum(heap * np.arange(heap.size))
    inner = slice(1, heap.size - 1)
    total, all_mass = count[-1], mass[-1]
    apart = (all_mass * count - total * mass)[inner] ** 2
    split = 1 + int(np.argmax(apart / np.maximum(1, count * (total - count))[inner]))
    weak, strong = int(np.argmax(heap[: split + 1])), split + int(np.argmax(heap[split:]))
    limit = weak + int(np.argmin(heap[weak : strong + 1]))
    levels = 2.0 ** (np.array([weak, limit, strong]) / PER_OCTAVE)
    depth = heap[limit] / max(1e-9, min(heap[weak], heap[strong]))
    return Slopes(*levels.tolist()), float(depth)
