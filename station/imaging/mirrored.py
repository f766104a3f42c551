"""Lines of the back that were read on the front: writing that shines through is mirrored.

A mirrored line reads better in a mirror, so lines that were read unsurely are read once more,
flipped. Where some prove to be mirrored there is a back, and its strokes show how blunt and faint
it comes through (slopes of edges, as in back.py): what is as blunt goes too, also short words and
digits that read either way. A page on which no line is mirrored keeps all of them: pencil and
faded ink are never turned down for being faint.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from station.imaging.back import Slopes
from station.imaging.crop import bounds, line_at
from station.imaging.orientation import LineReader
from station.imaging.paper import Grey
from station.imaging.picture import Pixels
from station.imaging.restore import strokes_seen
from station.imaging.seals import LONG_SIDE_PX as RED_SIDE_PX
from station.imaging.seals import red_of, shrunk
from station.imaging.strokes import Strokes
from station.model import Line, Noun

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

DOUBTED = 0.97
"""Score below which a line may be of the back: three in a hundred mirrored ones read better."""
AT_ONCE, MOST = 4, 12
"""Lines read in the mirror before the rest is, and at most. A reading costs about 25 ms."""
LEGIBLE, BETTER = 0.85, 0.08
"""Score of a mirrored line in the mirror, and how much less it has as it stands."""
LEAST_CHINESE = 2
"""Characters; many letters and digits read in a mirror as well."""
ALONE_CHINESE, ALONE_SCORE = 4, 0.95
"""What a single line must show to prove a back by itself."""
SURE_LETTERS = 4
"""So many read without a doubt are of the front; digits and short names read either way."""
APART = 1.3
"""Slopes of the front's bluntest lines over the back's: nearer, slopes tell nothing."""
BLUNTEST = 10
"""Percentile of the slopes of the front's lines."""
RED_SHARE = 0.12
"""Of a line's box that is red, for it to be written in red."""
ABOVE = 1.15
"""Over the back's slopes, on a page without writing of its own."""


class Front(Noun, frozen=True, kw_only=True):
    """The lines of the front; `mirrored` of the others read better in a mirror.

    `slopes` are those of the back and the front, where both are known and differ.
    """

    lines: tuple[Line, ...]
    mirrored: int = 0
    slopes: Slopes | None = None


def front_lines(lines: Sequence[Line], page: Pixels, reader: LineReader) -> Front:
    """`lines`, read on `page` (HxWx3 BGR uint8), without those of the back.

    On a page without doubtful lines this costs nothing; on one with a back, a third of a second.
    """
    mirrored = _mirrored(lines, page, reader)
    if not mirrored.any():
        return Front(lines=tuple(lines))
    steep = _steepness(lines, page)
    sure = np.array([_is_sure(line) for line in lines]) & ~mirrored
    slopes = _parted(steep, sure, mirrored)
    gone = mirrored
    if slopes:
        # A box with writing of both sides is left to the restoration, which parts them.
        mixed = mirrored & np.isfinite(steep) & (steep > slopes.limit)
        gone = (mirrored & ~mixed) | ((steep <= slopes.limit) & ~sure)
    known = slopes if slopes and slopes.strong else None
    kept = tuple(itertools.compress(lines, ~gone))
    return Front(lines=kept, mirrored=int(mirrored.sum()), slopes=known)


def _mirrored(lines: Sequence[Line], page: Pixels, reader: LineReader) -> Flags:
    """Which lines read better in a mirror; none unless that proves a back."""
    doubted = [index for index, line in enumerate(lines) if line.score < DOUBTED]
    doubted.sort(key=lambda index: len(lines[index].text) * (lines[index].score - 1))
    found: dict[int, tuple[int, float]] = {}
    for few in (doubted[:AT_ONCE], doubted[AT_ONCE:MOST]):
        for index in few:
            seen = _in_mirror(lines[index], page, reader)
            if seen:
                found[index] = seen
        if not found:
            break
    proof = len(found) > 1 or any(
        chinese >= ALONE_CHINESE and score >= ALONE_SCORE for chinese, score in found.values()
    )
    flags = np.zeros(len(lines), np.bool_)
    flags[list(found) if proof else []] = True
    return flags


def _in_mirror(line: Line, page: Pixels, reader: LineReader) -> tuple[int, float] | None:
    """Chinese characters and score of a line in the mirror, if it reads better there."""
    strip = line_at(page, line.box)
    flipped = strip.pixels[::-1] if strip.tall else strip.pixels[:, ::-1]
    text, score = reader.read_strip(np.ascontiguousarray(flipped))
    chinese = sum("\u3400" <= character <= "\u9fff" for character in text)
    better = score >= max(LEGIBLE, line.score + BETTER)
    return (chinese, score) if better and chinese >= LEAST_CHINESE else None


def _is_sure(line: Line) -> bool:
    letters = sum(character.isalpha() for character in line.text)
    return line.score >= DOUBTED and letters >= SURE_LETTERS


def _parted(steep: Floats, sure: Flags, mirrored: Flags) -> Slopes | None:
    """What parts the slopes of the front's sure lines from those of the back's.

    Without sure lines the front is whatever is steeper than all of the back.
    """
    seen = np.isfinite(steep)
    front, back, others = steep[seen & sure], steep[seen & mirrored], steep[seen & ~mirrored]
    if not back.size:
        return None
    weak, sharpest = float(np.median(back)), ABOVE * float(back.max())
    if not front.size:
        front = others[others > sharpest]
    if not front.size:
        return Slopes(weak=weak, limit=sharpest, strong=0.0)
    bluntest = float(np.percentile(front, BLUNTEST))
    if bluntest < APART * weak:
        return None
    return Slopes(weak=weak, limit=math.sqrt(bluntest * weak), strong=float(np.median(front)))


def _steepness(lines: Sequence[Line], page: Pixels) -> Floats:
    """How steep the edges of each line's strokes are; infinite where it has none, or red ones:
    what is red is no edge here, so beside it only the back's would count."""
    strokes, red = strokes_seen(page), red_of(shrunk(page, RED_SIDE_PX))
    scale, red_scale = (plane.shape[1] / page.shape[1] for plane in (strokes.edge, red))
    return np.array(
        [
            math.inf if _is_red(red, line, red_scale) else _slope(strokes, line, scale)
            for line in lines
        ],
        np.float64,
    )


def _is_red(red: Grey, line: Line, scale: float) -> bool:
    left, top, right, bottom = (max(0, round(side * scale)) for side in bounds(line.box))
    piece = red[top:bottom, left:right]
    return bool(piece.size) and float(np.mean(piece > 0)) > RED_SHARE


def _slope(strokes: Strokes, line: Line, scale: float) -> float:
    left, top, right, bottom = (max(0, round(side * scale)) for side in bounds(line.box))
    edge = strokes.edge[top:bottom, left:right] > 0
    steep = strokes.steepest[top:bottom, left:right][edge]
    return float(np.median(steep)) if steep.size else math.inf
