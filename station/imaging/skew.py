"""How far the text of a page is turned.

Projection: the ink of a page, summed along its lines, makes the sharpest profile when the sum
runs along the text (Postl 1986). Both axes are tried, because Chinese is also written in columns.

The profile is never made: by the projection-slice theorem its spectrum at any angle is the sum of
the spectra of narrow upright strips, each shifted by its place times the slope, and a shift is a
phase. So the page is neither turned nor interpolated, whatever the angle, and an angle costs one
polynomial (Horner) over a few hundred strips.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from station.imaging.paper import Grey, halved, ink_of
from station.model import Noun

Angles = NDArray[np.float64]
Spectra = NDArray[np.complex64]

RANGE_DEG = 15.0
INK_PX = 2400
STRIP_PX = 8
COARSE_DEG = np.linspace(-RANGE_DEG - 0.5, RANGE_DEG + 0.5, 63)
STEPS_DEG = np.linspace(-1.0, 1.0, 11)
COARSE_BLUR, FINE_BLUR = 1 / 340, 1 / 600
"""Gaussian sigmas in long sides of the page: a line of text, a stroke. Finer still, strokes of
different characters that line up by chance outweigh the line: on columns of a brush, AED 0.09
degrees with a third of this blur, 0.05 with this."""
LAST_REACH_DEG = 0.14
BESIDE_DEG = np.linspace(0.6, 2.0, 4)
PRINT_BLUR, ALIKE = 1 / 1200, 25
"""Print holds its lines to half a stroke; and neighbouring frequencies that are alike."""
DOUBT, CLEAR_DEG = 2.0, 0.02
"""The noise is taken to be so much stronger, since strokes line up by chance; so clear must the
likelihood be. Writing by hand is not: there the lines as a whole are nearer the truth."""
UNSURE, SURE = 0.6, 0.9
"""How far the best angle's score stands above the median: photographs and textures reach about
0.6, pages of text 0.8 to 1."""
LEAST_INK = 2e-4
"""Share of the page; less cannot be told from dust."""


class Skew(Noun, frozen=True, kw_only=True):
    """The turn of the text: `angle_deg` clockwise-positive within ±16, `sureness` 0 to 1.

    A page without text to measure (blank, a photograph) has a low `sureness`.
    """

    angle_deg: float
    sureness: float


class _Strips(Noun, frozen=True, kw_only=True):
    """Spectra of upright strips STRIP_PX wide, strips x frequencies from zero up.

    `period_px` is the length of the padded strips, `side_px` the long side of the page.
    """

    spectra: Spectra
    period_px: int
    side_px: int


def skew(grey: Grey) -> Skew:
    """The angle by which the lines, or the columns, of a page image (HxW uint8) are turned."""
    ink = ink_of(halved(grey, INK_PX))
    if min(ink.shape) < 16 or float(ink.mean()) / 255 < LEAST_INK:
        return Skew(angle_deg=0.0, sureness=0.0)
    across, down = _strips(ink), _strips(ink.T)
    rows, columns = _swept(across), _swept(down)
    vertical = columns[1] > rows[1]
    angle, stands_out = columns if vertical else rows
    sureness = min(1.0, max(0.0, (stands_out - UNSURE) / (SURE - UNSURE)))
    if vertical:
        return Skew(angle_deg=-_refined(down, angle), sureness=sureness)
    return Skew(angle_deg=_refined(across, angle), sureness=sureness)


def _strips(ink: Grey) -> _Strips:
    height, width = ink.shape
    count = width // STRIP_PX
    whole = np.ascontiguousarray(ink[:, : count * STRIP_PX])
    squeezed = cv2.resize(whole, (count, height), interpolation=cv2.INTER_AREA)
    # Room for the shifts: a spectrum's profile goes round in a circle.
    room = int(width * np.tan(np.radians(RANGE_DEG)))
    period = cv2.getOptimalDFTSize(height + room)
    padded = np.zeros((count, period), np.float32)
    padded[:, :height] = squeezed.T
    pairs = cv2.dft(padded, flags=cv2.DFT_ROWS | cv2.DFT_COMPLEX_OUTPUT)
    spectra = np.asarray(pairs, np.float32).view(np.complex64)[..., 0]
    return _Strips(spectra=spectra, period_px=period, side_px=max(ink.shape))


def _swept(strips: _Strips) -> tuple[float, float]:
    """The angle of the sharpest row profile and how far it stands out, 0 to 1."""
    scores = _scores(strips, COARSE_DEG, blur=COARSE_BLUR, power=2)
    best = int(scores.argmax())
    if not 0 < best < len(scores) - 1:
        return 0.0, 0.0
    return float(COARSE_DEG[best]), 1.0 - float(np.median(scores) / scores[best])


def _refined(strips: _Strips, angle_deg: float) -> float:
    """`angle_deg` made exact."""
    for reach_deg in (0.7, LAST_REACH_DEG):
        steps = angle_deg + STEPS_DEG * reach_deg
        angle_deg = _peak(steps, _scores(strips, steps, blur=FINE_BLUR, power=0.5))
    likelier_deg, error_deg = _likeliest(strips, angle_deg)
    return likelier_deg if error_deg < CLEAR_DEG else angle_deg


def _likeliest(strips: _Strips, angle_deg: float) -> tuple[float, float]:
    """The angle of greatest likelihood close by, and its standard error by the same likelihood.

    Every frequency counts by what it tells: with noise as strong as the profile's power beside the
    angle, its weight is 1 / noise - 1 / power (Hannan and Thomson 1973).
    """
    steps = angle_deg + STEPS_DEG * LAST_REACH_DEG
    beside = angle_deg + np.concatenate([-BESIDE_DEG, BESIDE_DEG])
    powers, _ = _powers(strips, np.concatenate([steps, beside]), PRINT_BLUR)
    near, noise = powers[: len(steps)], _evened(powers[len(steps) :].mean(axis=0))
    weights = np.maximum(0, 1 / (DOUBT * noise) - 1 / _evened(near[len(steps) // 2]))
    chances = near @ weights
    top = int(np.clip(chances.argmax(), 1, len(steps) - 2))
    bend = (chances[top - 1] - 2 * chances[top] + chances[top + 1]) / (steps[1] - steps[0]) ** 2
    error_deg = 1 / math.sqrt(-bend) if bend < 0 else math.inf
    return _peak(steps, chances), error_deg


def _evened(power: Angles) -> Angles:
    """The mean over neighbouring frequencies: a single one says little of noise."""
    even = cv2.blur(power[None], (ALIKE, 1), borderType=cv2.BORDER_REFLECT)[0]
    return np.asarray(np.maximum(even, 1e-9), np.float64)


def _peak(steps: Angles, scores: Angles) -> float:
    """Where the parabola through the highest score and its neighbours stands highest."""
    best = int(scores.argmax())
    if not 0 < best < len(steps) - 1:
        return float(steps[best])
    left, top, right = scores[best - 1 : best + 2]
    bend = left - 2 * top + right
    shift = 0.5 * (left - right) / bend if bend < 0 else 0.0
    return float(steps[best] + shift * (steps[1] - steps[0]))


def _scores(strips: _Strips, angles_deg: Angles, *, blur: float, power: float) -> Angles:
    """Sharpness of the blurred profile along each angle: its power, times frequency to `power`.

    With 2 that is the energy of the profile's slope, as Leptonica scores; 0.5 gives less to the
    finest strokes.
    """
    powers, frequencies = _powers(strips, angles_deg, blur)
    return np.asarray(powers @ frequencies**power, np.float64)


def _powers(strips: _Strips, angles_deg: Angles, blur: float) -> tuple[Angles, Angles]:
    """Power spectra of the blurred profile along each angle, and their frequencies (1/px)."""
    sigma_px = max(1.0, blur * strips.side_px)
    last = min(strips.period_px // 2, int(3 / sigma_px * strips.period_px / (2 * np.pi)) + 1)
    frequencies = 2 * np.pi * np.arange(1, last + 1) / strips.period_px
    shifts_px = STRIP_PX * np.tan(np.radians(angles_deg))
    step = np.exp(1j * np.outer(shifts_px, frequencies)).astype(np.complex64)
    profile = np.zeros_like(step)
    for strip in strips.spectra[::-1, 1 : last + 1]:
        profile *= step
        profile += strip
    energy = np.square(profile.real, dtype=np.float64) + np.square(profile.imag, dtype=np.float64)
    return energy * np.exp(-np.square(frequencies * sigma_px)), frequencies
