"""Pages with their lines in the true order, as an engine would give them: perfect, loose, noisy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np

from station.model import Line, Point, Quad
from tests.pages.document import Genre
from tests.pages.invent import invented
from tests.pages.render import render
from tests.pages.sheet import Grid, Sheet
from tests.pages.sheet import Line as Written

VERTICAL: tuple[Genre, ...] = (
    "deed", "genealogy", "old-leaf", "old-news", "annotated", "five-tiers",
)  # fmt: skip
MODERN: tuple[Genre, ...] = (
    "red-headed", "roster", "minutes", "agreement", "card", "notice", "register", "typed",
    "mimeographed", "album", "framed", "illustrated", "modern-leaf", "slip",
    "bulletin", "sidebar", "chapter", "form", "spanned", "listing", "official",
)  # fmt: skip
SCALE = 2 / 3
"""Of the sheet's 300 dots an inch: a page of a camera of 12 megapixels has about 200."""


class Laid(NamedTuple):
    """A page image with its lines in the true order, and its tables in its own pixels."""

    genre: Genre
    image: np.ndarray
    lines: list[Line]
    grids: tuple[Grid, ...]


def pages(seed: int, each: int) -> Iterator[Laid]:
    """`each` pages of every genre that has writing on it."""
    for place, genre in enumerate(MODERN + VERTICAL):
        for n in range(each):
            own = seed * 10_000 + place * 100 + n
            yield _laid(genre, render(invented(genre, own), seed=own))


def loosened(page: Laid, rng: np.random.Generator) -> Laid:
    """Every box moved by 8 % and stretched by 5 % of its lesser side."""
    return page._replace(lines=[_shaken(line, rng) for line in page.lines])


def noisy(page: Laid, rng: np.random.Generator) -> Laid:
    """As an engine's: loose, one line in ten in two boxes, one in thirty missing, the page turned
    by up to a degree and a half and bowed by up to 1 % of its height."""
    lines = [part for line in loosened(page, rng).lines for part in _broken(line, rng)]
    height, width = page.image.shape[:2]
    angle = float(np.radians(rng.uniform(-1.5, 1.5)))
    bow_px = float(rng.uniform(-0.01, 0.01)) * height
    image = _bent(page.image, angle, bow_px)
    moved = [_moved(line, (width, height), angle, bow_px) for line in lines]
    return page._replace(image=image, lines=moved)


def _laid(genre: Genre, sheet: Sheet) -> Laid:
    image = cv2.resize(sheet.pixels(), None, fx=SCALE, fy=SCALE, interpolation=cv2.INTER_AREA)
    return Laid(genre, image, [_line(one) for one in sheet.lines], tuple(sheet.grids))


def _line(written: Written) -> Line:
    corners = [(x * SCALE, y * SCALE) for x, y in written.box]
    return Line(text=written.text, score=1.0, box=_quad(corners), role=_known(written.role))


def _known(role: str):  # type: ignore[no-untyped-def]
    return role


def _quad(points) -> Quad:  # type: ignore[no-untyped-def]
    a, b, c, d = ((float(x), float(y)) for x, y in points)
    return a, b, c, d


def _replaced(line: Line, text: str, box: Quad) -> Line:
    return Line(text=text, score=line.score, box=box, role=line.role)


def _ends(line: Line) -> tuple[float, float, float, float]:
    (left, top), _, (right, bottom), _ = line.box
    return left, top, right, bottom


def _rectangle(left: float, top: float, right: float, bottom: float) -> Quad:
    corners: list[Point] = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return _quad(corners)


def _shaken(line: Line, rng: np.random.Generator) -> Line:
    left, top, right, bottom = _ends(line)
    lesser = min(right - left, bottom - top)
    dx, dy = rng.normal(0, 0.08, 2) * lesser
    grow_x, grow_y = rng.normal(0, 0.05, 2) * lesser
    box = _rectangle(
        left + dx - grow_x, top + dy - grow_y, right + dx + grow_x, bottom + dy + grow_y
    )
    return _replaced(line, line.text, box)


def _broken(line: Line, rng: np.random.Generator) -> list[Line]:
    fate = rng.random()
    if fate < 1 / 30:
        return []
    if fate > 0.9 and len(line.text) > 3:
        cut = int(rng.integers(1, len(line.text)))
        left, top, right, bottom = _ends(line)
        share = cut / len(line.text)
        if bottom - top > right - left:
            at = top + share * (bottom - top)
            boxes = ((left, top, right, at - 1), (left, at + 1, right, bottom))
        else:
            at = left + share * (right - left)
            boxes = ((left, top, at - 1, bottom), (at + 1, top, right, bottom))
        texts = (line.text[:cut], line.text[cut:])
        return [_replaced(line, t, _rectangle(*b)) for t, b in zip(texts, boxes, strict=True)]
    return [line]


def _bend(points: np.ndarray, size: tuple[int, int], angle: float, bow_px: float) -> np.ndarray:
    """Where points of the flat page are seen."""
    width, height = size
    middle = np.array([width / 2, height / 2])
    across = (points[..., 0] - middle[0]) / middle[0]
    bowed = points + np.stack([np.zeros_like(across), bow_px * (1 - across**2)], axis=-1) - middle
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    seen: np.ndarray = bowed @ turn + middle
    return seen


def _bent(image: np.ndarray, angle: float, bow_px: float) -> np.ndarray:
    height, width = image.shape[:2]
    xs, ys = np.meshgrid(np.arange(width), np.arange(height))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.array([width / 2, height / 2])
    flat = (np.stack([xs, ys], axis=-1) - middle) @ turn + middle
    across = (flat[..., 0] - middle[0]) / middle[0]
    flat[..., 1] -= bow_px * (1 - across**2)
    at = flat.astype(np.float32)
    return cv2.remap(
        image, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def _moved(line: Line, size: tuple[int, int], angle: float, bow_px: float) -> Line:
    seen = _bend(np.array(line.box), size, angle, bow_px)
    return _replaced(line, line.text, _quad(seen))
