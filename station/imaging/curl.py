"""A page that bulges, as a leaf beside a gutter or an old sheet does, made flat.

The paper is taken to be bent about one axis only, as a general cylinder (Cao, Ding and Liu 2003).
Seen after its four corners were laid flat, a line of the page then runs along v + A(x) + v B(x):
two curves, between which all others lie in proportion (the two boundary curves of Stamatopoulos,
Gatos and Pratikakis 2011). They are fitted, as slopes, to what bends.py measures. B is also the
height of the paper over the plane of its corners, in distances from the lens: it tells how much
longer the paper is than its picture (the arc length of page-dewarp, Zucker 2016).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray

from station.imaging.bends import Bends, edge_bends, text_bends
from station.imaging.paper import Grey, ink_of
from station.model import Noun

Floats = NDArray[np.float64]
Size = tuple[int, int]
"""Width, height."""

DEGREE = 8
STIFFNESS = 0.25
"""Weight of one measured slope against the smoothness of the curves."""
STRAIGHT_ENOUGH = 0.002
"""Of the long side: a smaller bulge is left alone."""
HIGHEST = 0.3
"""Paper over its corners, in distances of the lens."""
SMALLEST_PX = 64
STEEPEST = 1.5
"""Of the paper, height over way: beyond, the model is no longer a page."""
GAIN = 1.01
"""How much sharper the profile along the lines must become ..."""
EASED = 0.98
"""... and how much less of the text's slopes may stay unexplained."""
SLOPE_LIMIT = 0.03
"""A slope that is farther off counts no more than this."""
LEAST_SLOPE_NOISE = 0.004
ROUNDS = 6
NODES = 257
PROFILE_STRIPS = 64


class Curl(Noun, frozen=True, kw_only=True):
    """How a sheet bulges between its corners.

    `across`: lines from left to right are bent, else those from top to bottom. `shift` and
    `spread` are Legendre coefficients of A and B over the sheet, -1 to 1, in half heights.
    `distance` is that of the lens in half widths, `foot` the point opposite it. `bow` is the
    largest shift as a share of the long side; `gain` how much sharper the lines became.
    """

    across: bool
    shift: tuple[float, ...]
    spread: tuple[float, ...]
    distance: float
    foot: float
    bow: float
    gain: float

    def flat_size(self, size: Size) -> Size:
        """The size of the flattened page of a sheet that measures `size` between its corners."""
        longer = float(self._way()[1][-1]) / 2
        width, height = size if self.across else size[::-1]
        width = round(width * longer)
        return (width, height) if self.across else (height, width)

    def back(self, points: Floats, size: Size) -> Floats:
        """Points (n x 2, px) of the flattened page, on the sheet of `size` that bulges."""
        flat = self.flat_size(size)
        if not self.across:
            points, size, flat = points[:, ::-1], size[::-1], flat[::-1]
        x, way = self._way()
        along = np.interp((points[:, 0] + 0.5) / flat[0] * way[-1], way, x)
        v = (points[:, 1] + 0.5) / flat[1] * 2 - 1
        down = v + legendre.legval(along, self.shift) + v * legendre.legval(along, self.spread)
        seen = np.stack([(along + 1) / 2 * size[0], (down + 1) / 2 * size[1]], axis=1) - 0.5
        return seen if self.across else seen[:, ::-1]

    def forth(self, points: Floats, size: Size) -> Floats:
        """Points (n x 2, px) of the sheet of `size` that bulges, on the flattened page."""
        flat = self.flat_size(size)
        if not self.across:
            points, size, flat = points[:, ::-1], size[::-1], flat[::-1]
        x, way = self._way()
        along, down = ((points + 0.5) / size * 2 - 1).T
        v = (down - legendre.legval(along, self.shift)) / (1 + legendre.legval(along, self.spread))
        beyond = (along - np.clip(along, -1, 1)) / 2
        far = np.interp(along, x, way / way[-1]) + beyond
        laid = np.stack([far * flat[0], (v + 1) / 2 * flat[1]], axis=1) - 0.5
        return laid if self.across else laid[:, ::-1]

    def _way(self) -> tuple[Floats, Floats]:
        """Places along the sheet, -1 to 1, and how far along the paper they lie."""
        x = np.linspace(-1.0, 1.0, NODES)
        height = legendre.legval(x, self.spread)
        ground = self.foot + (x - self.foot) / (1 + height)
        rise = np.diff(height) * self.distance
        run = np.maximum(np.diff(ground), np.abs(rise) / STEEPEST)
        return x, np.concatenate([[0.0], np.cumsum(np.hypot(np.maximum(run, 1e-6), rise))])


def curl_of(look: Grey, margin: Size, distance_px: float, foot: tuple[float, float]) -> Curl | None:
    """How the page in `look` (HxW uint8, about 850 px) bulges; None where it is flat or unclear.

    The sheet's corners lie `margin` (x, y) inside those of `look`, so that its edges are seen.
    The lens is `distance_px` away, opposite `foot` (px of the sheet).
    """
    wide, high = (side - 2 * edge for side, edge in zip(look.shape[::-1], margin, strict=True))
    if min(wide, high) < SMALLEST_PX:
        return None
    ink = ink_of(look[margin[1] : margin[1] + high, margin[0] : margin[0] + wide])
    lens = (distance_px / wide * 2, foot[0] / wide * 2 - 1)
    found = [_bulge(look, ink, margin, lens, across=True)]
    lens = (distance_px / high * 2, foot[1] / high * 2 - 1)
    found.append(_bulge(_turned(look), _turned(ink), margin[::-1], lens, across=False))
    return max((curl for curl in found if curl), key=lambda curl: curl.gain, default=None)


