"""Colour: sRGB to CIE L*a*b*, CIEDE2000, and a bought chart of 24 patches."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from firmware_config.errors import InputError
from station.model import Noun, Quad

Values = NDArray[np.float64]
Pixels = NDArray[np.uint8]

TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
"""sRGB's primaries, D65 (IEC 61966-2-1)."""
TO_D50 = np.array(
    [
        [1.0478112, 0.0228866, -0.0501270],
        [0.0295424, 0.9904844, -0.0170491],
        [-0.0092345, 0.0150436, 0.7521316],
    ]
)
"""Bradford's adaptation from D65."""
D50 = np.array([0.96422, 1.0, 0.82521])

# The maker's values for charts made since November 2014, CIE L*a*b*, D50, 2 degrees.
CHART: Values = np.array(
    [
        *((37.54, 14.37, 14.92), (64.66, 19.27, 17.50), (49.32, -3.82, -22.54)),
        *((43.46, -12.74, 22.72), (54.94, 9.61, -24.79), (70.48, -32.26, -0.37)),
        *((62.73, 35.83, 56.50), (39.43, 10.75, -45.17), (50.57, 48.64, 16.67)),
        *((30.10, 22.54, -20.87), (71.77, -24.13, 58.19), (71.51, 18.24, 67.37)),
        *((28.37, 15.42, -49.80), (54.38, -39.72, 32.27), (42.43, 51.05, 28.62)),
        *((81.80, 2.67, 80.41), (50.63, 51.28, -14.12), (49.57, -29.71, -28.32)),
        *((95.19, -1.03, 2.93), (81.29, -0.57, 0.44), (66.89, -0.75, -0.06)),
        *((50.76, -0.13, 0.14), (35.63, -0.46, -0.48), (20.64, 0.07, -0.46)),
    ]
)
ROWS, COLUMNS = 4, 6
PATCH_SHARE = 0.4


class ColourError(Noun, frozen=True, kw_only=True):
    """CIEDE2000 over the 24 patches; `patches` in the chart's order, row by row."""

    mean: float
    worst: float
    ninety_percent: float
    patches: tuple[float, ...]


def linear(codes: Values) -> Values:
    """sRGB code values, 0 to 255, to linear light, 0 to 1."""
    value = codes / 255
    return np.asarray(
        np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4), np.float64
    )


def luminance(light: Values) -> Values:
    """Y of linear BGR, ... x 3."""
    return np.asarray(light[..., ::-1] @ TO_XYZ[1], np.float64)


def lab(light: Values) -> Values:
    """L*a*b* (D50) of linear BGR, ... x 3."""
    ratio = light[..., ::-1] @ TO_XYZ.T @ TO_D50.T / D50
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def difference(one: Values, other: Values) -> Values:
    """CIEDE2000 between L*a*b* values, ... x 3 (CIE 142-2001; Sharma, Wu and Dalal 2005)."""
    chroma = (np.hypot(one[..., 1], one[..., 2]) + np.hypot(other[..., 1], other[..., 2])) / 2
    stretch = 1.5 - 0.5 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    (l1, c1, h1), (l2, c2, h2) = (_polar(value, stretch) for value in (one, other))
    turn = h2 - h1 - 360 * ((h2 - h1 > 180).astype(float) - (h2 - h1 < -180))
    turn = np.where(c1 * c2 == 0, 0.0, turn)
    d_h = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    level, c = (l1 + l2) / 2, (c1 + c2) / 2
    far = np.abs(h1 - h2) > 180
    hue = np.where(far, (h1 + h2 + np.where(h1 + h2 < 360, 360, -360)) / 2, (h1 + h2) / 2)
    hue = np.where(c1 * c2 == 0, h1 + h2, hue)
    t = (
        1
        - 0.17 * _cos(hue - 30)
        + 0.24 * _cos(2 * hue)
        + 0.32 * _cos(3 * hue + 6)
        - 0.20 * _cos(4 * hue - 63)
    )
    s_l = 1 + 0.015 * (level - 50) ** 2 / np.sqrt(20 + (level - 50) ** 2)
    lightness, saturation = (l2 - l1) / s_l, (c2 - c1) / (1 + 0.045 * c)
    hues = d_h / (1 + 0.015 * c * t)
    bent = 60 * np.exp(-(((hue - 275) / 25) ** 2))
    rotation = -2 * np.sqrt(c**7 / (c**7 + 25.0**7)) * np.sin(np.radians(bent))
    square = lightness**2 + saturation**2 + hues**2 + rotation * saturation * hues
    return np.asarray(np.sqrt(np.maximum(square, 0)), np.float64)


def colour_error(picture: Pixels, corners: Quad | None = None) -> ColourError:
    """How far a photographed 24-patch ColorChecker is from its maker's values.

    `corners` are the middles of its dark skin, bluish green, black and white patches, in pixels;
    without them the chart is looked for. Raises InputError where it is not found.
    """
    middles = _found(picture) if corners is None else np.array(corners, np.float64)
    grid = np.array([(0, 0), (COLUMNS - 1, 0), (COLUMNS - 1, ROWS - 1), (0, ROWS - 1)], np.float32)
    matrix = np.asarray(cv2.getPerspectiveTransform(grid, middles.astype(np.float32)), np.float64)
    measured = [
        _mean(picture, matrix, (column, row)) for row in range(ROWS) for column in range(COLUMNS)
    ]
    off = difference(lab(linear(np.array(measured))), CHART)
    return ColourError(
        mean=float(off.mean()),
        worst=float(off.max()),
        ninety_percent=float(np.percentile(off, 90)),
        patches=tuple(round(float(value), 2) for value in off),
    )


def _found(picture: Pixels) -> Values:
    """Middles of the corner patches, dark skin first, by OpenCV's detector."""
    missing = InputError(
        "no colour chart of 24 patches in the picture",
        hint="没有找到24色色卡。请拍正、拍全，或用 --chart-corners 给出四角色块中心的坐标。",
    )
    if not hasattr(cv2, "mcc"):
        raise missing
    detector = cv2.mcc.CCheckerDetector.create()
    if not detector.process(picture, cv2.mcc.MCC24, 1):
        raise missing
    # Four corners of every patch, in the chart's order.
    patches = np.asarray(detector.getBestColorChecker().getColorCharts()).reshape(24, 4, 2)
    return np.asarray(patches.mean(axis=1)[[0, 5, 23, 18]], np.float64)


def _mean(picture: Pixels, matrix: Values, middle: tuple[int, int]) -> Values:
    reach = PATCH_SHARE / 2
    ends = np.array([(-reach, -reach), (reach, -reach), (reach, reach), (-reach, reach)]) + middle
    outline = np.rint(cv2.perspectiveTransform(ends[None], matrix)[0]).astype(np.int32)
    inside = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillConvexPoly(inside, outline, (1,))
    if not inside.any():
        raise InputError(
            "the colour chart lies outside the picture",
            hint="色卡不在画面内，请检查 --chart-corners 的坐标。",
        )
    return np.asarray(cv2.mean(picture, inside)[:3], np.float64)


def _polar(value: Values, stretch: Values) -> tuple[Values, Values, Values]:
    a, b = value[..., 1] * stretch, value[..., 2]
    return value[..., 0], np.hypot(a, b), np.degrees(np.arctan2(b, a)) % 360


def _cos(deg: Values) -> Values:
    return np.asarray(np.cos(np.radians(deg)), np.float64)
