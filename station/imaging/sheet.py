"""What is measured on a page before it is judged: its paper, its ink, and where both are."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from station.imaging.paper import Grey, halved, ink_of
from station.imaging.picture import Pixels
from station.imaging.straighten import Straight
from station.model import Noun, Quad

SMALL_PX = 1400
SURFACE_PX = 400
EDGE = 0.02
"""Of the page's long side: so close to the edge nothing is judged."""


class Sheet(Noun, frozen=True, kw_only=True):
    """A page ready to be judged.

    `image` and `grey` are the page in full; `small` is it at most 1400 px long, with `ink` (0 or
    255) and `inside` (the sheet without its edge and without fill, 0 or 255). `surface` is the
    brightness of the paper without its ink, at most 400 px long, and `middle` is `inside` there.
    """

    image: Pixels
    grey: Grey
    small: Grey
    ink: Grey
    inside: Grey
    surface: Grey
    middle: Grey

    @property
    def paper(self) -> NDArray[np.uint8]:
        """The brightness of the paper at every place inside, in no order; never empty."""
        seen = self.surface[self.middle > 0]
        return seen if seen.size else self.surface.ravel()


def measured(page: Straight, quad: Quad | None, picture: tuple[int, int]) -> Sheet:
    """The sheet on a straightened page; `picture` is the width and height it came from."""
    grey = np.asarray(cv2.cvtColor(page.image, cv2.COLOR_BGR2GRAY), np.uint8)
    small = halved(grey, SMALL_PX)
    inside = _inside(page, quad, picture, small.shape)
    tiny = halved(small, SURFACE_PX)
    size = (tiny.shape[1], tiny.shape[0])
    return Sheet(
        image=page.image,
        grey=grey,
        small=small,
        ink=np.asarray(cv2.bitwise_and(ink_of(small), inside), np.uint8),
        inside=inside,
        surface=_surface(tiny),
        middle=np.asarray(cv2.resize(inside, size, interpolation=cv2.INTER_NEAREST), np.uint8),
    )


def _inside(
    page: Straight, quad: Quad | None, picture: tuple[int, int], shape: tuple[int, ...]
) -> Grey:
    width, height = picture
    frame = ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))
    ratio = np.array([shape[1] / page.image.shape[1], shape[0] / page.image.shape[0]])
    inside = np.full(shape, 255, np.uint8)
    for outline in (frame, quad or frame):
        corners = cv2.perspectiveTransform(np.array([outline], np.float64), page.to_page)[0]
        area = np.zeros(shape, np.uint8)
        cv2.fillConvexPoly(area, np.rint(corners * ratio).astype(np.int32), (255,))
        inside = np.asarray(cv2.bitwise_and(inside, area), np.uint8)
    edge = 2 * max(1, round(EDGE * max(shape))) + 1
    kernel = np.ones((edge, edge), np.uint8)
    shrunk = cv2.erode(inside, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=(0.0,))
    return np.asarray(shrunk, np.uint8)


def _surface(grey: Grey) -> Grey:
    """The paper under the ink: strokes closed, then smoothed."""
    reach = max(3, max(grey.shape) // 40) | 1
    closed = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    return np.asarray(cv2.medianBlur(closed, min(15, reach + 4)), np.uint8)
