"""What a frame shows at working size: its colours without writing, and its edges.

Writing is thin and dark, the edge of a sheet is not: a grey closing takes the writing away and
leaves the edge where it was. An edge counts for how far it stands out of its neighbourhood
(surround inhibition, Grigorescu et al. 2003), so that wood grain and cloth count for little.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from station.imaging.levels import level_at

Floats = npt.NDArray[np.floating[Any]]
Bytes = npt.NDArray[np.uint8]

WORKING_SIDE_PX = 640
STROKE_PX = 7
"""Strokes thinner than this at working size are writing."""
SURROUND_PX = 41
INK = 0.12
"""Writing is darker than its ground by at least this share of it."""
LIT, MOST_GAIN, BLACK = 150.0, 4.0, 20.0
"""Level (0..255) that a dark frame's lightest parts are brought to, by what at most; and below
which nothing is seen in them."""


class Scene(NamedTuple):
    """A frame at working size.

    `colours` HxWx3 Lab (0..255 each) without writing, `ink` HxW, by what share of its ground
    each pixel is darker (0..1), `gradient` HxWx2 (x, y) of length 0..1, `ridges` HxW bool, the
    crests of the gradient. One working pixel is `factor` frame pixels.
    """

    colours: Floats
    ink: Floats
    gradient: Floats
    ridges: npt.NDArray[np.bool_]
    factor: int


def shrunk(
    pixels: Bytes,
    side_px: int = WORKING_SIDE_PX,
    *,
    half: Bytes | None = None,
    gain: float = 1.0,
) -> tuple[Bytes, int]:
    """The frame made smaller by a whole factor, so that its longer side is about `side_px`.

    Whole factors because OpenCV's area averaging is ten times faster for them. Up to factor - 1
    pixels at the right and at the bottom are left out. `half` is the frame at half its size
    (`half_of`): an even factor is made of it. With a `gain` it is first made brighter.
    """
    factor = max(1, round(max(pixels.shape[:2]) / side_px))
    height, width = (side // factor for side in pixels.shape[:2])
    if not (height and width):
        return np.zeros((height, width, 3), np.uint8), factor
    begun, times = (pixels, factor) if half is None or factor % 2 else (half, factor // 2)
    whole = begun[: height * times, : width * times]
    if gain != 1.0:
        whole = _bytes(cv2.convertScaleAbs(whole, alpha=gain))
    return _bytes(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)), factor


def at_working_size(pixels: Bytes, half: Bytes | None = None) -> tuple[Bytes, int]:
    """The frame made smaller (`shrunk`), and brighter where the exposure was short.

    It is multiplied before it is averaged: its noise keeps the shades between the levels of a dark
    frame apart, where the small one has lost them.
    """
    small, factor = shrunk(pixels, half=half)
    gain = _gain(small)
    return (small, factor) if gain == 1.0 else shrunk(pixels, half=half, gain=gain)


def _gain(small: Bytes) -> float:
    """By what a frame is to be multiplied: 1 unless its exposure was short."""
    lightest = level_at(small[::4, ::4].max(axis=2), 95) if small.size else LIT
    if not BLACK <= lightest < LIT:
        return 1.0
    return min(MOST_GAIN, LIT / lightest)


def scene(small: Bytes, factor: int) -> Scene:
    """Colours, ink, gradient and ridges of a frame at working size (HxWx3 BGR)."""
    light, *chroma = cv2.split(cv2.cvtColor(small, cv2.COLOR_BGR2LAB))
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (STROKE_PX, STROKE_PX))
    ground = cv2.morphologyEx(light, cv2.MORPH_CLOSE, brush)
    ink = (ground - light) / (ground.astype(np.float32) + 1.0)
    planes = [_smooth(ground), *(_of_ground(plane, ink) for plane in chroma)]
    gradient = _outstanding(*_strongest_gradient(planes))
    return Scene(_floats(cv2.merge(planes)), ink, gradient, _ridges(gradient), factor)


def _of_ground(chroma: Any, ink: Floats) -> Floats:
    """A plane of colour smoothed over what is not ink: ink has a colour of its own."""
    bare = (ink < INK).astype(np.float32) + 1e-3
    return _smooth(cv2.blur(chroma * bare, (5, 5)) / cv2.blur(bare, (5, 5)))


def _smooth(plane: Any) -> Floats:
    return _floats(cv2.GaussianBlur(plane.astype(np.float32), (0, 0), 1.0))


def _strongest_gradient(planes: Sequence[Floats]) -> tuple[Floats, Floats, Floats]:
    """At each pixel the gradient of the plane that changes most: x, y and length, HxW each."""
    across, down, most = (np.zeros(planes[0].shape, np.float32) for _ in range(3))
    for plane in planes:
        x, y = (cv2.Scharr(plane, cv2.CV_32F, dx, 1 - dx, scale=1 / 32) for dx in (1, 0))
        length = cv2.magnitude(x, y)
        stronger = cv2.compare(length, most, cv2.CMP_GT)
        cv2.copyTo(x, stronger, across)
        cv2.copyTo(y, stronger, down)
        cv2.max(length, most, most)
    return across, down, most


def _outstanding(across: Floats, down: Floats, length: Floats) -> Floats:
    """The gradient (HxWx2) with its length set to 0..1: its share of itself, surround and noise."""
    surround = cv2.blur(length, (SURROUND_PX, SURROUND_PX))
    noise = 1.0 + 2.0 * float(np.median(length[::4, ::4]))
    whole = _floats(length + 1.5 * surround + noise)
    return _floats(cv2.merge([cv2.divide(across, whole), cv2.divide(down, whole)]))


def _ridges(gradient: Floats) -> npt.NDArray[np.bool_]:
    steps = cv2.split((gradient * 1000).astype(np.int16))
    return np.asarray(cv2.Canny(steps[0], steps[1], 200, 350, L2gradient=True) > 0)


def colours_at(picture: Floats | Bytes, places: Floats, *, exact: bool = False) -> Floats:
    """What `picture` (HxWxC) shows at `places` (...x2, x and y): ...xC.

    Between four pixels, or the nearest one when `exact`; outside the picture, its border.
    """
    how = cv2.INTER_NEAREST if exact else cv2.INTER_LINEAR
    x, y = (places[..., axis].astype(np.float32) for axis in (0, 1))
    return _floats(cv2.remap(picture, x, y, how, borderMode=cv2.BORDER_REPLICATE))


def _floats(pixels: Any) -> Floats:
    return np.asarray(pixels, dtype=np.float32)


def _bytes(pixels: Any) -> Bytes:
    return np.asarray(pixels, dtype=np.uint8)
