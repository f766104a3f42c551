"""Whether restoring kept what was written: strokes by their pixels, lines by what was read."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from station.imaging.paper import Grey
from station.model import Line

DARK = 0.6
"""Of the page's ink: a stroke whose gap is this part of the strongest is surely written."""
LEFT = 0.5
"""Of a stroke's gap that a restored one has at least."""
MOST_LOST = 0.02
SURE_SCORE, SURE_CHARACTERS = 0.9, 2
LEAST_SURE = 0.98
"""Of the characters surely read before."""


def strokes_kept(before: Grey, after: Grey) -> float:
    """The share of dark strokes (connected components) that are still there, 0 to 1.

    `before` and `after` are gaps (0 paper, 255 black), HxW uint8 of one size.
    """
    before, after = before[::2, ::2], after[::2, ::2]
    ink = float(np.percentile(before[before > 24], 90)) if before.any() else 0.0
    dark = cv2.threshold(before, DARK * ink, 255, cv2.THRESH_BINARY)[1]
    count, labels = cv2.connectedComponents(dark)
    marked = dark > 0
    of = labels[marked]
    sizes = np.bincount(of, minlength=count)[1:]
    left = np.bincount(of, weights=after[marked] >= LEFT * before[marked], minlength=count)[1:]
    strokes = sizes >= 6
    if not strokes.any():
        return 1.0
    return float(np.mean(left[strokes] >= LEFT * sizes[strokes]))


def restored_reads_better(before: Sequence[Line], after: Sequence[Line]) -> bool:
    """Whether what was read from the restored page replaces what was read from the page.

    No line that was surely read may be lost. What shone through from the back was read too, but
    never surely, so it does not count.
    """
    return not lines_lost(before, after) and _sure(after) >= LEAST_SURE * _sure(before)


def _sure(lines: Sequence[Line]) -> int:
    """How many characters were surely read."""
    return sum(len(line.text) for line in lines if line.score >= SURE_SCORE)


def lines_lost(before: Sequence[Line], after: Sequence[Line]) -> tuple[Line, ...]:
    """Lines surely read before for which nothing was read in their place afterwards."""
    boxes = [_bounds(line) for line in after]
    return tuple(
        line
        for line in before
        if line.score >= SURE_SCORE
        and len(line.text) >= SURE_CHARACTERS
        and not any(_covers(box, _bounds(line)) for box in boxes)
    )


def _bounds(line: Line) -> tuple[float, float, float, float]:
    xs, ys = zip(*line.box, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _covers(box: tuple[float, ...], line: tuple[float, ...]) -> bool:
    """Whether `box` holds the middle of `line`."""
    x, y = (line[0] + line[2]) / 2, (line[1] + line[3]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]
