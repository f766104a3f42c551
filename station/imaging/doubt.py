"""What speaks against cutting a frame by the quad that was chosen, however clear its edges are.

Writing that goes on around it on paper as pale: it is a slip or a picture on a page. A rim narrower
than a page's margin: it is a print, or the frame of a display. Black all around it that is itself
framed by something lighter: it is what a display shows.
"""

from __future__ import annotations

import cv2
import numpy as np

from station.imaging.candidates import DARKEST_PAPER, SHADED_PAPER, Candidates
from station.imaging.edges import Floats, Scene, colours_at
from station.imaging.ground import CELL_PX, STROKE_INK, Mask
from station.imaging.quads import areas, common_areas
from station.imaging.within import depth, likeness, middle_colour

APART = 0.06
"""Overlap, as a share of the smaller quad, up to which two quads are two sheets."""
RIVAL_ODDS, RIVAL_AREA, RIVALS = -1.0, 0.25, 8
"""Log odds and share of the area of a quad that may be another sheet, on which writing says
nothing; how many are asked."""
FAINT_INK, DENSE = 0.15, 0.03
"""Writing that is pale on its ground; share of a place that strokes cover."""
STRONG, FAINT = (0.008, 0.02), (0.012, 0.024)
"""Share of the frame in places of writing around the quad: not a word, and surely a page."""
PALE = (0.75, 0.95)
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


def doubt(seen: Scene, found: Candidates, odds: Floats, best: int) -> float:
    """0..1: 1 where one of the three says that the quad is not the sheet."""
    quad, middle = found.corners[best], middle_colour(seen, found.corners[best])
    framed = 0.0 if found.border[best].any() else _framed(seen, quad)
    black = float(_in_black(seen, quad, middle, found.outside[best]))
    return max(_on_page(seen, found, odds, best, middle), framed, black)


def _on_page(seen: Scene, found: Candidates, odds: Floats, best: int, middle: Floats) -> float:
    """How surely writing goes on around the quad, on no other sheet and no grainy desk."""
    height, width = (side // CELL_PX for side in seen.ink.shape)
    rows, columns = (axis.ravel() for axis in np.mgrid[:height, :width])
    places = (np.stack([columns, rows], axis=1).astype(np.float32) + 0.5) * CELL_PX
    ground = colours_at(seen.colours, places[None], exact=True)[0]
    like = likeness(ground, found.outside[best])
    sheets = found.corners[[best, *_rivals(found, odds, best)]]
    like[depth(places, sheets).max(axis=0) > -CELL_PX] = 0
    beside = found.outside[best][0] / (middle[0] + 1)
    said = max(
        _ramp(_share(seen, like, STROKE_INK) * _ramp(beside, DARKEST_PAPER, SHADED_PAPER), *STRONG),
        _ramp(_share(seen, like, FAINT_INK) * _ramp(beside, *PALE), *FAINT),
    )
    return said if said and not _grainy(seen, like > 0.5) else 0.0


def _rivals(found: Candidates, odds: Floats, best: int) -> list[int]:
    """Quads beside the best one that may be sheets too, likeliest first."""
    size, common = np.abs(areas(found.corners)), common_areas(found.corners, best)
    apart = common <= APART * np.minimum(size, size[best])
    apart &= (size > RIVAL_AREA * size[best]) & (odds > RIVAL_ODDS)
    return [int(k) for k in np.argsort(-odds) if apart[k]][:RIVALS]


def _share(seen: Scene, like: Floats, ink: float) -> float:
    """Share of the frame's places that are written on, each counted for its likeness 0..1."""
    dense = (_by_place((seen.ink > ink).astype(np.float32)) > DENSE).astype(np.uint8)
    written = cv2.morphologyEx(dense, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    return float((written.ravel() * like).mean())


def _grainy(seen: Scene, places: Mask) -> bool:
    """Whether the ground there is that of a desk; too few places tell nothing."""
    light = np.ascontiguousarray(seen.colours[:, :, 0])
    mean, square = _by_place(light), _by_place(light * light)
    grain = np.sqrt(np.maximum(square - mean * mean, 0)) / (mean + 8)
    return bool(places.sum() >= FEWEST and np.median(grain.ravel()[places]) > GRAINY)


def _by_place(plane: Floats) -> Floats:
    height, width = (side // CELL_PX for side in plane.shape)
    whole = plane[: height * CELL_PX, : width * CELL_PX]
    return np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA))


def _framed(seen: Scene, quad: Floats) -> float:
    """How surely the quad's rim is narrower than the margin of a page."""
    rim, margin = (_ring(seen, quad, -2 * share * (quad - quad.mean(axis=0))) for share in (RIM, MARGIN))
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
    black, *beyond = (
        float(np.median(_ring(seen, quad, px * way)[:, 0])) for px in (FRAME_PX, *BEYOND_PX)
    )
    return max(beyond) > LIGHTER * black + LEAST_LIGHTER


def _ring(seen: Scene, quad: Floats, moved: Floats) -> Floats:
    """Lab (Px3) along a quad whose corners are moved by 4x2 px, as far as the frame shows it."""
    corners = quad + moved
    along = np.linspace(0, 1, 20, endpoint=False)[:, None, None]
    places = (corners + along * (np.roll(corners, -1, axis=0) - corners)).reshape(-1, 2)
    height, width = seen.ink.shape
    shown = ((places >= 0) & (places <= [width - 1, height - 1])).all(axis=1)
    places = places[shown] if shown.any() else quad
    return colours_at(seen.colours, places[None], exact=True)[0]


def _ramp(value: float, low: float, high: float) -> float:
    return float(np.clip((value - low) / (high - low), 0, 1))
