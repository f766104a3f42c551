"""The sheet in a picture becomes an upright page: perspective and skew undone in one warp."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from station.imaging.paper import Grey, halved
from station.imaging.picture import Pixels
from station.imaging.skew import Skew, skew
from station.model import Noun, Quad

Matrix = NDArray[np.float64]
Size = tuple[int, int]
"""Width, height."""

PREVIEW_PX = 2400
MARGIN = 0.004
"""Of the page's long side, kept around the sheet."""
SURE = 0.5
STEEP_DEG = 5.0
SURE_OF_STEEP = 0.9
"""Print is seldom more than a few degrees off its sheet; more must be seen clearly."""
LEAST_TURN_DEG = 0.03
WARP_LIMIT_PX = 32_000
"""OpenCV's warps address their source by 16 bits."""
FOCAL_LENGTHS = (0.4, 8.0)
USUAL_FOCAL_LENGTH = 0.9
"""In long sides of the picture: the plausible ones, and that of a phone or document camera."""


class Straight(Noun, frozen=True, kw_only=True):
    """An upright page.

    `image` is BGR uint8. `skew_deg` is how far the text in the picture is turned clockwise, the
    sheet's own turn included; `sureness` is that of the text's part of it. `to_page` maps points
    of the picture into the page, 3x3.
    """

    image: Pixels
    skew_deg: float
    sureness: float
    to_page: Matrix


def straighten(pixels: Pixels, quad: Quad | None, *, doubtful: Quad | None = None) -> Straight:
    """The page within `quad` (pixels of the picture; None is the whole picture), upright.

    In a whole picture text is looked for within `doubtful`, where a sheet may lie: the boards and
    joints of a desk have lines too.
    """
    if quad is not None and not _encloses(quad):
        quad = None
    if max(pixels.shape) > WARP_LIMIT_PX:
        return _straightened_small(pixels, quad)
    flat, size = np.eye(3), (pixels.shape[1], pixels.shape[0])
    if quad is not None:
        flat, size = _flattened(quad, size)
    text = skew(
        _preview(pixels, flat, size) if quad is not None else _within(_grey(pixels), doubtful)
    )
    angle = text.angle_deg if _sure(text, sheet=quad is not None) else 0.0
    if quad is None and abs(angle) < LEAST_TURN_DEG:
        return Straight(image=pixels, skew_deg=angle, sureness=text.sureness, to_page=flat)
    to_page, size = _turned_back(flat, size, angle, margin=MARGIN if quad is not None else 0.0)
    image = cv2.warpPerspective(pixels, to_page, size, borderValue=(255, 255, 255))
    return Straight(
        image=np.asarray(image, np.uint8),
        skew_deg=_text_turn_deg(to_page, size),
        sureness=text.sureness,
        to_page=to_page,
    )


def _straightened_small(pixels: Pixels, quad: Quad | None) -> Straight:
    ratio = WARP_LIMIT_PX / max(pixels.shape)
    height, width = (max(1, int(side * ratio)) for side in pixels.shape[:2])
    small = np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    scale = np.diag([width / pixels.shape[1], height / pixels.shape[0], 1.0])
    moved = None
    if quad is not None:
        points = np.array(quad) * np.diag(scale)[:2]
        moved = tuple((float(x), float(y)) for x, y in points)
    page = straighten(small, moved)  # type: ignore[arg-type]
    return Straight(
        image=page.image,
        skew_deg=page.skew_deg,
        sureness=page.sureness,
        to_page=page.to_page @ scale,
    )


def _encloses(quad: Quad) -> bool:
    """Whether four points stand round an area, each of them clearly out of line with the others."""
    points = np.array(quad, np.float64)
    sides = np.roll(points, -1, axis=0) - points
    onward = np.roll(sides, -1, axis=0)
    turns = sides[:, 0] * onward[:, 1] - sides[:, 1] * onward[:, 0]
    return bool(turns.min() >= 1.0 or turns.max() <= -1.0)


def _sure(text: Skew, *, sheet: bool) -> bool:
    steep = sheet and abs(text.angle_deg) > STEEP_DEG
    return text.sureness >= (SURE_OF_STEEP if steep else SURE)


def _grey(pixels: Pixels) -> Grey:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)


def _within(grey: Grey, quad: Quad | None) -> Grey:
    """The largest upright part of a picture that lies in a nearly upright quad."""
    if quad is None:
        return grey
    (_, left, right, _), (_, top, bottom, _) = np.sort(np.array(quad, int), axis=0).T.clip(0)
    return grey[top:bottom, left:right] if min(bottom - top, right - left) > 0 else grey


