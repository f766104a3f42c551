"""What is measured on a page before it is judged: its paper, its ink, and where both are.

All is taken from the frame itself, at two small sizes: the page in full need not be made for it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from station.imaging.levels import level_at
from station.imaging.paper import Grey, ink_of
from station.imaging.picture import Pixels
from station.model import Noun, Quad

Matrix = NDArray[np.float64]
Size = tuple[int, int]
"""Width, height."""

SMALL_PX = 1300
SURFACE_PX = 400
EDGE = 0.02
"""Of the page's long side: so close to the edge nothing is judged."""
DARK, ROUGH = 0.62, 0.15
"""Of the brightest paper, and of the brightness of a place: darker and less even are pictures."""
PICTURE_PX = 15
"""What is smaller in `surface` is none."""
RING = 0.08
"""Of the page's long side: so much of what lies around it is seen in `around`."""


class Sheet(Noun, frozen=True, kw_only=True):
    """A page ready to be judged.

    `frame` is the picture (BGR) and `to_frame` takes points of `small` to it (3x3); `long_side_px`
    is that of the page there. `small` is the page in grey, at most 1300 px long, with `ink`
    (0 or 255) and `inside` (the sheet without its edge and without fill, 0 or 255); `pieces` are
    the connected pieces of ink, rows of left, top, width, height and area in px. `surface` is
    the brightness of the paper without its ink, at most 400 px long, `middle` is `inside` there,
    and `pictures` (0 or 255) where photographs and drawings are on it. `around` is the page in
    colour at that size with `ring_px` of its surroundings on every side, 0 where it was kept
    whole; `seen` is what of it the frame holds (0 or 255).
    """

    frame: Pixels
    to_frame: Matrix
    long_side_px: float
    small: Grey
    ink: Grey
    inside: Grey
    pieces: NDArray[np.int32]
    surface: Grey
    middle: Grey
    pictures: Grey
    around: Pixels
    ring_px: int
    seen: Grey

    @property
    def paper(self) -> NDArray[np.uint8]:
        """The brightness of the paper at every place inside, in no order; never empty."""
        seen = self.surface[self.middle > 0]
        return seen if seen.size else self.surface.ravel()


def upright(quad: Quad | None, picture: Size) -> tuple[Matrix, Size]:
    """The homography from a picture to the sheet in it, and the sheet's size, without its turn.

    Good enough to judge by: the proportions are those of the quad's longest sides.
    """
    if quad is None:
        return np.eye(3), picture
    top, right, bottom, left = (math.dist(quad[k], quad[(k + 1) % 4]) for k in range(4))
    width, height = (max(1, round(max(pair))) for pair in ((top, bottom), (left, right)))
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - 0.5
    flat = cv2.getPerspectiveTransform(np.array(quad, np.float32), corners)
    return np.asarray(flat, np.float64), (width, height)


class _View(NamedTuple):
    """`picture` (a frame made smaller) and the 3x3 `matrix` that takes it to a page of `size`."""

    picture: Pixels
    matrix: Matrix
    size: Size

    def smaller(self, longest_px: int, half: Pixels | None = None) -> tuple[_View, Matrix]:
        """The view with a page of at most `longest_px`, and what took the old picture to its own.

        The picture is averaged down first, so that the warp does not alias; by a power of two,
        which OpenCV does ten times faster, and from its `half`, where there is one.
        """
        ratio = min(1.0, longest_px / max(self.size))
        factor = 1 << int(math.log2(1 / ratio))
        if half is not None and 1 < factor <= min(self.picture.shape[:2]):
            picture = _averaged(half, factor // 2)
        else:
            picture = _averaged(self.picture, factor)
        size = (max(1, round(self.size[0] * ratio)), max(1, round(self.size[1] * ratio)))
        shrink = _scaled(1 / factor if picture is not self.picture else 1.0)
        matrix = _scaled(ratio) @ self.matrix @ np.linalg.inv(shrink)
        return _View(picture, matrix, size), shrink

    def page(self, ring_px: int = 0) -> Pixels:
        """The page, with white where the frame ends, and `ring_px` of what lies around it."""
        matrix, size = self._ringed(ring_px)
        white = (255.0, 255.0, 255.0)
        return np.asarray(
            cv2.warpPerspective(self.picture, matrix, size, borderValue=white), np.uint8
        )

    def area(self, outline: NDArray[np.float64], ring_px: int = 0) -> Grey:
        """What of the page, and its ring, lies within `outline` (Nx2, px of the picture): 255."""
        matrix, size = self._ringed(ring_px)
        corners = cv2.perspectiveTransform(outline[None], matrix)[0]
        area = np.zeros(size[::-1], np.uint8)
        cv2.fillConvexPoly(area, np.rint(corners.clip(-9999, 9999)).astype(np.int32), (255,))
        return area

    def border(self) -> NDArray[np.float64]:
        """The outline of the picture."""
        height, width = self.picture.shape[:2]
        return np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)

    def _ringed(self, ring_px: int) -> tuple[Matrix, Size]:
        shift = np.array([[1.0, 0, ring_px], [0, 1, ring_px], [0, 0, 1]])
        return shift @ self.matrix, (self.size[0] + 2 * ring_px, self.size[1] + 2 * ring_px)


