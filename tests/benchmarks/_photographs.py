"""The photographs that measurements are taken on: drawn afresh, or the committed ones."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from tests.pages.demo import FOLDER
from tests.pages.fonts import absent
from tests.pages.sets import benchmark, write

COUNT = 60
SEED = 4
LONG_SIDE_PX = 2000


def photographs(out: Path) -> Path:
    """A folder of photographs with their truth; made once in `out`, every situation twice.

    Where the typefaces are absent, the committed demo pages, and a line that says so.
    """
    if absent():
        sys.stderr.write(f"{absent()}: measured on the committed pages only\n")
        return FOLDER
    folder = out / "photographs"
    for index in range(COUNT):
        name, document, scene = benchmark(SEED, index, LONG_SIDE_PX)
        if not (folder / f"{name}.jpg").is_file():
            write(folder, name, document, scene)
    return folder


def laid_flat(image: Any, quad: list[list[float]]) -> Any:
    """The sheet within its true corners, as a rectangle about as large."""
    corners = np.array(quad, dtype=np.float32)
    sides = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    width, height = round(float(sides[[0, 2]].max())), round(float(sides[[1, 3]].max()))
    sheet = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(corners, sheet)
    return cv2.warpPerspective(image, matrix, (width, height), flags=cv2.INTER_CUBIC)