def _preview(pixels: Pixels, flat: Matrix, size: Size) -> Grey:
    """The flattened page in grey, small: enough to measure its text."""
    small = halved(_grey(pixels), PREVIEW_PX)
    ratio = min(1.0, small.shape[1] / pixels.shape[1])
    from_small = np.diag([pixels.shape[1] / small.shape[1], pixels.shape[0] / small.shape[0], 1.0])
    shrink = np.diag([ratio, ratio, 1.0])
    width, height = (max(1, round(side * ratio)) for side in size)
    page = cv2.warpPerspective(
        small, shrink @ flat @ from_small, (width, height), borderValue=(255.0,)
    )
    return np.asarray(page, np.uint8)


def _flattened(quad: Quad, picture: Size) -> tuple[Matrix, Size]:
    """The homography from the picture to the flat sheet, and the sheet's size in pixels.

    As large as the longest sides of the quad, so that nothing is lost, but never of more pixels
    than the picture, so that nothing is invented.
    """
    across = max(math.dist(quad[0], quad[1]), math.dist(quad[3], quad[2]), 1.0)
    down = max(math.dist(quad[0], quad[3]), math.dist(quad[1], quad[2]), 1.0)
    aspect = _aspect(quad, picture) or across / down
    across, down = max(across, down * aspect), max(down, across / aspect)
    shrink = min(1.0, math.sqrt(picture[0] * picture[1] / (across * down)))
    width, height = (max(1, round(side * shrink)) for side in (across, down))
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - 0.5
    flat = cv2.getPerspectiveTransform(np.array(quad, np.float32), corners)
    return np.asarray(flat, np.float64), (width, height)


def _aspect(quad: Quad, picture: Size) -> float | None:
    """Width over height of the rectangle seen as `quad`, or None when the view does not tell.

    Zhang and He, "Whiteboard scanning and image enhancement" (2007), section 3: square pixels,
    principal point in the middle of the picture.
    """
    middle = np.array([picture[0] / 2, picture[1] / 2])
    upper_left, upper_right, lower_right, lower_left = (
        np.append(np.array(corner) - middle, 1.0) for corner in quad
    )
    diagonal = np.cross(upper_left, lower_right)
    with np.errstate(all="ignore"):
        k2 = diagonal @ lower_left / (np.cross(upper_right, lower_right) @ lower_left)
        k3 = diagonal @ upper_right / (np.cross(lower_left, lower_right) @ upper_right)
        along, down = k2 * upper_right - upper_left, k3 * lower_left - upper_left
        focal = np.sqrt(-(along[:2] @ down[:2]) / (along[2] * down[2]))
        shortest, longest = (bound * max(picture) for bound in FOCAL_LENGTHS)
        if not shortest <= focal <= longest:  # one pair of sides is parallel, or nearly
            focal = USUAL_FOCAL_LENGTH * max(picture)
        lens = np.array([1 / focal, 1 / focal, 1.0])
        aspect = float(np.linalg.norm(along * lens) / np.linalg.norm(down * lens))
    return aspect if 0.02 < aspect < 50 else None


def _turned_back(
    flat: Matrix, size: Size, angle_deg: float, *, margin: float
) -> tuple[Matrix, Size]:
    """`flat` followed by a turn of `angle_deg` against the clock, on a canvas that holds it all."""
    width, height = size
    cos, sin = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    around = 2 * margin * max(size)
    wide = math.ceil(width * cos + height * abs(sin) + around)
    high = math.ceil(height * cos + width * abs(sin) + around)
    turn = np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]])
    turn[:2, 2] = [
        (wide - 1 - cos * (width - 1) - sin * (height - 1)) / 2,
        (high - 1 + sin * (width - 1) - cos * (height - 1)) / 2,
    ]
    return turn @ flat, (wide, high)


def _text_turn_deg(to_page: Matrix, size: Size) -> float:
    """The direction, in the picture, of the page's lines at its middle; clockwise-positive."""
    x, y = size[0] / 2, size[1] / 2
    line = np.array([[[x - 1, y], [x + 1, y]]], np.float64)
    (x0, y0), (x1, y1) = cv2.perspectiveTransform(line, np.linalg.inv(to_page))[0]
    return math.degrees(math.atan2(y1 - y0, x1 - x0))
