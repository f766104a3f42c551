"""From light to file: blur of focus and motion, noise, the camera's own sharpening, JPEG."""

from __future__ import annotations

import math
import struct

import cv2
import numpy as np

from tests.pages.project import ROWS, bands
from tests.pages.scene import Exif, Sensor

STORED = {3: cv2.ROTATE_180, 6: cv2.ROTATE_90_COUNTERCLOCKWISE, 8: cv2.ROTATE_90_CLOCKWISE}
TILE_ROWS = 4 * ROWS
SLACK_PX = 256
SHARPEN_SIGMA_PX, SHARPEN_SHARE = 1.2, 0.45


def exposed(
    picture: np.ndarray, sensor: Sensor, px_per_mm: float, rng: np.random.Generator
) -> np.ndarray:
    """Give the picture the sensor makes of `picture` (BGR uint8): BGR uint8."""
    picture = _motion(picture, sensor.motion_mm * px_per_mm, sensor.motion_deg)
    picture = _defocused(picture, sensor.focus_mm * px_per_mm)
    if sensor.noise:
        _add_noise(picture, sensor.noise, rng)
    soft = cv2.GaussianBlur(picture, (0, 0), SHARPEN_SIGMA_PX)
    return cv2.addWeighted(picture, 1 + SHARPEN_SHARE, soft, -SHARPEN_SHARE, 0.0)


def encoded(pixels: np.ndarray, jpeg_quality: int, exif: Exif = 1) -> bytes:
    """JPEG of `pixels`, 4:2:0 as cameras write it; turned as a reader of tag `exif` undoes it."""
    stored = cv2.rotate(pixels, STORED[exif]) if exif in STORED else pixels
    _, data = cv2.imencode(".jpg", stored, [cv2.IMWRITE_JPEG_QUALITY, jpeg_quality])
    jpeg = data.tobytes()
    return jpeg if exif == 1 else jpeg[:2] + _tag(exif) + jpeg[2:]


def _tag(exif: Exif) -> bytes:
    """An APP1 segment with nothing but tag 0x0112 (Exif 2.3, 4.6.4: orientation)."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, exif, 0)
    tiff = b"MM" + struct.pack(">HIH", 42, 8, 1) + entry + bytes(4)
    payload = b"Exif" + bytes(2) + tiff
    return b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload


def _motion(picture: np.ndarray, length_px: float, turn_deg: float) -> np.ndarray:
    if length_px < 1:
        return picture
    side = 2 * math.ceil(length_px / 2) + 3
    kernel = np.zeros((side, side), np.float32)
    reach, middle = length_px / 2, (side - 1) / 2
    dx, dy = math.cos(math.radians(turn_deg)) * reach, math.sin(math.radians(turn_deg)) * reach
    ends = ((middle - dx, middle - dy), (middle + dx, middle + dy))
    first, last = ((round(x * 16), round(y * 16)) for x, y in ends)
    cv2.line(kernel, first, last, (1.0,), 1, cv2.LINE_8, 4)
    return cv2.filter2D(picture, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REFLECT)


def _defocused(picture: np.ndarray, radius_px: float) -> np.ndarray:
    """Blur by a disc as an aperture does; small discs by the Gaussian of equal variance."""
    if radius_px < 3:
        return cv2.GaussianBlur(picture, (0, 0), radius_px / 2) if radius_px > 0.3 else picture
    reach = math.ceil(radius_px)
    ys, xs = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.clip(radius_px + 0.5 - np.hypot(xs, ys), 0, 1).astype(np.float32)
    return cv2.filter2D(picture, -1, disc / disc.sum(), borderType=cv2.BORDER_REFLECT)


def _add_noise(picture: np.ndarray, sigma: float, rng: np.random.Generator) -> None:
    """Add shot noise that grows with the light, and the blotches a denoiser leaves, in place.

    One tile of noise serves every band from another place, so no pattern repeats in step.
    """
    width = picture.shape[1]
    grain, blotch = _tiles(width + SLACK_PX, sigma, rng)
    deviation = (sigma * np.sqrt(0.15 + np.arange(256) / 150)).astype(np.float32)
    for top, bottom in bands(picture.shape[0]):
        band = picture[top:bottom]
        y = int(rng.integers(0, TILE_ROWS - ROWS))
        x = int(rng.integers(0, SLACK_PX))
        here = slice(y, y + bottom - top), slice(x, x + width)
        level = cv2.LUT(cv2.cvtColor(band, cv2.COLOR_BGR2GRAY), deviation)
        noise = cv2.cvtColor(cv2.multiply(grain[here], level), cv2.COLOR_GRAY2BGR)
        cv2.add(noise, blotch[here], dst=noise)
        picture[top:bottom] = cv2.add(band, noise, dtype=cv2.CV_8U)


def _tiles(width: int, sigma: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Grain of unit deviation (before its light blur) and coloured blotches, float32."""
    grain = rng.standard_normal((TILE_ROWS, width), dtype=np.float32)
    grain = cv2.GaussianBlur(grain, (0, 0), 0.6) * 1.9
    half = rng.standard_normal((TILE_ROWS // 2, width // 2 + 1, 3), dtype=np.float32)
    half = cv2.GaussianBlur(half, (0, 0), 1.0) * (sigma * 1.2)
    return grain, cv2.resize(half, (width, TILE_ROWS))
