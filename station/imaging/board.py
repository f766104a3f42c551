"""The lens measured with a printed board: ChArUco corners and Zhang's calibration.

The board is a chessboard whose white squares carry ArUco marks, so that a view may be partial
(Garrido-Jurado et al. 2014). The lens follows from six views and more (Zhang 2000, as in OpenCV's
calibrateCamera).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from firmware_config.errors import InputError
from firmware_config.schema import Lens
from station.imaging.lens import Size
from station.imaging.paper import Grey
from station.model import Noun

SQUARES = (8, 11)
SQUARE_MM = 23.0
MARK_MM = 17.0
DICTIONARY = cv2.aruco.DICT_5X5_100
A4_MM = (210.0, 297.0)
MM_PER_INCH = 25.4

LEAST_VIEWS = 6
LEAST_CORNERS = 12
"""Of the board's 70, in a view that counts."""
LEAST_COVERAGE = 0.5
"""Of the frame, within the hull of all corners seen."""
LARGEST_ERROR = 4e-4
"""Mean distance of corners from where the lens puts them, in long sides: 1.6 px at 12 MP."""
LEAST_LEAN_DEG = 10.0
LEANING_VIEWS = 3
"""Level views leave the focal length open: 4 % off with corners exact to 0.03 px."""


class View(Noun, frozen=True, kw_only=True):
    """Corners of the board: where they are on it (n x 3, mm) and in the picture (n x 2, px)."""

    board_mm: NDArray[np.float32]
    picture_px: NDArray[np.float32]


class Calibration(Noun, frozen=True, kw_only=True):
    """A lens and how well it is known.

    `error_px` is the root mean square distance between corners seen and explained, `coverage` the
    share of the frame within the corners, `lean_deg` how far the third most leaning view leans.
    """

    lens: Lens
    views: int
    error_px: float
    coverage: float
    lean_deg: float


def board_page(dpi: int = 300) -> Grey:
    """The board in the middle of an A4 page (HxW uint8), to be printed at full size."""
    width, height = (round(side / MM_PER_INCH * dpi) for side in A4_MM)
    # Whole pixels for every square: the size of the board does not matter, its shape does.
    across, down = (count * round(SQUARE_MM / MM_PER_INCH * dpi) for count in SQUARES)
    page = np.full((height, width), 255, np.uint8)
    left, top = (width - across) // 2, (height - down) // 2
    page[top : top + down, left : left + across] = _board().generateImage((across, down))
    return page


def view_of(grey: Grey) -> View | None:
    """The board's corners in a picture (HxW uint8), or None where too few are seen."""
    corners, numbers, _, _ = cv2.aruco.CharucoDetector(_board()).detectBoard(grey)
    if numbers is None or len(numbers) < LEAST_CORNERS:
        return None
    known = np.asarray(_board().getChessboardCorners(), np.float32)[numbers.ravel()]
    return View(board_mm=known, picture_px=np.asarray(corners, np.float32).reshape(-1, 2))


def calibrated(views: Sequence[View], size: Size) -> Calibration:
    """The lens that took `views` in pictures of `size` (width, height).

    Raises InputError when they are too few, too alike or do not agree.
    """
    if len(views) < LEAST_VIEWS:
        raise InputError(
            f"{len(views)} views of the board; at least {LEAST_VIEWS} are needed",
            hint=f"只有{len(views)}张照片看得清标定板，至少要{LEAST_VIEWS}张，请补拍。",
        )
    found = _solved(views, size)
    if found.coverage < LEAST_COVERAGE:
        raise InputError(
            f"the board was seen in {found.coverage:.0%} of the frame only",
            hint="标定板没有拍到画面四周，请把板放到四角和边上各拍几张。",
        )
    if found.lean_deg < LEAST_LEAN_DEG:
        raise InputError(
            f"hardly any view leans ({found.lean_deg:.0f} degrees): the focal length stays open",
            hint="标定板拍得太平，请把板斜放（约20至30度）再拍几张。",
        )
    if found.error_px > LARGEST_ERROR * max(size):
        raise InputError(
            f"corners are {found.error_px:.2f} px off: blurred, or the board is not flat",
            hint="照片模糊或标定板不平，请把板贴在硬板上重拍，不要改变焦距。",
        )
    return found


def _board() -> cv2.aruco.CharucoBoard:
    marks = cv2.aruco.getPredefinedDictionary(DICTIONARY)
    return cv2.aruco.CharucoBoard(SQUARES, SQUARE_MM, MARK_MM, marks)


def _solved(views: Sequence[View], size: Size) -> Calibration:
    """Least squares; k3 stays 0, since corners of a sheet hardly tell it from k2."""
    focal = float(max(size))
    guess = np.array([[focal, 0, size[0] / 2], [0, focal, size[1] / 2], [0, 0, 1]])
    flags = cv2.CALIB_USE_INTRINSIC_GUESS | cv2.CALIB_FIX_ASPECT_RATIO | cv2.CALIB_FIX_K3
    error_px, matrix, bends, turns, _ = cv2.calibrateCamera(
        [view.board_mm for view in views],
        [view.picture_px for view in views],
        size,
        guess,
        np.zeros(5),
        flags=flags,
        criteria=(cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 100, 1e-9),
    )
    k1, k2, p1, p2, _ = (float(bend) for bend in bends.ravel()[:5])
    hull = cv2.convexHull(np.concatenate([view.picture_px for view in views]))
    lens = Lens(
        aspect=size[0] / size[1],
        focal_share=float(matrix[0, 0]) / max(size),
        centre_x=(float(matrix[0, 2]) + 0.5) / size[0],
        centre_y=(float(matrix[1, 2]) + 0.5) / size[1],
        k1=k1,
        k2=k2,
        p1=p1,
        p2=p2,
    )
    return Calibration(
        lens=lens,
        views=len(views),
        error_px=float(error_px),
        coverage=cv2.contourArea(hull) / (size[0] * size[1]),
        lean_deg=sorted(map(_lean_deg, turns))[-LEANING_VIEWS],
    )


def _lean_deg(turn: NDArray[Any]) -> float:
    """The angle between the board and the frame; `turn` is OpenCV's rotation vector."""
    return float(np.degrees(np.arccos(np.clip(cv2.Rodrigues(turn)[0][2, 2], -1, 1))))
