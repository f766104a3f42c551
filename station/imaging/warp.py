"""One resampling by any smooth map, at the price of a plain perspective warp.

The map is worked out on a grid of 16 pixels, and laid out bilinearly for a few rows at a time, so
that it stays within the processor's cache: on a 12 MP frame that costs less than
cv2.warpPerspective, whatever the map contains, and no map of the whole page is ever held. Bilinear
nodes are off by the map's bend times 16²/8: under 0.05 px for a lens that bends a side by 60 px.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Back = Callable[[Points], Points]
"""Points of the result (n x 2, pixel centres are whole), where the source shows them."""
Size = tuple[int, int]

STEP_PX = 16
ROWS = 4
"""Of the grid, laid out at once."""
FARTHEST_PX = 32_000.0
"""OpenCV's remap addresses its source by 16 bits."""


def warped(pixels: NDArray[np.uint8], back: Back, size: Size) -> NDArray[np.uint8]:
    """The picture (HxW or HxWx3 uint8, sides under 32,000) of `size` = (width, height).

    Bilinear; white where `back` leaves the source.
    """
    width, height = size
    grid = _grid(back, size)
    page = np.empty((height, width, *pixels.shape[2:]), np.uint8)
    for row in range(0, grid.shape[0] - 2, ROWS):
        top = row * STEP_PX
        band = page[top : top + ROWS * STEP_PX]
        _fill(band, pixels, grid[row : row + ROWS + 2])
    return page


def _grid(back: Back, size: Size) -> NDArray[np.float32]:
    """Where the middles of squares of 16 px come from, with one square around the page."""
    x, y = ((np.arange(-(-side // STEP_PX) + 2) - 0.5) * STEP_PX - 0.5 for side in size)
    nodes = np.stack(np.meshgrid(x, y), axis=-1)
    source = back(nodes.reshape(-1, 2)).reshape(nodes.shape)
    source = np.nan_to_num(source, nan=-FARTHEST_PX)
    return np.clip(source, -FARTHEST_PX, FARTHEST_PX).astype(np.float32)


def _fill(band: NDArray[np.uint8], pixels: NDArray[np.uint8], grid: NDArray[np.float32]) -> None:
    high, wide = band.shape[:2]
    size = (grid.shape[1] * STEP_PX, grid.shape[0] * STEP_PX)
    fine = cv2.resize(grid, size, interpolation=cv2.INTER_LINEAR)
    fine = fine[STEP_PX : STEP_PX + high, STEP_PX : STEP_PX + wide]
    none: Any = None
    whole, parts = cv2.convertMaps(fine, none, cv2.CV_16SC2)
    white = (255.0, 255.0, 255.0)
    cv2.remap(
        pixels, whole, parts, cv2.INTER_LINEAR, band,
        borderMode=cv2.BORDER_CONSTANT, borderValue=white,
    )  # fmt: skip
