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

from station.imaging.candidates import candidates
from station.imaging.contest import NOTHING, chosen
from station.imaging.crossed import written_through
from station.imaging.cut import Flags, completed
from station.imaging.edges import Bytes, Floats, Scene, at_working_size, scene
from station.imaging.ground import desk_chance, page_chance, scanner_black, share_of_page
from station.imaging.odds import log_odds
from station.imaging.picture import half_of
from station.imaging.quads import areas
from station.imaging.refit import meeting, refitted_sides
from station.model import Noun, Quad

SMALLEST_SIDE_PX = 32
"""A frame shorter than this at working size shows no sheet that could be told from its desk."""
FAINTEST = 0.2
"""A candidate less likely than this is not named at all."""
WHOLE_SHARE = 0.5
"""Share of the border zone that a page reaches, if a scanner's black is around it."""
CROSSED, LEAST_SURE = 0.045, 0.4
"""A side that runs so far through writing is no edge; what confidence such a quad has at most."""
WHOLE_CHANCE = 0.4
"""A frame that is less likely to be a page is said to show none."""


class Finding(Noun, frozen=True, kw_only=True):
    """What was found. `confidence` 0..1 is the chance that `kind` and `quad` are right.

    `sheet`: the sheet is `quad` (px of the frame; TL, TR, BR, BL as the page lies, the side
    that points most to the right being the top). `cut`: a side of it lies on or over the
    frame's border; its corners may then lie outside the frame. `whole`: the frame is
    itself a page, no desk is seen. `none`: no page. `others`: further sheets of a like size beside
    the one that was found; an open book is one sheet.
    """

    kind: Literal["sheet", "whole", "none"]
    quad: Quad | None = None
    confidence: float = 0.0
    cut: bool = False
    others: int = 0


def find(pixels: Bytes, *, half: Bytes | None = None) -> Finding:
    """The sheet in a frame (HxWx3 BGR uint8). Never raises on any size or content.

    `half` is the frame at half its size (`half_of`), where it was made already.
    """
    small, factor = at_working_size(pixels, half_of(pixels) if half is None else half)
    if min(small.shape[:2]) < SMALLEST_SIDE_PX:
        return Finding(kind="none")
    seen = scene(small, factor)
    found = candidates(seen)
    choice = chosen(seen, found, log_odds(found.cues)) if found.cues else NOTHING
    if choice.confidence < FAINTEST:
        return _without_sheet(seen, choice.nothing)
    border = found.border[choice.best]
    quad = _refitted(pixels, seen, found.corners[choice.best], border)
    height, width = pixels.shape[:2]
    cut = bool(border.any() or (quad < 0).any() or (quad > [width - 1, height - 1]).any())
    if cut and scanner_black(seen).any() and share_of_page(seen) >= WHOLE_SHARE:
        return _without_sheet(seen, 1.0)
    return Finding(
        kind="sheet",
        quad=_ordered(quad),
        confidence=_doubted(choice.confidence, seen, quad),
        cut=cut,
        others=choice.others,
    )


def _doubted(confidence: float, seen: Scene, quad: Floats) -> float:
    """The confidence in a quad (frame px), little where a side of it cuts writing in two."""
    through = written_through(seen, (quad + 0.5) / seen.factor - 0.5)
    return min(confidence, LEAST_SURE) if through > CROSSED else confidence


def _without_sheet(seen: Scene, nothing: float) -> Finding:
    """What a frame is if no sheet lies in it, of which the chance is `nothing`."""
    chance = page_chance(seen)
    if chance < WHOLE_CHANCE:
        return Finding(kind="none", confidence=nothing * min(1 - chance, desk_chance(seen)))
    return Finding(kind="whole", confidence=nothing * chance)


def _refitted(pixels: Bytes, seen: Scene, corners: Floats, border: Flags) -> Floats:
    """The corners in frame px, where the refitted sides meet, and the cut sides drawn anew."""
    factor = seen.factor
    start = (corners + 0.5) * factor - 0.5
    if areas(start[None])[0] < 0:
        start, border = start[::-1], np.roll(border[::-1], -1)
    laid = refitted_sides(pixels, seen, start)
    ends = np.roll(start, -1, axis=0)
    for k in np.nonzero(border)[0]:
        laid[k] = ((start[k], ends[k]),) * 2
    quad = np.array([meeting(laid[k - 1][1], laid[k][0]) for k in range(4)], np.float32)
    kept = np.isfinite(quad).all() and areas(quad[None])[0] > 0.8 * areas(start[None])[0]
    sound = kept and np.abs(quad - start).max() < 24.0 * (factor + 1)
    return completed(quad if sound else start, border, pixels.shape[1], pixels.shape[0])


def _ordered(quad: Floats) -> Quad:
    """Clockwise corners, begun where the way to the next points most to the right."""
    way = np.roll(quad, -1, axis=0) - quad
    unit = way / np.linalg.norm(way, axis=1, keepdims=True)
    rightward = unit[:, 0] - np.roll(unit, 2, axis=0)[:, 0]
    turned = np.roll(quad, -int(np.argmax(rightward)), axis=0)
    a, b, c, d = [(float(x), float(y)) for x, y in turned]
    return a, b, c, d
