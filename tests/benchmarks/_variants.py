"""Pictures made of photographs: what a station sees that no single photograph shows.

Each takes finished photographs and their quads (4x2, TL, TR, BR, BL in px), so it costs
milliseconds, and its truth is exact. `Case.quads` are all the sheets that are right to find; none
where the frame is a page itself or shows no page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np

Pixels = np.ndarray
Rng = np.random.Generator


class Case(NamedTuple):
    """A picture (HxWx3 BGR), what it is, and its sheets."""

    situation: str
    pixels: Pixels
    kind: str
    quads: tuple[np.ndarray, ...]
    others: int = 0


class Photo(NamedTuple):
    """A photograph of one sheet, or of a desk without (`quad` None)."""

    pixels: Pixels
    quad: np.ndarray | None


def filled(photo: Photo, rng: Rng, inset: float = 0.05) -> Pixels:
    """The frame filled by the page alone, seen a little from the side."""
    height, width = photo.pixels.shape[:2]
    wobble = inset * (0.4 + rng.uniform(0, 1, (4, 2)))
    flat = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * (1 - 2 * wobble) + wobble
    unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    to_page = cv2.getPerspectiveTransform(unit, photo.quad.astype(np.float32))
    source = cv2.perspectiveTransform(flat[None].astype(np.float32), to_page)[0]
    if np.linalg.norm(source[1] - source[0]) > np.linalg.norm(source[2] - source[1]):
        width, height = max(width, height), min(width, height)
    else:
        width, height = min(width, height), max(width, height)
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    return cv2.warpPerspective(
        photo.pixels, cv2.getPerspectiveTransform(source, target), (width, height)
    )


def pasted(under: Pixels, over: Pixels, quad: np.ndarray, shadow: float = 0.25) -> Pixels:
    """`over` laid on `under` at `quad`, with the shadow of a sheet of paper."""
    height, width = over.shape[:2]
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    pose = cv2.getPerspectiveTransform(flat, quad.astype(np.float32))
    size = under.shape[1::-1]
    laid = cv2.warpPerspective(over, pose, size, flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full((height, width), 1.0, np.float32), pose, size)
    mask = cv2.GaussianBlur(mask, (0, 0), 1.2)[:, :, None]
    soft = max(size) / 250
    shade = np.roll(cv2.GaussianBlur(mask, (0, 0), soft), (int(soft), int(soft)), (0, 1))
    dark = under * (1 - shadow * shade[:, :, None])
    return np.clip(laid * mask + dark * (1 - mask), 0, 255).astype(np.uint8)


def rectangle(frame: Pixels, rng: Rng, middle: tuple[float, float], long_side: float,
              aspect: float) -> np.ndarray:  # fmt: skip
    """A turned rectangle in the frame; `long_side` as a share of the frame's shorter side."""
    height, width = frame.shape[:2]
    a = long_side * min(height, width) / 2
    half = np.array([a / aspect, a]) if rng.random() < 0.6 else np.array([a, a / aspect])
    turn = rng.normal(0, 0.05)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    corners = corners @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return corners + np.array(middle) * (width, height) + rng.normal(0, 0.004 * a, (4, 2))


def picture(rng: Rng, desk: Pixels) -> Pixels:
    """A printed photograph: dark shapes on greys, at times with a white or black frame."""
    tones = rng.normal(110, 45, (7, 6)).clip(15, 225).astype(np.float32)
    grey = cv2.resize(tones, (600, 700), interpolation=cv2.INTER_CUBIC)[:, :, None]
    grain = cv2.resize(desk, (600, 700)).astype(np.float32) - 128
    print_ = grey + 0.25 * grain + rng.normal(0, 6, (700, 600, 1))
    if rng.random() < 0.5:
        width, tone = int(rng.uniform(6, 30)), float(rng.choice([30, 235]))
        print_[:width], print_[-width:], print_[:, :width], print_[:, -width:] = (tone,) * 4
    return print_.clip(0, 255).astype(np.uint8)


def whole(one: Photo, other: Photo, desk: Photo, rng: Rng) -> Case:
    """The page fills the frame."""
    return Case("whole", filled(one, rng), "whole", ())


def slip_on_page(one: Photo, other: Photo, desk: Photo, rng: Rng) -> Case:
    """A slip of paper on a page that fills the frame."""
    page, slip = filled(one, rng), filled(other, rng)
    place = rectangle(page, rng, tuple(rng.uniform(0.4, 0.6, 2)), rng.uniform(0.4, 0.8), 1.5)
    return Case("slip on page", pasted(page, slip, place, rng.uniform(0.05, 0.4)), "whole", ())


