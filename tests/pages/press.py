"""How ink comes on paper otherwise than by print: stencil, ribbon, pencil."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

from tests.pages.desk import noise
from tests.pages.sheet import DPI, Sheet, px


def mimeographed(sheet: Sheet) -> None:
    """油印: a hand-cut wax stencil. Strokes break, ink floods some, dots and smears stray.

    Changes the drawing of `sheet` in place; its lines and their boxes stay.
    """
    rng = sheet.rng
    grey = 255 - np.asarray(sheet.image.convert("L"))
    height, width = grey.shape
    soft = cv2.GaussianBlur(grey, (0, 0), 1.3).astype(np.float32) / 255
    wax = _grown(rng, 2.2, width, height)
    flood = cv2.resize(noise(rng, 50, 50, 512), (width, height)) * 0.11
    flood += np.repeat(cv2.resize(noise(rng, 20, 20, 512)[:1], (height, 1)).T, width, 1) * 0.04
    wax = np.maximum(wax, -2.0)
    ink = np.clip((soft * (1 + 2 * flood) - 0.38 - wax * 0.17) * 5.0, 0, 1)
    stray = np.clip(_grown(rng, 2.0, width, height) - 3.4, 0, 1) * 0.8
    for _ in range(int(rng.integers(2, 6))):
        _smear(stray, rng)
    cover = np.clip(ink * (0.85 + flood) + stray, 0, 1)[..., None]
    colour = np.array((46, 42, 58) if rng.random() < 0.6 else (40, 46, 92), np.float32)
    sheet.image = Image.fromarray((255 - cover * (255 - colour)).astype(np.uint8))


def pencilled(sheet: Sheet) -> None:
    """Faint graphite: only the paper's grain takes it. In place, as `mimeographed`."""
    pixels = 255 - np.asarray(sheet.image).astype(np.float32)
    height, width = pixels.shape[:2]
    grain = np.clip(0.75 + _grown(sheet.rng, 1.2, width, height) * 0.45, 0.1, 1.2)
    sheet.image = Image.fromarray(np.clip(255 - pixels * grain[..., None], 0, 255).astype(np.uint8))


def _grown(rng: np.random.Generator, sigma_px: float, width: int, height: int) -> np.ndarray:
    """Fine noise of unit deviation over the sheet, from one tile."""
    side = 1024
    tile = cv2.GaussianBlur(
        rng.standard_normal((side, side), dtype=np.float32), (0, 0), sigma_px * DPI / 300
    )
    tile /= float(tile.std())
    return np.tile(tile, (-(-height // side), -(-width // side)))[:height, :width]


def _smear(cover: np.ndarray, rng: np.random.Generator) -> None:
    """A blotch where ink came through a scratch of the stencil."""
    height, width = cover.shape
    x, y = int(rng.integers(0, width)), int(rng.integers(0, height))
    reach = px(6)
    spot = np.zeros((2 * reach, 2 * reach), np.float32)
    axes = (int(rng.integers(3, px(1.6))), int(rng.integers(2, px(0.5))))
    cv2.ellipse(spot, (reach, reach), axes, float(rng.uniform(0, 180)), 0, 360, (0.6,), -1)
    spot = cv2.GaussianBlur(spot, (0, 0), 2.5)
    top, left = max(0, y - reach), max(0, x - reach)
    part = cover[top : y + reach, left : x + reach]
    part += spot[: part.shape[0], : part.shape[1]]
