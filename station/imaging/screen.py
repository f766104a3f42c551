"""Whether what looks like a sheet is a display: its pixels beat with the camera's.

Every pixel of a display is a red, a green and a blue stripe. Photographed, they leave a coloured
ripple of one frequency all over it (moire; Oster and Nishijima 1963). Red and blue ink make edges
of every frequency, and stand in some places only.
"""

from __future__ import annotations

import numpy as np

from station.imaging.edges import Bytes, Floats

PATCH_PX = 64
PLACES = np.array([0.18, 0.5, 0.82], np.float32)
"""Of the way along the sides, where patches are looked at."""
COARSEST = 0.035
"""Cycles per pixel; what is wider is a stain or a shade."""
FAINTEST = 6.0
"""Strength of a ripple, in levels of red less blue (0..255)."""
PURE = 17.0
"""Its strongest frequency over the root mean square of all: 18 and more on drawn displays, at
most 15 on paper."""
EVERYWHERE = 0.7
"""Share of the patches that ripple."""


def is_display(pixels: Bytes, quad: Floats) -> bool:
    """Whether a coloured ripple runs all over the quad (4x2) in a frame (HxWx3 BGR uint8)."""
    tint = _tint(pixels, quad)
    moving = tint[tint.std(axis=(1, 2)) > FAINTEST / 4] if len(tint) else tint
    if len(moving) < max(1.0, EVERYWHERE * len(tint)):
        return False
    window = np.outer(np.hanning(PATCH_PX), np.hanning(PATCH_PX)).astype(np.float32)
    down, across = np.fft.fftfreq(PATCH_PX)[:, None], np.fft.rfftfreq(PATCH_PX)
    waves = np.abs(np.fft.rfft2(moving * window))[:, np.hypot(down, across) > COARSEST]
    most = waves.max(axis=1)
    pure = most > PURE * np.sqrt(np.square(waves).mean(axis=1))
    strong = most / (window.sum() / 2) > FAINTEST
    return bool((pure & strong).sum() >= EVERYWHERE * len(tint))


def _tint(pixels: Bytes, quad: Floats) -> Floats:
    """Red less blue of patches all over the quad, about their means: P x PATCH_PX x PATCH_PX."""
    height, width = pixels.shape[:2]
    u, v = (axis.ravel()[:, None] for axis in np.meshgrid(PLACES, PLACES))
    top, bottom = (quad[a] * (1 - u) + quad[b] * u for a, b in ((0, 1), (3, 2)))
    corners = (top * (1 - v) + bottom * v - PATCH_PX / 2).astype(int)
    patches = [
        pixels[y : y + PATCH_PX, x : x + PATCH_PX, ::2].astype(np.float32)
        for x, y in corners
        if 0 <= x <= width - PATCH_PX and 0 <= y <= height - PATCH_PX
    ]
    tint = np.array([patch[..., 1] - patch[..., 0] for patch in patches], np.float32)
    tint = tint.reshape(-1, PATCH_PX, PATCH_PX)
    return np.asarray(tint - tint.mean(axis=(1, 2), keepdims=True))
