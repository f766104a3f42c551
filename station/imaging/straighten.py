"""The sheet in a picture becomes an upright page: lens, perspective, curl and skew in one warp."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from firmware_config.schema import Lens
from station.imaging import lens as optics
from station.imaging.curl import Curl, curl_of
from station.imaging.paper import Grey, halved
from station.imaging.picture import Pixels, half_of
from station.imaging.rectangle import USUAL_FOCAL_LENGTH, Matrix, Size, encloses, flattened
from station.imaging.skew import Skew, skew
from station.imaging.warp import FARTHEST_PX, Points, warped
from station.model import Noun, Quad

PREVIEW_PX, SEEN_PX = 2400, 1676
"""Long side of the frame as it is halved, and as the text is seen: at 1400 to 2400 px the turns of
57 photographs were told equally well."""
LOOK_PX = 1000
LOOK_AROUND = 0.045
"""Of the sheet's sides: so far from where its edges should be they are looked for."""
MARGIN = 0.004
"""Of the page's long side, kept around the sheet."""
SURE = 0.5
STEEP_DEG = 5.0
SURE_OF_STEEP = 0.9
"""Print is seldom more than a few degrees off its sheet; more must be seen clearly."""
LEAST_TURN_DEG = 0.03
BORDER_POINTS = 9


class Lie(Noun, frozen=True, kw_only=True):
    """How a flat sheet of `size` lies in a picture: `flat` maps the pinhole's points to it, 3x3."""

    flat: Matrix
    size: Size
    picture: Size
    lens: Lens | None
    curl: Curl | None = None

    @property
    def page_size(self) -> Size:
        """The sheet's size when its curl is taken out."""
        return self.curl.flat_size(self.size) if self.curl else self.size

    def forth(self, points: Points) -> Points:
        """Points of the picture, n x 2, on the sheet."""
        seen = optics.unbent(points, self.lens, self.picture) if self.lens else points
        flat = _through(self.flat, seen)
        return self.curl.forth(flat, self.size) if self.curl else flat

    def back(self, points: Points) -> Points:
        """Points of the sheet, n x 2, where the picture shows them."""
        if self.curl is not None:
            points = self.curl.back(points, self.size)
        seen = _through(np.linalg.inv(self.flat), points)
        return optics.bent(seen, self.lens, self.picture) if self.lens else seen


class Straight(Noun, frozen=True, kw_only=True):
    """An upright page.

    `image` is BGR uint8. `skew_deg` is how far the text in the picture is turned clockwise, the
    sheet's own turn included; `sureness` is that of the text's part of it. `to_page` maps points
    of the picture, as a pinhole sees it, into the page, 3x3; `placed` knows the lens and the curl
    too. `steps` names what was done to the pixels: lens, perspective, curl, turn.
    """

    image: Pixels
    skew_deg: float
    sureness: float
    to_page: Matrix
    steps: tuple[str, ...] = ()
    lie: Lie | None = None

    @property
    def curl(self) -> Curl | None:
        """The curl that was taken out of the page, if it had one."""
        return self.lie.curl if self.lie else None

    def placed(self, points: Points) -> Points:
        """Points of the picture (n x 2), on the page; lens and curl included."""
        if self.lie is None:
            return _through(self.to_page, points)
        return _through(self.to_page @ np.linalg.inv(self.lie.flat), self.lie.forth(points))


def straighten(
    pixels: Pixels,
    quad: Quad | None,
    *,
    doubtful: Quad | None = None,
    lens: Lens | None = None,
    half: Pixels | None = None,
) -> Straight:
    """The page within `quad` (pixels of the picture; None is the whole picture), upright.

    In a whole picture text is looked for within `doubtful`, where a sheet may lie: the boards and
    joints of a desk have lines too. `lens` is that of the camera which took the picture; it is
    left out where the picture has not the proportions of the camera's frames. `half` is the
    picture at half its size (`half_of`), where it was made already.
    """
    if quad is not None and not encloses(quad):
        quad = None
    if max(pixels.shape) > FARTHEST_PX:
        return _straightened_small(pixels, quad)
    picture = (pixels.shape[1], pixels.shape[0])
    lie = _lie(quad, picture, lens if lens and optics.fits(lens, picture) else None)
    if quad is not None:
        lie, text = _looked_at(pixels, half_of(pixels) if half is None else half, lie)
    else:
        text = _looked_for(_grey(pixels), doubtful)
    angle = text.angle_deg if _sure(text, sheet=quad is not None) else 0.0
    if quad is None and lie.lens is None and abs(angle) < LEAST_TURN_DEG:
        return Straight(image=pixels, skew_deg=angle, sureness=text.sureness, to_page=lie.flat)
    margin = MARGIN if quad is not None else 0.0
    turn, size = _turned_back(lie.page_size, angle, margin=margin)
    turned = np.linalg.inv(turn)
    image = warped(pixels, lambda points: lie.back(_through(turned, points)), size)
    to_page = turn @ lie.flat
    return Straight(
        image=image,
        skew_deg=_text_turn_deg(to_page, size),
        sureness=text.sureness,
        to_page=to_page,
        steps=_steps(lie, quad, angle),
        lie=lie,
    )


def _steps(lie: Lie, quad: Quad | None, angle_deg: float) -> tuple[str, ...]:
    taken = {
        "lens": lie.lens is not None,
        "perspective": quad is not None,
        "curl": lie.curl is not None,
        "turn": angle_deg != 0.0,
    }
    return tuple(name for name, true in taken.items() if true)