def measured(
    pixels: Pixels, to_page: Matrix, size: Size, quad: Quad | None, *, half: Pixels | None = None
) -> Sheet:
    """The sheet in a picture (HxWx3 BGR), which `to_page` (3x3) takes to a page of `size`.

    `quad` is its outline in pixels of the picture, or None where the picture is kept whole; `half`
    is the picture at half its size (`half_of`), where it was made already.
    """
    fine, shrink = _View(pixels, to_page, size).smaller(SMALL_PX, half)
    coarse, _ = fine.smaller(SURFACE_PX)
    grey = np.asarray(cv2.cvtColor(fine.picture, cv2.COLOR_BGR2GRAY), np.uint8)
    small = fine._replace(picture=grey).page()
    inside = fine.area(fine.border())
    if quad is not None:
        outline = cv2.perspectiveTransform(np.array([quad], np.float64), shrink)[0]
        inside = np.asarray(cv2.bitwise_and(inside, fine.area(outline)), np.uint8)
    inside = _without_edge(inside)
    ink = np.asarray(cv2.bitwise_and(ink_of(small), inside), np.uint8)
    _, _, pieces, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
        ink, 8, cv2.CV_32S, cv2.CCL_BBDT
    )  # half the time of the default
    ring_px = round(RING * max(coarse.size)) if quad is not None else 0
    tiny = cv2.resize(small, coarse.size, interpolation=cv2.INTER_AREA)
    surface = _surface(np.asarray(tiny, np.uint8))
    middle = np.asarray(cv2.resize(inside, coarse.size, interpolation=cv2.INTER_NEAREST), np.uint8)
    return Sheet(
        frame=pixels,
        to_frame=np.asarray(np.linalg.inv(fine.matrix @ shrink), np.float64),
        long_side_px=float(max(size)),
        small=small,
        ink=ink,
        inside=inside,
        pieces=np.asarray(pieces[1:], np.int32),
        surface=surface,
        middle=middle,
        pictures=_pictures(surface, middle),
        around=coarse.page(ring_px),
        ring_px=ring_px,
        seen=coarse.area(coarse.border(), ring_px),
    )


def _averaged(picture: Pixels, factor: int) -> Pixels:
    """A picture made smaller by `factor`, or as it is where it has no more pixels than that."""
    height, width = (side // factor for side in picture.shape[:2])
    if factor == 1 or not (height and width):
        return picture
    whole = picture[: height * factor, : width * factor]
    return np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _scaled(ratio: float) -> Matrix:
    """Pixels made smaller by `ratio`; whole numbers are their centres."""
    shift = (ratio - 1) / 2
    return np.array([[ratio, 0, shift], [0, ratio, shift], [0, 0, 1]])


def _without_edge(area: Grey) -> Grey:
    edge = 2 * max(1, round(EDGE * max(area.shape))) + 1
    kernel = np.ones((edge, edge), np.uint8)
    shrunken = cv2.erode(area, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=(0.0,))
    return np.asarray(shrunken, np.uint8)


def _surface(grey: Grey) -> Grey:
    """The paper under the ink: strokes closed, then smoothed."""
    reach = max(3, max(grey.shape) // 40) | 1
    closed = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    return np.asarray(cv2.medianBlur(closed, 5), np.uint8)


def _pictures(surface: Grey, middle: Grey) -> Grey:
    """Where the page is dark and never even for long: a shadow is dark too, but it is smooth."""
    if not middle.any():
        return np.zeros_like(surface)
    highest = level_at(surface[middle > 0], 95)
    near = np.ones((5, 5), np.uint8)
    steps = cv2.subtract(cv2.dilate(surface, near), cv2.erode(surface, near))
    rough = steps > ROUGH * np.maximum(surface, 8)
    spots = np.asarray(rough & (surface < DARK * highest) & (middle > 0), np.uint8) * 255
    wide = np.ones((PICTURE_PX, PICTURE_PX), np.uint8)
    solid = cv2.morphologyEx(spots, cv2.MORPH_CLOSE, wide)
    return np.asarray(cv2.morphologyEx(solid, cv2.MORPH_OPEN, wide), np.uint8)
