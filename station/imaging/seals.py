"""Red marks on a page: where seals and fingerprints are, and the writing without their red."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from station.imaging.flat import bands, eighth
from station.imaging.paper import Grey
from station.imaging.picture import Pixels, half_of
from station.model import Noun

LONG_SIDE_PX = 1000
REDDER = 0.9
"""Green over red, both against the paper, of a red mark at most; it does not depend on light."""
BRIGHT = 0.45
"""Red light of a red mark, against the paper; black ink has less."""
PASTED = 0.86
"""Green over red, against the paper, of a pixel with red paste on it."""
SAMPLED = 60
"""Pixels across a mark that tell its colours."""
DARKEST = 0.06
LEAST_SIDE, LARGE_SIDE, MOST_SIDE = 0.028, 0.085, 0.45
"""Of the page's long side: a name chop, an office's seal, two of them over one another."""
OUTLINED, LARGE_OUTLINED = 0.86, 0.5
"""Share of a mark's convex outline that is red. A character's has gaps, and so has a starved seal's
or that of two seals; but characters are never large.
"""
LARGE_GAPS = (35, 55)
"""The page's long side over the gaps that writing leaves in a seal; smaller where marks touch."""
MOST_FULL = 0.7
"""Of a large mark: a hand is fuller."""
SMALLEST_RIM_PX = 8
"""Radius under which a circle of pixels is no evidence."""
VOTED_PX, LEAST_VOTES = 11, 14
"""Radius of the smallest large seal where rims vote, and edges that must vote for a centre."""
TRIED, LEAST_RIM = 24, 0.5
"""Circles that are looked at; how much more of the rim must be red than of the circles beside it:
seals that touch have 0.6 and more, red handwriting 0.4.
"""
BESIDE_RIM, OVER_RIM = (0.86, 1.14), 1.08
"""Where these are, and where a seal surely ends, in radii."""
PRESSED_FULL, OVAL = 0.72, (0.6, 0.88)
"""A fingerprint's ridges run together, and it holds as much of its box as an ellipse. So does the
finger itself that holds the page, but it comes in from the edge.
"""


Floats = npt.NDArray[np.float64]
Box = tuple[int, int, int, int]
Kind = Literal["seal", "fingerprint", "redhead"]


class Seal(Noun, frozen=True, kw_only=True):
    """A red mark; `box` is left, top, right, bottom in pixels of the page, right and bottom out."""

    box: Box
    kind: Kind


def seals(page: Pixels) -> tuple[Seal, ...]:
    """The red marks on a page (HxWx3 BGR uint8), from the top. Red handwriting is none."""
    return seals_of(red_of(shrunk(page, LONG_SIDE_PX)), (page.shape[1], page.shape[0]))


def seals_of(red: Grey, size_px: tuple[int, int]) -> tuple[Seal, ...]:
    """The marks in `red` (HxW, 255 on red), in pixels of a page `size_px` wide and high."""
    if not red.any():
        return ()
    left = red.copy()
    marks = [*_large(left), *_heads(left), *_small(left)]
    scale = size_px[0] / red.shape[1]
    found = [Seal(box=_scaled(box, scale, size_px), kind=kind) for kind, box in marks]
    return tuple(sorted(found, key=lambda seal: (seal.box[1], seal.box[0])))


def red_of(small: Pixels) -> Grey:
    """255 where a page is redder than its paper."""
    green, red = (np.asarray(cv2.extractChannel(small, at), np.uint8) for at in (1, 2))
    paper = cv2.resize(cv2.dilate(eighth(red), np.ones((3, 3), np.uint8)), red.shape[::-1])
    usual = cv2.divide(green[::4, ::4], np.maximum(red[::4, ::4], 1), scale=128)
    share = cv2.divide(green, red, scale=128)
    redder = cv2.threshold(share, REDDER * float(np.median(usual)), 255, cv2.THRESH_BINARY_INV)[1]
    bright = cv2.compare(red, cv2.convertScaleAbs(paper, alpha=BRIGHT), cv2.CMP_GT)
    return np.asarray(cv2.medianBlur(cv2.bitwise_and(redder, bright), 3), np.uint8)


def shrunk(page: Pixels, longest_px: int) -> Pixels:
    """`page` halved until its long side is at most `longest_px`."""
    return halved(page, halvings(page.shape, longest_px))


def halvings(shape: tuple[int, ...], longest_px: int) -> int:
    """How often a page must be halved for its long side to be at most `longest_px`."""
    times = 0
    while max(shape[:2]) >> times > longest_px and min(shape[:2]) >> times >= 2:
        times += 1
    return times


