"""A display where the page should be: backlight and coloured stripes that beat with the sensor."""

from __future__ import annotations

import cv2
import numpy as np

from tests.pages.sheet import DPI

PITCH_MM = 0.245
"""A 23 inch monitor's pixel."""


def lit(drawn: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The drawing (BGR uint8) as a display shows it, BGRA uint8 with its black bezel."""
    height, width = drawn.shape[:2]
    pitch = PITCH_MM * DPI / 25.4
    across = np.arange(width)[:, None] / pitch - np.array([2, 1, 0]) / 3
    stripes = 0.62 + 0.38 * np.cos(2 * np.pi * across)
    rows = 0.86 + 0.14 * np.cos(2 * np.pi * np.arange(height) / pitch)
    mask = (stripes[None] * rows[:, None, None]).astype(np.float32)
    glow = np.array((1.0, 0.93, 0.86), np.float32) * float(rng.uniform(1.1, 1.35))
    shown = cv2.convertScaleAbs(drawn.astype(np.float32) * mask * glow)
    bezel = round(9 * DPI / 25.4)
    for part in (np.s_[:bezel], np.s_[-bezel:], np.s_[:, :bezel], np.s_[:, -bezel:]):
        shown[part] = (24, 22, 22)
    return np.dstack((shown, np.full((height, width), 255, np.uint8)))
