"""What stands still around the sheets of a cradle, and how far it seems to have moved.

Small grey pictures are laid over one another by their gradients (Lucas and Kanade 1981, for a
shift, a turn and a scale), with a gain and an offset for the light.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from station.imaging.edges import shrunk
from station.imaging.paper import Grey
from station.imaging.picture import Pixels
from station.model import Quad

Floats = NDArray[np.floating[Any]]
Integers = NDArray[np.integer[Any]]

RIM_PX = 320
UNSTEADY = 8
"""Grey levels by which a place that stands still may differ between frames."""
AROUND = 0.03
"""Of the long side: so close to a sheet its shadow and its edge are no rim."""
ROW = 256
LEAST_SHARE = 0.05
"""Of the frame: a smaller rim tells nothing."""
FAINTEST = 0.5
"""Grey levels of texture; in less, noise is all there is."""
ALIKE = 0.75
"""Least correlation of what lies on one another in the end."""
FINEST_PX = 0.1
"""What blurs and borders may feign."""
MOST_GROWN = 0.1
"""A camera is not pushed by more than a tenth of its distance and still sees the same rim."""
ROUNDS = 30
ARRIVED_PX = 0.003
BLURS = (4.0, 2.0, 1.4)
"""Of the small pictures, px: how far a motion may be, and then how finely it is seen."""
FAR_PX = 24
"""A shift beyond this is not found: then the rim tells nothing."""
ONE_WAY = 4.0
"""A shift known so many times worse in one direction than in the other is not known there."""
BROAD = 3.0
"""In blurs: what is broader than this is light."""
CORRELATED = 6.0
"""Neighbouring residues are alike, so the usual error of the fit is too good by about this."""


class Motion(NamedTuple):
    """How a point of the learned rim lies now: turned, scaled about the middle, then shifted.

    Shifts in pixels of the small picture. `least` and `most` bound the shift that this tells of:
    planks of wood show one across them and none along them.
    """

    x: float
    y: float
    turn_deg: float
    scale: float
    least: float
    most: float


def small(pixels: Pixels) -> tuple[Grey, int]:
    """The frame in grey at about 320 px, and how many of its pixels make one."""
    picture, factor = shrunk(pixels, RIM_PX)
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8), factor


def learned_rim(pictures: Sequence[Grey], sheets: Sequence[Quad], factor: int) -> tuple[Grey, Grey]:
    """The median of small pictures, and where it is rim: steady, and never under a sheet.

    HxW and HxW (0 or 255); `sheets` in pixels of the frame.
    """
    pile = np.stack(pictures)
    median = np.median(pile, axis=0).astype(np.uint8)
    apart = np.median(np.abs(pile.astype(np.int16) - median), axis=0)
    rim = np.where(apart < UNSTEADY, 255, 0).astype(np.uint8)
    for sheet in sheets:
        rim &= _outside(sheet, factor, median.shape)
    return median, rim


def motion(learned: Grey, rim: Grey, now: Grey, sheet: Quad | None, factor: int) -> Motion | None:
    """How the rim has moved since it was learned; None where it does not tell.

    `sheet` is where one lies now, px of the frame.
    """
    if now.shape != learned.shape:
        return None
    seen = rim if sheet is None else rim & _outside(sheet, factor, rim.shape)
    known = _from(learned, now, seen, (0.0, 0.0), BLURS)
    if known is None or known.alike < ALIKE:
        known = _from(learned, now, seen, _far(learned, now, seen), BLURS[1:])
    if known is None or known.alike < ALIKE:
        return None
    x, y, turn, scale = (float(value) for value in known.found)
    return Motion(x, y, math.degrees(turn), scale, *_bounds(known.found[:2], known.errors))


def _far(learned: Grey, now: Grey, seen: Grey) -> tuple[float, float]:
    """The shift of at most FAR_PX, in whole pixels, at which the pictures are most alike."""
    one, other = (_texture(picture, seen, BLURS[-1]) for picture in (learned, now))
    around = np.pad(other, FAR_PX)
    mask = (seen > 0).astype(np.float32)
    alike = cv2.matchTemplate(around, one, cv2.TM_CCORR_NORMED, mask=mask)
    y, x = np.unravel_index(int(np.argmax(np.nan_to_num(alike))), alike.shape)
    return float(x - FAR_PX), float(y - FAR_PX)


class _Fit(NamedTuple):
    """x, y, turn in radians, scale; the covariance of x and y; the correlation left, 0..1."""

    found: Floats
    errors: Floats
    alike: float


def _from(
    learned: Grey, now: Grey, seen: Grey, start: Sequence[float], blurs: Sequence[float]
) -> _Fit | None:
    """The motion followed from a shift `start` through finer and finer pictures."""
    fit = None
    found = np.array([*start, 0.0, 1.0])
    back = np.array([[1.0, 0.0, -start[0]], [0.0, 1.0, -start[1]]])
    moved = np.asarray(
        cv2.warpAffine(seen, back, seen.shape[::-1], flags=cv2.INTER_NEAREST), np.uint8
    )
    both = seen & moved
    for sigma in blurs:
        textures = [_texture(picture, seen, sigma) for picture in (learned, now)]
        fit = _followed(textures[0], textures[1], both > 0, found)
        if fit is None:
            return None
        found = fit.found
    return fit


def _outside(sheet: Quad, factor: int, shape: tuple[int, ...]) -> Grey:
    mask = np.full(shape, 255, np.uint8)
    corners = np.rint(np.array(sheet) / factor).clip(-9999, 9999).astype(np.int32)
    cv2.fillPoly(mask, [corners], (0,))
    reach = 2 * round(AROUND * max(shape)) + 1
    return np.asarray(cv2.erode(mask, np.ones((reach, reach), np.uint8)), np.uint8)


def _texture(grey: Grey, seen: Grey, sigma: float) -> Floats:
    """What of a picture is neither noise nor light, which stays where it is when all else moves.

    The blurs are of what is seen alone: a sheet must not shine into its rim.
    """
    weight = seen.astype(np.float32) / 255
    blurred = [
        cv2.GaussianBlur(grey * weight, (0, 0), reach)
        / (cv2.GaussianBlur(weight, (0, 0), reach) + 1e-3)
        for reach in (sigma, BROAD * sigma)
    ]
    return np.asarray(blurred[0] - blurred[1])


def _followed(learned: Floats, now: Floats, seen: NDArray[np.bool_], start: Floats) -> _Fit | None:
    """Gauss-Newton from `start`; None where nothing is to be seen."""
    y, x = np.nonzero(seen)
    if len(x) < LEAST_SHARE * seen.size or learned[y, x].std() < FAINTEST:
        return None
    middle = np.array([(side - 1) / 2 for side in seen.shape[::-1]])
    across, down = x - middle[0], y - middle[1]
    changes = _changes(learned, x, y, across, down)
    normal = changes.T @ changes
    if np.linalg.matrix_rank(normal) < len(normal):
        return None
    inverse, found = np.linalg.inv(normal), start.copy()
    for _ in range(ROUNDS):
        moved = _sampled(now, _placed(across, down, found) + middle)
        solved = inverse @ (changes.T @ moved)
        if solved[4] <= 0:
            return None
        dx, dy, turn, grown = solved[:4] / solved[4]
        found = found - [dx, dy, turn, grown * found[3]]
        if math.hypot(dx, dy) < ARRIVED_PX:
            break
    rest = moved - changes @ solved
    errors = inverse[:2, :2] * (float(rest.var()) / solved[4] ** 2 * CORRELATED**2)
    if moved.std() < FAINTEST or abs(found[3] - 1) > MOST_GROWN:
        return None
    explained = 1 - float(rest.var()) / max(float(moved.var()), 1e-9)
    return _Fit(found, errors, math.sqrt(max(explained, 0.0)))


def _bounds(shift: Floats, errors: Floats) -> tuple[float, float]:
    """Two standard errors around a shift; along a direction that hardly shows, anything."""
    spreads, ways = np.linalg.eigh(errors)
    off = FINEST_PX + 2 * math.sqrt(max(float(spreads[1]), 0.0))
    if spreads[1] <= ONE_WAY**2 * spreads[0]:
        length = float(np.hypot(*shift))
        return length - off, length + off
    off = FINEST_PX + 2 * math.sqrt(max(float(spreads[0]), 0.0))
    return abs(float(shift @ ways[:, 0])) - off, math.inf


def _changes(learned: Floats, x: Integers, y: Integers, across: Floats, down: Floats) -> Floats:
    """By what each place changes for a small shift right and down, turn and growth, and light."""
    slopes = [cv2.Sobel(learned, cv2.CV_32F, dx, 1 - dx, scale=1 / 8)[y, x] for dx in (1, 0)]
    turn, growth = slopes[1] * across - slopes[0] * down, slopes[0] * across + slopes[1] * down
    columns = [*slopes, turn, growth, learned[y, x], np.ones(len(x))]
    return np.stack(columns, axis=1).astype(np.float64)


def _placed(across: Floats, down: Floats, found: Floats) -> Floats:
    x, y, turn, scale = found
    cos, sin = scale * np.cos(turn), scale * np.sin(turn)
    return np.stack([cos * across - sin * down + x, sin * across + cos * down + y], axis=1)


def _sampled(picture: Floats, places: Floats) -> Floats:
    """What the picture shows at `places` (Nx2), N."""
    # OpenCV writes no more than 32,767 rows.
    rows = -(-len(places) // ROW)
    x, y = np.resize(places.astype(np.float32), (rows * ROW, 2)).T.reshape(2, rows, ROW).copy()
    seen = cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen.ravel()[: len(places)], np.float64)
