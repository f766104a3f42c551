"""The target as pixels: every polygon with the share of each pixel that it covers."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from station.target.layout import HEIGHT_MM, WIDTH_MM, WORDS, Points, Shape

MM_PER_INCH = 25.4
Grey = NDArray[np.uint8]


def drawn(shapes: list[Shape], *, dpi: float, words: Grey | None = None) -> Grey:
    """The sheet at `dpi`, sRGB-coded grey, uint8 HxW.

    `words` is a grey picture that is laid into the box for it; without it the box stays empty.
    Coverage is exact for upright polygons and to 0.2 % of a pixel for the slanted ones.
    """
    scale = dpi / MM_PER_INCH
    sheet = np.ones((round(HEIGHT_MM * scale), round(WIDTH_MM * scale)), np.float32)
    for shape in shapes:
        _cover(sheet, np.array(shape.corners) * scale, shape.reflectance)
    picture = np.rint(encoded(sheet) * 255).astype(np.uint8)
    if words is not None:
        _lay(picture, words, scale)
    return picture


def encoded(reflectance: NDArray[np.float32]) -> NDArray[np.float32]:
    """Linear light, 0 to 1, to sRGB code values, 0 to 1 (IEC 61966-2-1)."""
    light = np.clip(reflectance, 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055).astype(
        np.float32
    )


def _cover(sheet: NDArray[np.float32], corners: Points, reflectance: float) -> None:
    """Blend a clockwise polygon in; pixel (0, 0) spans from 0 to 1."""
    left, top = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int)
    spot = sheet[top:bottom, left:right]
    y, x = np.mgrid[top : top + spot.shape[0], left : left + spot.shape[1]] + 0.5
    share = np.ones(spot.shape)
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        along = (end - start) / np.hypot(*(end - start))
        inside = along[0] * (y - start[1]) - along[1] * (x - start[0])
        share *= np.clip(inside + 0.5, 0, 1)
    spot += (share * (reflectance - spot)).astype(np.float32)


def _lay(picture: Grey, words: Grey, scale: float) -> None:
    left, top, right, bottom = (round(mm * scale) for mm in WORDS)
    size = (right - left, bottom - top)
    picture[top:bottom, left:right] = cv2.resize(words, size, interpolation=cv2.INTER_AREA)