def photo_on_page(one: Photo, other: Photo, desk: Photo, rng: Rng) -> Case:
    """A photograph glued or printed on a page that fills the frame."""
    page = filled(one, rng)
    place = rectangle(page, rng, tuple(rng.uniform(0.42, 0.58, 2)), rng.uniform(0.5, 0.85), 1.4)
    shown = pasted(page, picture(rng, desk.pixels), place, rng.choice([0.0, 0.2]))
    return Case("photo on page", shown, "whole", ())


def frame_on_page(one: Photo, other: Photo, desk: Photo, rng: Rng) -> Case:
    """A printed frame, single or double, on a page that fills the frame."""
    page = filled(one, rng).copy()
    height, width = page.shape[:2]
    inset = rng.uniform(0.06, 0.14)
    first = (int(width * inset), int(height * inset))
    last = (int(width * (1 - inset)), int(height * (1 - inset)))
    colour = (40, 40, 45) if rng.random() < 0.6 else (50, 50, 190)
    cv2.rectangle(page, first, last, colour, int(rng.uniform(3, 14)), cv2.LINE_AA)
    return Case("frame on page", page, "whole", ())


def photo_in_sheet(one: Photo, other: Photo, desk: Photo, rng: Rng) -> Case:
    """A photograph on a page that lies on the desk: the page is the sheet."""
    share = rng.uniform(0.06, 0.2, 4)
    left, top, right, bottom = share[0], share[1], 1 - share[2], 1 - share[3]
    unit = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    pose = cv2.getPerspectiveTransform(corners, one.quad.astype(np.float32))
    place = cv2.perspectiveTransform(unit[None], pose)[0]
    shown = pasted(one.pixels, picture(rng, desk.pixels), place, 0.1)
    return Case("photo in sheet", shown, "sheet", (one.quad,))


def two_sheets(one: Photo, other: Photo, desk: Photo, rng: Rng) -> Case:
    """Two sheets side by side on the desk."""
    under = _landscape(desk.pixels)
    quads = tuple(
        rectangle(under, rng, (x + rng.normal(0, 0.01), 0.5), rng.uniform(0.72, 0.85), 1.41)
        for x in (0.26, 0.74)
    )
    upright = tuple(_upright(quad) for quad in quads)
    shown = pasted(pasted(under, filled(one, rng), upright[0]), filled(other, rng), upright[1])
    return Case("two sheets", shown, "sheet", upright, 1)


def five_slips(one: Photo, other: Photo, desk: Photo, rng: Rng) -> Case:
    """Five slips of like size."""
    shown = _landscape(desk.pixels)
    places = [(0.2, 0.27), (0.5, 0.25), (0.8, 0.28), (0.33, 0.74), (0.68, 0.73)]
    quads = [rectangle(shown, rng, place, 0.42, 1.6) for place in places]
    for k, quad in enumerate(quads):
        shown = pasted(shown, filled(one if k % 2 else other, rng), quad)
    return Case("five slips", shown, "sheet", tuple(quads), 4)


def cut_by_frame(one: Photo, other: Photo, desk: Photo, rng: Rng) -> Case:
    """The frame cuts one side of the sheet off, or two neighbouring ones."""
    height, width = one.pixels.shape[:2]
    low, high = one.quad.min(axis=0), one.quad.max(axis=0)
    depth = rng.uniform(0.03, 0.12, 2) * (high - low)
    left, top = (0, 0)
    right, bottom = width, height
    sides = rng.choice(["l", "t", "r", "b", "lt", "rt", "lb", "rb"])
    left = int(low[0] + depth[0]) if "l" in sides else left
    right = int(high[0] - depth[0]) if "r" in sides else right
    top = int(low[1] + depth[1]) if "t" in sides else top
    bottom = int(high[1] - depth[1]) if "b" in sides else bottom
    shown = one.pixels[max(top, 0) : bottom, max(left, 0) : right]
    quad = one.quad - (max(left, 0), max(top, 0))
    return Case(f"cut by frame, {len(sides)}", np.ascontiguousarray(shown), "sheet", (quad,))


Variant = Callable[[Photo, Photo, Photo, Rng], Case]
VARIANTS: tuple[Variant, ...] = (
    whole, slip_on_page, photo_on_page, frame_on_page, photo_in_sheet, two_sheets, five_slips,
    cut_by_frame,
)  # fmt: skip


def _landscape(pixels: Pixels) -> Pixels:
    return (
        pixels if pixels.shape[1] > pixels.shape[0] else np.ascontiguousarray(pixels.swapaxes(0, 1))
    )


def _upright(quad: np.ndarray) -> np.ndarray:
    """The rectangle turned so that it is higher than wide."""
    size = quad.max(axis=0) - quad.min(axis=0)
    if size[1] >= size[0]:
        return quad
    middle = quad.mean(axis=0)
    return np.asarray(middle + (quad - middle) @ np.array([[0, 1], [-1, 0]]))
