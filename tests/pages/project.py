"""Sampling textures into the picture: exact maps on a coarse grid, linear between its nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np

ROWS = 128
Where = tuple[int, int, int, int]
"""Left, top, right, bottom in picture pixels; the last two are outside."""


Step = tuple[int, int]
"""Pixels across and down between two nodes of a field."""


def nodes(where: Where, step: Step) -> np.ndarray:
    """Picture pixels of the grid over `where`, rows x columns x 2, one node beyond each side."""
    left, top, right, bottom = where
    x = left + (np.arange(-(-(right - left) // step[0]) + 2) - 0.5) * step[0] - 0.5
    y = top + (np.arange(-(-(bottom - top) // step[1]) + 2) - 0.5) * step[1] - 0.5
    return np.stack(np.meshgrid(x, y), axis=-1)


def enlarged(field: np.ndarray, step: Step, top: int, size: tuple[int, int]) -> np.ndarray:
    """Rows from `top` of a field given at `nodes`; `size` is (width, rows)."""
    (x, y), flags = step, cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    matrix = np.array([[1 / x, 0, 0.5 / x + 0.5], [0, 1 / y, (top + 0.5) / y + 0.5]])
    return cv2.warpAffine(field, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)


class Seen:
    """A texture (uint8) as it appears in `where`; `to_texture` takes picture to texture pixels."""

    def __init__(
        self, texture: np.ndarray, to_texture: Callable[[np.ndarray], np.ndarray],
        where: Where, *, step: Step, border: int,
    ) -> None:  # fmt: skip
        self.texture, self.where, self.step, self.border = texture, where, step, border
        self.to_texture = to_texture
        self.coarse = to_texture(nodes(where, step)).astype(np.float32)

    def rows(self, top: int, bottom: int) -> np.ndarray | None:
        """The picture rows from `top` to `bottom` within `where`, or None where it has none."""
        left, first, right, last = self.where
        top, bottom = max(top, first), min(bottom, last)
        if top >= bottom or left >= right:
            return None
        size = (right - left, bottom - top)
        maps = enlarged(self.coarse, self.step, top - first, size)
        return cv2.remap(self.texture, maps, None, cv2.INTER_LINEAR, borderMode=self.border)


def bands(height: int) -> Iterator[tuple[int, int]]:
    """Top and bottom of bands that stay in the processor's cache."""
    for top in range(0, height, ROWS):
        yield top, min(top + ROWS, height)
