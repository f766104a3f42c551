"""Photographs on a page, and the captions that belong to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np

from station.layout.columns import are_beside
from station.layout.rules import Mask, View
from station.layout.stance import Span, Spans, around

SIDE_PX = 256
"""Of the picture they are looked for in: writing is grey there, photographs are not."""
DIFFERS = 34
"""A photograph differs from the page's ground by so many grey levels almost everywhere."""
LEAST_SHARE = 0.02
"""Of the page's area."""
MOST_SHARE = 0.8
SOLID = 0.72
"""A photograph fills its rectangle."""
FILLED = 0.4
"""It differs from the ground there: the frame of a table encloses hardly anything that does."""
BELOW_SIZES = 2.5
"""A caption begins at most so many sizes below its picture."""
NEXT_SIZES = 1.1
"""Its further lines follow as closely."""
OFF_MIDDLE = 0.18
"""A caption without a number is centred, within this share of the picture's width."""
NARROWER = 0.97
"""And not as wide as the picture, as the lines of a column are;"""
WIDER = 1.15
"""it may be, where nothing follows."""
NUMBERED = re.compile(r"\s*[(（]?(图|圖|照片|插图|左图|右图|上图|下图)")


class Captioned(NamedTuple):
    """A picture with its caption: the extent of both, and the lines in order."""

    span: Span
    lines: tuple[int, ...]


def pictures(seen: View, found: Spans) -> list[Span]:
    """Where photographs are, in reading coordinates."""
    height, width = seen.darkest.shape
    scale = SIDE_PX / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.blur(cv2.resize(seen.darkest, size, interpolation=cv2.INTER_AREA), (3, 3))
    ground = float(np.median(small))
    differs = (np.abs(small.astype(np.int16) - ground) > DIFFERS).astype(np.uint8)
    for line in found.values():
        ends = np.round(seen.within(np.array([line[:2], line[2:4]])) * scale).astype(int)
        (left, top), (right, bottom) = np.maximum(ends, 0).tolist()
        differs[top : bottom + 1, left : right + 1] = 0
    told = []
    for left, top, wide, high in _solid(differs):
        share = wide * high / small.size
        touches = left == 0 or top == 0 or left + wide == size[0] or top + high == size[1]
        filled = differs[top : top + high, left : left + wide].mean()
        if LEAST_SHARE < share < MOST_SHARE and filled > FILLED and not touches:
            ends = np.array([[left, top], [left + wide, top + high]]) / scale
            told.append(Span(*seen.reading(ends).ravel().tolist()))
    return told


def _solid(differs: Mask) -> Iterator[tuple[int, int, int, int]]:
    """Left, top, width and height of what is closed and fills its rectangle."""
    closed = cv2.morphologyEx(differs, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    solid = cv2.drawContours(np.zeros_like(closed), outlines, -1, (1,), cv2.FILLED)
    solid = cv2.morphologyEx(solid, cv2.MORPH_OPEN, np.ones((13, 13), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(solid)
    for left, top, wide, high, area in stats[1:].tolist():
        if area > SOLID * wide * high:
            yield left, top, wide, high


def captioned(where: Sequence[Span], found: Spans, texts: Sequence[str]) -> list[Captioned]:
    """The pictures that have a caption below them; a line belongs to one picture."""
    taken: set[int] = set()
    told = []
    for picture in where:
        lines = _caption(picture, found, texts, taken)
        if lines:
            taken.update(lines)
            told.append(Captioned(around([picture, *(found[n] for n in lines)]), tuple(lines)))
    return told


def _caption(picture: Span, found: Spans, texts: Sequence[str], taken: set[int]) -> list[int]:
    lines: list[int] = []
    reach, room = picture.bottom, BELOW_SIZES
    below = [
        index
        for index, line in found.items()
        if index not in taken and line.centre > reach and picture.left < line.middle < picture.right
    ]
    below.sort(key=lambda index: found[index].top)
    while below:
        row = [index for index in below if are_beside(found[index], found[below[0]])]
        whole = around([found[index] for index in row])
        last = not any(
            found[n].top < whole.bottom + NEXT_SIZES * whole.size for n in below[len(row) :]
        )
        told = _is_centred(whole, picture, WIDER if last else NARROWER) or (
            not lines and NUMBERED.match(texts[row[0]])
        )
        if whole.top - reach > room * whole.size or not told:
            break
        lines += sorted(row, key=lambda index: found[index].left)
        below = [index for index in below if index not in row]
        reach, room = whole.bottom, NEXT_SIZES
    return lines


def _is_centred(line: Span, picture: Span, widest: float) -> bool:
    middle = abs(line.middle - picture.middle) < OFF_MIDDLE * picture.width
    return middle and line.width < widest * picture.width