def _turned(grey: Grey) -> Grey:
    return np.ascontiguousarray(grey.T)


def _bulge(
    look: Grey, ink: Grey, margin: Size, lens: tuple[float, float], *, across: bool
) -> Curl | None:
    """The curl that bends the lines from left to right, where there is one and it is seen."""
    high, wide = ink.shape
    text = text_bends(ink)
    bends = text.and_(edge_bends(look, margin, top=True)).and_(edge_bends(look, margin, top=False))
    *level, turn = _fitted(bends)
    shift, spread = (curve * wide / high for curve in level)
    x = np.linspace(-1, 1, NODES)
    rises = np.abs(legendre.legval(x, spread))
    bow = float((np.abs(legendre.legval(x, shift)) + rises).max()) * high / 2 / max(wide, high)
    if bow < STRAIGHT_ENOUGH or float(rises.max()) > HIGHEST:
        return None
    flat, turns = np.zeros(1), (0.0, turn, _fitted_turn(text))
    plain = max(_sharpness(ink, flat, flat, slope) for slope in turns)
    gain = _sharpness(ink, shift, spread, turn) / max(plain, 1e-9)
    rest = min(_unexplained(text, flat, flat, slope) for slope in turns)
    if gain < GAIN or _unexplained(text, level[0], level[1], turn) > EASED * rest:
        return None
    return Curl(
        across=across,
        shift=tuple(shift.tolist()),
        spread=tuple(spread.tolist()),
        distance=lens[0],
        foot=lens[1],
        bow=bow,
        gain=gain,
    )


def _fitted(bends: Bends) -> tuple[Floats, Floats, float]:
    """A and B (Legendre, in half widths) with nothing at the corners, and the text's own slope.

    The corners are where the homography put them, so B has no slope from end to end; that of A
    is the turn of the text on its sheet, which is not ours to undo.
    """
    degrees = np.arange(DEGREE + 1)
    slopes = legendre.legvander(bends.x, DEGREE)
    design = np.hstack([slopes, slopes[:, 1:] * bends.v[:, None]])
    stiff = STIFFNESS * np.diag(np.concatenate([degrees, degrees[1:]]).astype(float) ** 2)
    stiff[0, 0] = 1e-6
    terms = _robust(design, bends, stiff)
    turn = float(terms[0])
    shift = legendre.legint(np.concatenate([[0.0], terms[1 : DEGREE + 1]]))
    spread = legendre.legint(np.concatenate([[0.0], terms[DEGREE + 1 :]]))
    return _pinned(shift), _pinned(spread), turn


def _pinned(curve: Floats) -> Floats:
    """The curve with nothing at both ends together."""
    ends = float(legendre.legval(-1.0, curve) + legendre.legval(1.0, curve))
    return np.concatenate([[curve[0] - ends / 2], curve[1:]])


def _fitted_turn(bends: Bends) -> float:
    """The slope of all text together."""
    return float(_robust(np.ones((bends.x.size, 1)), bends, np.array([[1e-6]]))[0])


def _robust(design: Floats, bends: Bends, stiff: Floats) -> Floats:
    """Least squares with Tukey's weights: a drawn line or a torn edge may run as it likes."""
    weights: Floats = bends.weight
    terms: Floats = np.zeros(design.shape[1])
    for _ in range(ROUNDS):
        weighted = design * weights[:, None]
        terms = np.asarray(
            np.linalg.solve(design.T @ weighted + stiff, weighted.T @ bends.slope), np.float64
        )
        rest = np.abs(bends.slope - design @ terms)
        counted = rest[bends.weight > 0]
        noise = max(LEAST_SLOPE_NOISE, 1.4826 * float(np.median(counted)) if counted.size else 0.0)
        weights = bends.weight * np.clip(1 - (rest / (4 * noise)) ** 2, 0, 1) ** 2
    return terms


def _unexplained(text: Bends, shift: Floats, spread: Floats, turn: float) -> float:
    """How far the slopes of the text are from those of A, B (half widths) and a turn, in all."""
    slopes = legendre.legval(text.x, legendre.legder(shift))
    slopes = slopes + text.v * legendre.legval(text.x, legendre.legder(spread)) + turn
    off = np.minimum(np.abs(text.slope - slopes), SLOPE_LIMIT)
    return float((text.weight * off).sum())


def _sharpness(ink: Grey, shift: Floats, spread: Floats, turn: float) -> float:
    """Squared differences of the profile along the lines that A, B and the slope describe."""
    high, wide = ink.shape
    strips = cv2.resize(ink, (PROFILE_STRIPS, high), interpolation=cv2.INTER_AREA)
    smooth = cv2.GaussianBlur(strips.astype(np.float32), (1, 9), 1.5)
    x = (np.arange(PROFILE_STRIPS) + 0.5) / PROFILE_STRIPS * 2 - 1
    v = ((np.arange(high) + 0.5) / high * 2 - 1)[:, None]
    moved = v + legendre.legval(x, shift) + v * legendre.legval(x, spread)
    # An eighth of a pixel more or less blurs every row alike.
    rows = (moved + 1) / 2 * high - 0.5 + turn * x * wide / 2 + 0.2113
    columns = np.broadcast_to(np.arange(PROFILE_STRIPS, dtype=np.float32), rows.shape)
    source = np.stack([columns, rows.astype(np.float32)], axis=-1)
    none = np.empty(0)
    level = cv2.remap(smooth, source, none, cv2.INTER_LINEAR)
    return float(np.square(np.diff(level.sum(axis=1))).sum())
