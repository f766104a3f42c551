"""Whether restoring kept what was written: strokes by their pixels, lines by what was read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import cv2
import numpy as np

from station.imaging.paper import Grey
from station.model import Line

DARK = 0.6
"""Of the page's ink: a stroke whose gap is this part of the strongest is surely written."""
LEFT = 0.5
"""Of a stroke's gap that a restored one has at least."""
MOST_LOST = 0.02
EVERY = 3
LEAST_GAP, LEAST_STROKE_PX = 24, 4
"""What is fainter or smaller is no dark stroke."""
SURE_SCORE, SURE_CHARACTERS = 0.97, 2
GUESSED, MIRRORED = 0.5, 0.9
"""Scores at which a character is worth nothing: a guess, and most writing read in a mirror."""
LEAST_SURE = 0.98
"""Of what was sure before: scores of one text differ as much, when its lines are cut otherwise."""
FOUND = 0.8
"""Score of a line in whose place nothing was read before; remains of thumbprints reach 0.6."""
COVERED = 0.4
"""Of a line that was surely read: what is read in its place covers so much of it at least."""


def thinned(plane: Grey) -> Grey:
    """Every third pixel across and down: strokes are looked at, not their outlines."""
    return np.ascontiguousarray(plane[::EVERY, ::EVERY])


def strokes_kept(before: Grey, after: Grey, *, least_gap: float = 0.0) -> float:
    """The share of dark strokes (connected components) that are still there, 0 to 1.

    `before` and `after` are gaps (0 paper, 255 black), thinned, of one size. Strokes that reach
    no more than `least_gap` are known not to belong to the page.
    """
    written = before[before > LEAST_GAP]
    if not written.size:
        return 1.0
    level = max(least_gap, DARK * float(np.percentile(written[::4], 90)))
    dark = cv2.threshold(before, level, 255, cv2.THRESH_BINARY)
    stays = cv2.compare(after, cv2.convertScaleAbs(before, alpha=LEFT), cv2.CMP_GE)
    count, labels = cv2.connectedComponents(dark[1])
    places = np.flatnonzero(dark[1])
    stroke = labels.ravel()[places]
    sizes = np.bincount(stroke, minlength=count)[1:]
    left = np.bincount(stroke[stays.ravel()[places] > 0], minlength=count)[1:]
    strokes = sizes >= LEAST_STROKE_PX
    if not strokes.any():
        return 1.0
    return float(np.mean(left[strokes] >= LEFT * sizes[strokes]))


def restored_reads_better(
    before: Sequence[Line], after: Sequence[Line], *, mirrored: bool = False
) -> bool:
    """Whether what was read from the restored page replaces what was read from the page.

    All characters together must be worth as much as before, those of lost lines counted twice.
    `mirrored`: the back shone through `before`, where it was read too, hardly ever surely, so
    only what was sure counts there.
    """
    floor, least = (MIRRORED, LEAST_SURE) if mirrored else (GUESSED, 1.0)
    if mirrored:
        before = [line for line in before if line.score >= SURE_SCORE]
    lost = lines_lost(before, after)
    return worth(after, floor) >= least * worth(before, floor) + worth(lost, floor)


def mended(
    before: Sequence[Line], after: Sequence[Line], changed: Callable[[Line], bool]
) -> tuple[Line, ...]:
    """Lines read before, but where the picture was `changed`, those read afterwards.

    Elsewhere a second reading is no better, only different: boxes fall otherwise. Where nothing
    was read before, remains of a seal are guessed at.
    """
    same = [line for line in before if not changed(line)]
    told = [line for line in after if line.score >= FOUND or _covers(before, line)]
    new = [line for line in told if changed(line) or not _covers(same, line)]
    return (*(line for line in same if not _covers(filter(changed, new), line)), *new)


def worth(lines: Sequence[Line], floor: float = GUESSED) -> float:
    """How many characters were read, each counted by how surely, from 0 at a score of `floor`."""
    return sum(len(line.text) * max(0.0, line.score - floor) / (1 - floor) for line in lines)


def lines_lost(before: Sequence[Line], after: Sequence[Line]) -> tuple[Line, ...]:
    """Lines surely read before in whose place hardly anything was read afterwards."""
    return tuple(
        line
        for line in before
        if line.score >= SURE_SCORE
        and len(line.text) >= SURE_CHARACTERS
        and not _covers(after, line)
    )


def _covers(lines: Iterable[Line], line: Line) -> bool:
    """Whether something was read in the place of `line`."""
    return sum(_shared(_bounds(one), _bounds(line)) for one in lines) >= COVERED


def _bounds(line: Line) -> tuple[float, float, float, float]:
    xs, ys = zip(*line.box, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _shared(box: tuple[float, ...], line: tuple[float, ...]) -> float:
    """How much of `line` lies in `box`, 0 to 1."""
    across = min(box[2], line[2]) - max(box[0], line[0])
    down = min(box[3], line[3]) - max(box[1], line[1])
    area = max(1.0, (line[2] - line[0]) * (line[3] - line[1]))
    return max(0.0, across) * max(0.0, down) / area