def halved(page: Pixels, times: int) -> Pixels:
    """`page` at half its size, so many times."""
    for _ in range(times):
        page = half_of(page)
    return page


def take_red(piece: Pixels) -> None:
    """Take the red ink off a piece of a page, in its place, and leave black and blue ink.

    Light passes through layers of ink, so their densities add up (Ruifrok and Johnston 2001):
    red paste has some density for green light and a fixed share of it for red light, other ink as
    much for both. Two equations, two inks.
    """
    step = max(1, min(piece.shape[:2]) // SAMPLED)
    few = np.ascontiguousarray(piece[::step, ::step])
    paper = np.maximum(1.0, np.percentile(few.reshape(-1, 3), 85, axis=0))
    pasted = _pasted(few[..., 1].copy(), few[..., 2].copy(), paper) > 0
    if not pasted.any():
        return
    by_green, by_red = (np.log(_light(few[..., at][pasted] / paper[at])) for at in (1, 2))
    share = float(np.clip(np.median(by_red / by_green), 0.05, 0.6))
    # What other ink leaves of the light: (red / green ** share) ** (1 / (1 - share)).
    power = np.array([0, share, 1]) / (1 - share)
    tables = np.round(255 * _light(np.arange(256)[:, None] / paper) ** power).astype(np.uint8)
    for rows in bands(piece.shape[0]):
        green, red = (np.asarray(cv2.extractChannel(piece[rows], at), np.uint8) for at in (1, 2))
        left = cv2.divide(cv2.LUT(red, tables[:, 2]), cv2.LUT(green, tables[:, 1]), scale=255)
        colours = [cv2.convertScaleAbs(left, alpha=float(part) / 255) for part in paper]
        cv2.copyTo(cv2.merge(colours), _pasted(green, red, paper), dst=piece[rows])


def _light(share: Floats) -> Floats:
    """Light against the paper's, but never none: ink blacker than that is as good as black."""
    return np.clip(share, DARKEST, 0.99)


def _pasted(green: Grey, red: Grey, paper: Floats) -> Grey:
    """255 where there is red paste."""
    level = cv2.convertScaleAbs(red, alpha=PASTED * paper[1] / paper[2])
    return np.asarray(cv2.compare(green, level, cv2.CMP_LT), np.uint8)


def _large(red: Grey) -> Iterator[tuple[Kind, Box]]:
    """Seals of offices; each is taken out of `red`."""
    least, most = LARGE_SIDE * max(red.shape), MOST_SIDE * max(red.shape)
    for gap in LARGE_GAPS:
        for box in _boxes(red, max(red.shape) // gap):
            mark, (short, long) = _cut(red, box), _sides(box)
            if least <= short and long <= min(most, 2.5 * short):
                outlined, full, _ = _outline(mark)
                if outlined >= LARGE_OUTLINED and full <= MOST_FULL:
                    yield "seal", box
                    mark[:] = 0
            elif least <= short:
                for left, top, right, bottom in _rings(mark, least / 2, most / 2):
                    x, y = box[:2]
                    yield "seal", (left + x, top + y, right + x, bottom + y)


def _rings(mark: Grey, least_px: float, most_px: float) -> list[Box]:
    """Round seals of such radii that touch one another; they are taken out of `mark`.

    Their rims vote for centres (Duda and Hart 1972) on a small copy; a circle counts when nearly
    all of it is red.
    """
    if least_px < SMALLEST_RIM_PX:
        return []
    times = max(1.0, least_px / VOTED_PX)
    few = cv2.resize(mark, None, fx=1 / times, fy=1 / times, interpolation=cv2.INTER_AREA)
    near = np.asarray(cv2.dilate(mark, np.ones((3, 3), np.uint8)), np.uint8)
    tried = cv2.HoughCircles(
        few,
        cv2.HOUGH_GRADIENT,
        dp=1.5,
        minDist=VOTED_PX / 2,
        param1=100,
        param2=LEAST_VOTES,
        minRadius=round(least_px / times),
        maxRadius=round(most_px / times),
    )
    found: list[tuple[int, int, int]] = []
    for x, y, radius in [] if tried is None else (times * tried[0][:TRIED]).round().tolist():
        reds = [(_redness(near, (x, y, radius + off)), radius + off) for off in range(-3, 4)]
        red, rim = max(reds)
        beside = sum(_redness(near, (x, y, part * rim)) for part in BESIDE_RIM) / len(BESIDE_RIM)
        apart = all(math.dist((x, y), one[:2]) > one[2] / 2 for one in found)
        if apart and red - beside >= LEAST_RIM:
            found.append((round(x), round(y), round(rim)))
    for x, y, rim in found:
        cv2.circle(mark, (x, y), round(OVER_RIM * rim), (0,), -1)
    return [_square(one, mark) for one in found]


def _redness(near: Grey, circle: tuple[float, float, float]) -> float:
    """The share of a circle (x, y, radius) that is red; 0 when less than half of it is seen."""
    x, y, radius = (round(part) for part in circle)
    line = np.zeros_like(near)
    cv2.circle(line, (x, y), radius, (255,), 1)
    seen = cv2.countNonZero(line)
    red = cv2.countNonZero(cv2.bitwise_and(line, near))
    return red / seen if seen > math.pi * radius else 0.0


def _square(circle: tuple[int, int, int], mark: Grey) -> Box:
    x, y, radius = circle
    right, bottom = min(mark.shape[1], x + radius + 1), min(mark.shape[0], y + radius + 1)
    return max(0, x - radius), max(0, y - radius), right, bottom


def _heads(red: Grey) -> Iterator[tuple[Kind, Box]]:
    """Red titles and rules across the upper half; each is taken out of `red`."""
    for box in _boxes(red, max(red.shape) // 25):
        left, _, right, bottom = box
        short, long = _sides(box)
        wide = right - left == long > max(3 * short, 0.3 * red.shape[1])
        if wide and bottom < 0.5 * red.shape[0]:
            yield "redhead", box
            _cut(red, box)[:] = 0


def _small(red: Grey) -> Iterator[tuple[Kind, Box]]:
    """Name chops and fingerprints."""
    for box in _boxes(red, max(red.shape) // 110):
        short, long = _sides(box)
        if LEAST_SIDE <= short / max(red.shape) <= LARGE_SIDE and long <= 1.8 * short:
            outlined, full, boxed = _outline(_cut(red, box))
            pressed = full >= PRESSED_FULL and OVAL[0] < boxed < OVAL[1] and long > 1.1 * short
            framed = boxed >= OVAL[1] or long <= 1.1 * short
            finger = full >= PRESSED_FULL and _at_edge(box, red)
            if outlined >= OUTLINED and (pressed or framed) and not finger:
                yield ("fingerprint" if pressed else "seal"), box


def _boxes(red: Grey, reach: int) -> list[Box]:
    """Boxes around what hangs together over gaps of `reach` pixels, also within a red frame."""
    near = np.ones((max(3, reach), max(3, reach)), np.uint8)
    closed = cv2.morphologyEx(red, cv2.MORPH_CLOSE, near)
    outlines, nested = cv2.findContours(closed, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if not outlines:
        return []
    outer = (one for one, [_, _, _, around] in zip(outlines, nested[0], strict=True) if around < 0)
    sides = (cv2.boundingRect(one) for one in outer)
    return [(left, top, left + width, top + height) for left, top, width, height in sides]


def _cut(red: Grey, box: Box) -> Grey:
    left, top, right, bottom = box
    return red[top:bottom, left:right]


def _sides(box: Box) -> tuple[int, int]:
    left, top, right, bottom = box
    across, down = right - left, bottom - top
    return min(across, down), max(across, down)


def _at_edge(box: Box, red: Grey) -> bool:
    left, top, right, bottom = box
    return min(left, top) <= 1 or right >= red.shape[1] - 1 or bottom >= red.shape[0] - 1


def _scaled(box: Box, scale: float, size: tuple[int, int]) -> Box:
    left, top, right, bottom = (round(side * scale) for side in box)
    return left, top, min(right, size[0]), min(bottom, size[1])


def _outline(mark: Grey) -> tuple[float, float, float]:
    """How much of a mark's convex outline is red, of what it holds, and of its box it holds."""
    if not mark.any():  # a box around what was taken out by now
        return 0.0, 0.0, 0.0
    hull = cv2.convexHull(np.argwhere(mark)[:, ::-1].astype(np.int32))
    line = np.zeros_like(mark)
    cv2.polylines(line, [hull], True, (255,), 1)
    near = cv2.dilate(mark, np.ones((3, 3), np.uint8))
    red = cv2.countNonZero(cv2.bitwise_and(line, near)) / max(1, cv2.countNonZero(line))
    area = max(1.0, float(cv2.contourArea(hull)))
    return red, cv2.countNonZero(mark) / area, area / mark.size