def _straightened_small(pixels: Pixels, quad: Quad | None) -> Straight:
    ratio = FARTHEST_PX / max(pixels.shape)
    height, width = (max(1, int(side * ratio)) for side in pixels.shape[:2])
    small = np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    scale = np.diag([width / pixels.shape[1], height / pixels.shape[0], 1.0])
    moved = None
    if quad is not None:
        moved = _quad(np.array(quad) * np.diag(scale)[:2])
    page = straighten(small, moved)
    return Straight(
        image=page.image,
        skew_deg=page.skew_deg,
        sureness=page.sureness,
        to_page=page.to_page @ scale,
        steps=page.steps,
    )


def _lie(quad: Quad | None, picture: Size, lens: Lens | None) -> Lie:
    """Where the flat sheet lies, or the whole picture."""
    if quad is None:
        flat, size = _whole(picture, lens)
    elif lens is None:
        flat, size = flattened(quad, picture)
    else:
        seen = _quad(optics.unbent(np.array(quad), lens, picture))
        focal_px, axis = optics.focal_px(lens, picture), optics.axis_px(lens, picture)
        flat, size = flattened(seen, picture, focal_px=focal_px, axis=axis)
    return Lie(flat=flat, size=size, picture=picture, lens=lens)


def _whole(picture: Size, lens: Lens | None) -> tuple[Matrix, Size]:
    """All that a picture shows, unbent, on a canvas that holds its border."""
    if lens is None:
        return np.eye(3), picture
    share = np.linspace(0, 1, BORDER_POINTS)
    zero = np.zeros_like(share)
    border = np.concatenate(
        [
            np.stack(side, 1)
            for side in ((share, zero), (share, zero + 1), (zero, share), (zero + 1, share))
        ]
    )
    seen = optics.unbent(border * (np.array(picture) - 1), lens, picture)
    low, high = np.floor(seen.min(axis=0)), np.ceil(seen.max(axis=0))
    flat = np.eye(3)
    flat[:2, 2] = -low
    return flat, (int(high[0] - low[0]) + 1, int(high[1] - low[1]) + 1)


def _looked_at(pixels: Pixels, half: Pixels, lie: Lie) -> tuple[Lie, Skew]:
    """The sheet with its curl, if it has one, and how its text is turned: on a small grey copy."""
    whole = max(pixels.shape) <= PREVIEW_PX
    small = halved(_grey(pixels if whole else half), PREVIEW_PX)
    ratio = min(1.0, small.shape[1] / pixels.shape[1], SEEN_PX / max(pixels.shape))
    around = tuple(4 * max(1, round(side * ratio * LOOK_AROUND / 4)) for side in lie.size)
    look = _preview(small, lie, ratio, (around[0], around[1]))
    curl = _curl(look, lie, ratio, (around[0], around[1]))
    if curl is None:
        across, down = around
        return lie, skew(np.ascontiguousarray(look[down:-down, across:-across]))
    lie = Lie(flat=lie.flat, size=lie.size, picture=lie.picture, lens=lie.lens, curl=curl)
    return lie, skew(_preview(small, lie, ratio, (0, 0)))


def _preview(small: Grey, lie: Lie, ratio: float, around: Size) -> Grey:
    """The sheet at `ratio` of its size with `around` pixels of desk, from a smaller picture."""
    shrunk = np.array([small.shape[1], small.shape[0]]) / lie.picture
    width, height = (max(1, round(side * ratio)) for side in lie.page_size)

    def back(points: Points) -> Points:
        return (lie.back((points - around + 0.5) / ratio - 0.5) + 0.5) * shrunk - 0.5

    return warped(small, back, (width + 2 * around[0], height + 2 * around[1]))


def _curl(look: Grey, lie: Lie, ratio: float, around: Size) -> Curl | None:
    small = halved(look, LOOK_PX)
    times = round(look.shape[1] / small.shape[1])
    axis, focal_px = (np.array(lie.picture) - 1) / 2, USUAL_FOCAL_LENGTH * max(lie.picture)
    if lie.lens is not None:
        axis = optics.axis_px(lie.lens, lie.picture)
        focal_px = optics.focal_px(lie.lens, lie.picture)
    near = _through(lie.flat, axis + np.array([[0, 0], [1, 0], [0, 1]])) * ratio / times
    scale = math.sqrt(abs(float(np.linalg.det(near[1:] - near[0]))))
    foot = (float(near[0, 0]), float(near[0, 1]))
    margin = (around[0] // times, around[1] // times)
    return curl_of(small, margin, focal_px * scale, foot)


def _looked_for(grey: Grey, doubtful: Quad | None) -> Skew:
    """How the text of a picture kept whole is turned: all of it, where a part does not tell."""
    part = _within(grey, doubtful)
    text = skew(part)
    if part is grey or _sure(text, sheet=False):
        return text
    return max(text, skew(grey), key=lambda seen: seen.sureness)


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


def _quad(points: Points) -> Quad:
    first, second, third, fourth = ((float(x), float(y)) for x, y in points)
    return first, second, third, fourth


def _through(matrix: NDArray[Any], points: Points) -> Points:
    moved = cv2.perspectiveTransform(np.ascontiguousarray(points)[:, None], matrix)
    return np.asarray(moved[:, 0], np.float64)


def _turned_back(size: Size, angle_deg: float, *, margin: float) -> tuple[Matrix, Size]:
    """A turn of `angle_deg` against the clock, on a canvas that holds all of `size`."""
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
    return turn, (wide, high)


def _text_turn_deg(to_page: Matrix, size: Size) -> float:
    """The direction, in the picture, of the page's lines at its middle; clockwise-positive."""
    x, y = size[0] / 2, size[1] / 2
    (x0, y0), (x1, y1) = _through(np.linalg.inv(to_page), np.array([[x - 1, y], [x + 1, y]]))
    return math.degrees(math.atan2(y1 - y0, x1 - x0))
