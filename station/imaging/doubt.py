"""What speaks against cutting a frame by the quad that was chosen, however clear its edges are.

Writing that goes on around it on paper as pale: it is a slip or a picture on a page. A rim narrower
than a page's margin: it is a print, or the frame of a display. Black all around it that is itself
framed by something lighter: it is what a display shows.
"""

from __future__ import annotations

import cv2
import numpy as np

from station.imaging.candidates import DARKEST_PAPER, SHADED_PAPER, Candidates, Ranks
from station.imaging.edges import Floats, Scene, colours_at
from station.imaging.ground import CELL_PX, written_places
from station.imaging.within import depths, likeness, middle_colour

FAINT_INK = 0.15
"""Of its ground, by which pale writing is darker."""
UNEVEN = 0.9
"""Share of a print in its middle colour at most."""
STRONG, FAINT = (0.012, 0.02), (0.021, 0.03)
"""Share of the frame in places of writing around the quad: not a word, and surely a page."""
PALE = (0.75, 0.9)
"""L of what lies around, over the quad's, from which faint strokes on it are writing."""
GRAINY, FEWEST = 0.007, 10
"""Deviation of L within a place, over L, that paper never has; places that must show it."""
RIM, MARGIN, NO_MARGIN = 0.02, 0.09, (0.1, 0.2)
"""Where the rim of a quad is seen and where its margin must go on, in shares of its size; share of
the margin in the rim's colour."""
BLACK, LIGHTER, LEAST_LIGHTER = 0.14, 1.6, 4.0
"""L of a black frame over the quad's; and how much lighter is what lies beyond it."""
FRAME_PX, BEYOND_PX = 14.0, (28.0, 42.0, 63.0)
"""How far out, along the diagonals, a black frame is seen, and what lies beyond."""
SIDE_PLACES, MOST_SHOWN = 20, 52
"""Places along each side of a ring; how many of the four sides' the frame must show."""


def doubt(seen: Scene, found: Candidates, best: int, sheets: Floats) -> float:
    """0..1: 1 where one of the three says that the best quad is not the sheet.

    `sheets`: Sx4x2, other quads beside it that may be sheets.
    """
    quad, middle = found.corners[best], middle_colour(seen, found.corners[best])
    framed = 0.0
    if found.cues["even"][best] < UNEVEN and not found.border[best].any():
        framed = _framed(seen, quad)
    black = float(_in_black(seen, quad, middle, found.outside[best]))
    return max(_on_page(seen, found, best, middle, sheets), framed, black)


def _on_page(seen: Scene, found: Candidates, best: int, middle: Floats, sheets: Floats) -> float:
    """How surely writing goes on around the quad, on no other sheet and no grainy desk.

    What is written beyond one side alone may be a label or a ruler beside the sheet.
    """
    strong, faint = found.written, written_places(seen, FAINT_INK)
    rows, columns = np.nonzero(strong | faint)
    places = (np.stack([columns, rows], axis=1).astype(np.float32) + 0.5) * CELL_PX
    off = depths(places, np.concatenate([found.corners[[best]], sheets]))
    outside = off.min(axis=1).max(axis=0) <= -CELL_PX
    if not outside.any():
        return 0.0
    rows, columns, places = rows[outside], columns[outside], places[outside]
    ground = colours_at(seen.colours, places[None], exact=True)[0]
    like = likeness(ground, found.outside[best]) / strong.size
    side = off[0].argmin(axis=0)[outside]
    beside = found.outside[best][0] / (middle[0] + 1)
    paper, pale = _ramp(beside, DARKEST_PAPER, SHADED_PAPER), _ramp(beside, *PALE)
    said = max(
        _ramp(paper * _around(side, like * strong[rows, columns]), *STRONG),
        _ramp(pale * _around(side, like * faint[rows, columns]), *FAINT),
    )
    return said if said and not _grainy(seen, found, best, sheets) else 0.0


def _around(side: Ranks, shares: Floats) -> float:
    """The sum of shares; at most half of it is one side's."""
    sums = np.bincount(side, shares, minlength=4)
    return float(min(sums.sum(), 2 * (sums.sum() - sums.max())))


def _grainy(seen: Scene, found: Candidates, best: int, sheets: Floats) -> bool:
    """Whether the ground around the quad is that of a desk; too few places tell nothing."""
    height, width = (side // CELL_PX for side in seen.ink.shape)
    rows, columns = (axis.ravel() for axis in np.mgrid[:height, :width])
    places = (np.stack([columns, rows], axis=1).astype(np.float32) + 0.5) * CELL_PX
    off = depths(places, np.concatenate([found.corners[[best]], sheets]))
    ground = colours_at(seen.colours, places[None], exact=True)[0]
    around = off.min(axis=1).max(axis=0) <= -CELL_PX
    around &= likeness(ground, found.outside[best]) > 0.5
    light = seen.colours[: height * CELL_PX, : width * CELL_PX, 0]
    mean, square = (
        cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA)
        for plane in (np.ascontiguousarray(light), light * light)
    )
    grain = np.sqrt(np.maximum(square - mean * mean, 0)) / (mean + 8)
    return bool(around.sum() >= FEWEST and np.median(grain.ravel()[around]) > GRAINY)


def _framed(seen: Scene, quad: Floats) -> float:
    """How surely the quad's rim is narrower than the margin of a page."""
    rim, margin = (
        _ring(seen, quad, -2 * share * (quad - quad.mean(axis=0))) for share in (RIM, MARGIN)
    )
    if not (len(rim) and len(margin)):
        return 0.0
    usual = np.median(rim, axis=0)
    apart = np.abs(margin - usual)
    plain = (apart[:, 0] < 0.2 * usual[0] + 2) & (apart[:, 1:].max(axis=1) < 10)
    return 1 - _ramp(float(plain.mean()), *NO_MARGIN)


def _in_black(seen: Scene, quad: Floats, middle: Floats, outside: Floats) -> bool:
    """Whether the quad lies in black that is narrow: what lies beyond it is lighter."""
    if outside[0] > BLACK * middle[0]:
        return False
    way = quad - quad.mean(axis=0)
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    rings = [_ring(seen, quad, px * way)[:, 0] for px in (FRAME_PX, *BEYOND_PX)]
    light = [float(np.median(ring)) for ring in rings if len(ring) >= MOST_SHOWN]
    return len(light) > 1 and max(light[1:]) > LIGHTER * light[0] + LEAST_LIGHTER


def _ring(seen: Scene, quad: Floats, moved: Floats) -> Floats:
    """Lab (Px3) along a quad whose corners are moved by 4x2 px, as far as the frame shows it."""
    corners = quad + moved
    along = np.linspace(0, 1, SIDE_PLACES, endpoint=False)[:, None, None]
    places = (corners + along * (np.roll(corners, -1, axis=0) - corners)).reshape(-1, 2)
    height, width = seen.ink.shape
    shown = ((places >= 0) & (places <= [width - 1, height - 1])).all(axis=1)
    if not shown.any():
        return np.zeros((0, 3), np.float32)
    return np.asarray(colours_at(seen.colours, places[shown][None], exact=True)[0])


def _ramp(value: float, low: float, high: float) -> float:
    return float(np.clip((value - low) / (high - low), 0, 1))
