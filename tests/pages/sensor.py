"""From light to file: blur of focus and motion, noise, the camera's own sharpening, JPEG."""

from __future__ import annotations

import math

import cv2
import numpy as np

from tests.pages.scene import Sensor


def exposed(
    picture: np.ndarray, sensor: Sensor, px_per_mm: float, rng: np.random.Generator
) -> np.ndarray:
    """Give the picture the sensor makes of `picture` (BGR float32): BGR uint8."""
    picture = _motion(picture, sensor.motion_mm * px_per_mm, sensor.motion_deg)
    picture = _defocused(picture, sensor.focus_mm * px_per_mm)
    if sensor.noise:
        picture = _noisy(picture, sensor.noise, rng)
    soft = cv2.GaussianBlur(picture, (0, 0), 1.2)
    picture = cv2.addWeighted(picture, 1.45, soft, -0.45, 0.0)
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def encoded(pixels: np.ndarray, jpeg_quality: int) -> bytes:
    """JPEG of `pixels`, 4:2:0 as cameras write it."""
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, jpeg_quality])
    return data.tobytes()


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


def _noisy(picture: np.ndarray, sigma: float, rng: np.random.Generator) -> np.ndarray:
    """Add shot noise that grows with the light, and the blotches a denoiser leaves."""
    height, width = picture.shape[:2]
    grain = rng.standard_normal((height, width), dtype=np.float32)
    grain = cv2.GaussianBlur(grain, (0, 0), 0.6) * 1.9
    level = cv2.cvtColor(np.clip(picture, 0, 255), cv2.COLOR_BGR2GRAY)
    grain *= sigma * np.sqrt(0.15 + level / 150)
    half = rng.standard_normal((height // 2 + 1, width // 2 + 1, 3), dtype=np.float32)
    blotch = cv2.resize(cv2.GaussianBlur(half, (0, 0), 1.0), (width, height)) * sigma * 1.2
    return picture + grain[..., None] + blotch
