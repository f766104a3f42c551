"""What the bare paper and the grey steps tell: tone curve, uniformity, white balance, noise."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from firmware_config.errors import InputError
from station.model import Noun
from station.target import colour, layout
from station.target.layout import Mm
from station.target.locate import View

Pixels = NDArray[np.uint8]
"""BGR, HxWx3."""
Values = NDArray[np.float64]

DIM = 40.0
"""Code value of the paper below which nothing on it can be measured."""
CLIPPED = 254
USUAL_GAMMA = 2.2
GAMMAS = np.linspace(1.0, 3.0, 81)
FIT = 0.04
"""Root mean square in reflectance: steps that fit worse were not printed as drawn."""
LEAST_REFLECTANCE = 0.1
"""Darker steps say more about the printer's black than about the camera."""
FIELD_SHARE = 0.75
STEP_SHARE = 0.6
"""So much of a field or step is measured, around its middle."""


class Tone(Noun, frozen=True, kw_only=True):
    """The camera's tone and light.

    `gamma` is the exponent from code value to light over the grey steps, `gamma_known` is false
    where they did not fit and 2.2 is assumed. `uneven_percent` is the spread of L* over the 5 x 7
    fields, of the lightest; `dimmest_percent` the light of the darkest field, of the brightest.
    `white_ab` is the chroma of the paper in a* b*; `noise_l` the standard deviation of L* in one
    pixel, on paper or in black, the larger; `clipped_percent` the share of paper at full scale.
    `lightness` holds L* of the fields, 7 rows of 5.
    """

    gamma: float
    gamma_known: bool
    paper_l: float
    uneven_percent: float
    dimmest_percent: float
    white_ab: float
    noise_l: float
    clipped_percent: float
    lightness: tuple[tuple[float, ...], ...]


def tone(picture: Pixels, view: View, *, stretch: tuple[float, float] = (1.0, 1.0)) -> Tone:
    """Measure the fields and steps. Raises InputError when the paper is too dark to tell."""
    size = layout.FIELD_MM * FIELD_SHARE

    def field(centre: Mm) -> Values:
        return patch(picture, view, centre, (size, size), stretch)

    rows = [[field((x, y)) for x in layout.FIELD_X_MM] for y in layout.FIELD_Y_MM]
    means = np.array([[pixels.mean(axis=0) for pixels in row] for row in rows])
    if float(np.median(means)) < DIM:
        raise InputError(
            f"the paper is at {np.median(means):.0f} of 255",
            hint="靶纸照片太暗，无法测量，请开灯或增加曝光后重拍。",
        )
    light = colour.linear(means)
    lab = colour.lab(light)
    lightness = lab[..., 0]
    luminance = colour.luminance(light)
    gamma, known = _gamma(picture, view, stretch)
    black = max(layout.STEPS, key=lambda step: -step[0])[1]
    inked = patch(picture, view, black, _step_size(), stretch)
    fields = [pixels for row in rows for pixels in row]
    return Tone(
        gamma=gamma,
        gamma_known=known,
        paper_l=float(lightness.mean()),
        uneven_percent=100 * float(1 - lightness.min() / lightness.max()),
        dimmest_percent=100 * float(luminance.min() / luminance.max()),
        white_ab=float(np.hypot(lab[..., 1].mean(), lab[..., 2].mean())),
        noise_l=max(float(np.median([_noise(pixels) for pixels in fields])), _noise(inked)),
        clipped_percent=100 * float(np.mean([(f >= CLIPPED).any(axis=1).mean() for f in fields])),
        lightness=tuple(tuple(round(float(value), 2) for value in row) for row in lightness),
    )


def patch(
    picture: Pixels, view: View, centre: Mm, size: Mm, stretch: tuple[float, float]
) -> Values:
    """The pixels of an upright rectangle of the target, n x 3.

    A slope of light across it is taken out. Raises InputError where it has under 12 pixels.
    """
    corners = np.array(layout.box(*centre, *size)) * stretch
    outline = np.rint(view.pixels(corners)).astype(np.int32)
    left, top, width, height = cv2.boundingRect(outline)
    left, top = max(left, 0), max(top, 0)
    spot = picture[top : top + height, left : left + width]
    inside = np.zeros(spot.shape[:2], np.uint8)
    if spot.size:
        cv2.fillConvexPoly(inside, outline - (left, top), (1,))
    y, x = np.nonzero(inside)
    if len(x) < 12:
        raise InputError(
            "a field of the target has next to no pixels",
            hint="靶纸在照片里太小，请靠近一些或提高分辨率后重拍。",
        )
    pixels = spot[y, x].astype(np.float64)
    slopes = np.stack([x - x.mean(), y - y.mean()], axis=1)
    return np.asarray(pixels - slopes @ np.linalg.lstsq(slopes, pixels, rcond=None)[0], np.float64)


def _noise(pixels: Values) -> float:
    return float(colour.lab(colour.linear(np.clip(pixels, 0, 255)))[:, 0].std())


def _step_size() -> Mm:
    width, height = layout.STEP_SIZE_MM
    return width * STEP_SHARE, height * STEP_SHARE


def _gamma(picture: Pixels, view: View, stretch: tuple[float, float]) -> tuple[float, bool]:
    """The exponent that makes the steps' reflectances of their code values, beside bare paper.

    Veiling light is allowed for: reflectance = (1 + veil) (step / paper)^gamma - veil.
    """
    reflectances, ratios = [], []
    for reflectance, (x, y) in layout.STEPS:
        if reflectance < LEAST_REFLECTANCE:
            continue
        above, here, below = (
            patch(picture, view, (x, y + dy), size, stretch).mean()
            for dy, size in (
                (-layout.PAPER_BY_STEP_MM, (4.0, 3.0)),
                (0.0, _step_size()),
                (layout.PAPER_BY_STEP_MM, (4.0, 3.0)),
            )
        )
        reflectances.append(reflectance)
        ratios.append(2 * here / max(above + below, 1.0))
    wanted, powers = np.array(reflectances), np.array(ratios)[:, None] ** GAMMAS
    rise = powers - 1
    veils = np.clip(((wanted[:, None] - powers) * rise).sum(axis=0) / (rise**2).sum(axis=0), 0, 0.3)
    off = np.sqrt(((powers + veils * rise - wanted[:, None]) ** 2).mean(axis=0))
    best = int(off.argmin())
    if off[best] > FIT or best in (0, len(GAMMAS) - 1):
        return USUAL_GAMMA, False
    return float(GAMMAS[best]), True
