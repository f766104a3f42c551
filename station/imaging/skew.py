"""How far the text of a page is turned.

Projection of sheared strips: the ink of a page, summed along its lines, makes the sharpest profile
when the sum runs along the text (Postl 1986; scored by the squared differences of the profile, as
Leptonica does). Both axes are tried, because Chinese is also written in columns.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from station.imaging.paper import Grey, halved, ink_of
from station.model import Noun

Floats = NDArray[np.float32]

RANGE_DEG = 15.0
FINE_PX = 2400
COARSE_PX = 600
COARSE_STRIPS = 40
FINE_STRIPS = 32
COARSE_DEG = np.linspace(-RANGE_DEG, RANGE_DEG, 61)
STEPS_DEG = np.linspace(-1.0, 1.0, 11)
PHASE_PX = 0.2113
"""Interpolation blurs a row by its part of a pixel; here as much as it does on average over all
parts, or no shear at all would look sharper than any."""
UNSURE, SURE = 0.6, 0.9
"""How far the best angle's score stands above the median: photographs and textures reach about
0.6, pages of text 0.8 to 1."""
LEAST_INK = 2e-4
"""Share of the page; less cannot be told from dust."""


class Skew(Noun, frozen=True, kw_only=True):
    """The turn of the text: `angle_deg` clockwise-positive within ±15, `sureness` 0 to 1.

    A page without text to measure (blank, a photograph) has a low `sureness`.
    """

    angle_deg: float
    sureness: float


def skew(grey: Grey) -> Skew:
    """The angle by which the lines, or the columns, of a page image (HxW uint8) are turned."""
    ink = ink_of(halved(grey, FINE_PX))
    if min(ink.shape) < 16 or float(ink.mean()) / 255 < LEAST_INK:
        return Skew(angle_deg=0.0, sureness=0.0)
    coarse = halved(ink, COARSE_PX)
    rows, columns = _swept(coarse), _swept(coarse.T)
    vertical = columns[1] > rows[1]
    angle, stands_out = columns if vertical else rows
    sureness = min(1.0, max(0.0, (stands_out - UNSURE) / (SURE - UNSURE)))
    if vertical:
        return Skew(angle_deg=-_refined(ink.T, angle), sureness=sureness)
    return Skew(angle_deg=_refined(ink, angle), sureness=sureness)


def _swept(ink: Grey) -> tuple[float, float]:
    """The angle of the sharpest row profile and how far it stands out, 0 to 1."""
    strips = _strips(ink, COARSE_STRIPS)
    scores = np.array([_score(strips, ink.shape[1], angle) for angle in COARSE_DEG])
    best = int(scores.argmax())
    if not 0 < best < len(scores) - 1:
        return 0.0, 0.0
    return float(COARSE_DEG[best]), 1.0 - float(np.median(scores) / scores[best])


def _refined(ink: Grey, angle_deg: float) -> float:
    """`angle_deg` made exact: the ink is turned back by it, and the rest measured finely."""
    height, width = ink.shape
    turn = cv2.getRotationMatrix2D((width / 2 - 0.5, height / 2 - 0.5), angle_deg, 1.0)
    strips = _strips(np.asarray(cv2.warpAffine(ink, turn, (width, height)), np.uint8), FINE_STRIPS)
    rest = 0.0
    for reach_deg in (0.7, 0.14):
        steps = rest + STEPS_DEG * reach_deg
        scores = np.array([_score(strips, width, step) for step in steps])
        rest = _peak(steps, scores)
    return angle_deg + rest


def _peak(steps: NDArray[np.float64], scores: NDArray[np.float64]) -> float:
    """Where the parabola through the highest score and its neighbours stands highest."""
    best = int(scores.argmax())
    if not 0 < best < len(steps) - 1:
        return float(steps[best])
    left, top, right = scores[best - 1 : best + 2]
    bend = left - 2 * top + right
    shift = 0.5 * (left - right) / bend if bend < 0 else 0.0
    return float(steps[best] + shift * (steps[1] - steps[0]))


def _strips(ink: Grey, count: int) -> Floats:
    """The ink of `count` upright strips summed across, count x height, smoothed along them."""
    count = min(count, ink.shape[1])
    squeezed = cv2.resize(ink, (count, ink.shape[0]), interpolation=cv2.INTER_AREA)
    # Smoothing makes a shift by a fraction of a row as sharp as one by whole rows.
    smooth = cv2.GaussianBlur(squeezed.astype(np.float32), (1, 9), 1.5)
    return np.ascontiguousarray(smooth.T)


def _score(strips: Floats, width: int, angle_deg: float) -> float:
    """Squared differences of the profile along lines turned clockwise by `angle_deg`."""
    count, height = strips.shape
    slope = width / count * np.tan(np.radians(angle_deg))
    shear = np.array([[1.0, slope, slope * (1 - count) / 2 + PHASE_PX], [0.0, 1.0, 0.0]])
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    profile = cv2.warpAffine(strips, shear, (height, count), flags=how).sum(axis=0)
    return float(np.square(np.diff(profile)).sum())
