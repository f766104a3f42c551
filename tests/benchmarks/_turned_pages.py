"""Pages turned by a known angle, as a scanner gives them: 12 MP, grey, with all a scanner adds.

Two kinds of page: the genres of tests/pages, and bundles of strokes set in lines, in columns, in a
table, as words, by hand, almost none, with a photograph; these need no typefaces. The angle is
exact: the page is drawn upright and turned once. Black strips stay parallel to the glass.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from tests.pages.fonts import absent
from tests.pages.invent import invented
from tests.pages.layouts import TYPED, WRITTEN
from tests.pages.render import render
from tests.pages.sets import GENRES
from tests.pages.sheet import Sheet

Grey = NDArray[np.uint8]
Generator = np.random.Generator
WIDTH_PX, HEIGHT_PX = 2912, 4120
"""12 MP."""
MARGIN_PX = 290
LAYOUTS = ("lines", "columns", "table", "words", "hand", "few", "mixed")
NEARLY_EMPTY = "nearly-empty"
WITHOUT_TEXT = ("blank", "picture")
RANGE_DEG = 15.0


class Turned(msgspec.Struct, frozen=True, kw_only=True):
    """A scan (HxW uint8 as decoded from `jpeg`) and how far its text is turned clockwise.

    `angle_deg` is None where nothing on the page tells.
    """

    name: str
    kind: str
    jpeg: bytes
    angle_deg: float | None

    @property
    def grey(self) -> Grey:
        """The pixels."""
        packed = np.frombuffer(self.jpeg, np.uint8)
        return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)


def turned_pages(count: int, seed: int) -> Iterator[Turned]:
    """`count` pages, every kind in turn: 60 % within ±15 degrees, the rest within ±4."""
    kinds = LAYOUTS if absent() else (*GENRES, *LAYOUTS, NEARLY_EMPTY)
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        reach = RANGE_DEG if rng.random() < 0.6 else 4.0
        angle = float(rng.uniform(-reach, reach))
        kind = kinds[number % len(kinds)]
        upright = page(rng, kind) if kind in LAYOUTS else drawn_genre(rng, kind, seed + number)
        yield Turned(
            name=f"{number:03d}-{kind}",
            kind=kind,
            jpeg=scanned_jpeg(rng, upright, angle),
            angle_deg=angle,
        )


def pages_without_text(count: int, seed: int) -> Iterator[Turned]:
    """`count` scans of empty sheets and of pictures, on which no angle is right."""
    for number in range(count):
        rng = np.random.default_rng([seed, 7, number])
        kind = WITHOUT_TEXT[number % len(WITHOUT_TEXT)]
        sheet = np.full((HEIGHT_PX, WIDTH_PX), 255, np.uint8)
        if kind == "picture":
            sheet = picture(rng, WIDTH_PX, HEIGHT_PX)
        jpeg = scanned_jpeg(rng, sheet, 0.0)
        yield Turned(name=f"{number:03d}-{kind}", kind=kind, jpeg=jpeg, angle_deg=None)


def drawn_genre(rng: Generator, genre: str, seed: int) -> Grey:
    """A page of tests/pages in grey, on a canvas of 12 MP, whichever way it is longer."""
    if genre == NEARLY_EMPTY:
        sheet = _nearly_empty(rng, seed)
    else:
        sheet = render(invented(genre, seed), seed=seed)  # type: ignore[arg-type]
    grey = np.asarray(cv2.cvtColor(sheet.pixels(), cv2.COLOR_BGR2GRAY), np.uint8)
    height, width = grey.shape
    canvas = np.full((HEIGHT_PX, WIDTH_PX), 255, np.uint8)
    if width > height:
        canvas = np.ascontiguousarray(canvas.T)
    scale = rng.uniform(0.86, 0.97) * min(canvas.shape[1] / width, canvas.shape[0] / height)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    top, left = ((room - side) // 2 for room, side in zip(canvas.shape, small.shape, strict=True))
    canvas[top : top + small.shape[0], left : left + small.shape[1]] = small
    return canvas


def _nearly_empty(rng: Generator, seed: int) -> Sheet:
    """One written line and the number of the page."""
    sheet = Sheet(185.0, 260.0, rng)
    line = invented("minutes", seed).signed[0]
    sheet.write(line, rng.uniform(24, 60), rng.uniform(30, 200), WRITTEN)
    sheet.write(str(rng.integers(1, 99)), 92, 244, TYPED)
    return sheet


def glyph(rng: Generator, size: int, ink: int) -> Grey:
    """A character-like bundle of strokes, size x size, ink on white."""
    cell = np.full((size, size), 255, np.uint8)
    for _ in range(int(rng.integers(3, 8))):
        across = rng.random() < 0.5
        at, start, end = rng.uniform(0.12, 0.88), rng.uniform(0.08, 0.3), rng.uniform(0.6, 0.92)
        slope = rng.normal(0, 0.04) if rng.random() < 0.7 else rng.normal(0, 0.4)
        p, q = (start, at), (end, at + slope)
        if not across:
            p, q = p[::-1], q[::-1]
        ends = [tuple(int(c * size) for c in point) for point in (p, q)]
        cv2.line(cell, ends[0], ends[1], ink, max(1, size // 14), cv2.LINE_AA)
    return cell


def page(rng: Generator, layout: str) -> Grey:
    """An upright page of strokes, HEIGHT_PX x WIDTH_PX."""
    sheet = np.full((HEIGHT_PX, WIDTH_PX), 255, np.uint8)
    size = int(rng.integers(44, 76))
    faint = int(rng.integers(20, 120))
    if layout == "table":
        _rule(sheet, size * 2, faint)
    for number, row in enumerate(_rows(layout, size)):
        if layout == "few" and number not in (3, 4, 9):
            continue
        _write(rng, sheet, layout, row, size, faint)
    if layout == "mixed":
        cv2.circle(sheet, (2100, 3200), 350, 90, 14, cv2.LINE_AA)
        sheet[700:1700, 480:1480] = picture(rng, 1000, 1000)
    return sheet


def _rows(layout: str, size: int) -> range:
    across_px = WIDTH_PX if layout == "columns" else HEIGHT_PX
    return range(MARGIN_PX, across_px - MARGIN_PX, int(size * (2 if layout == "table" else 1.7)))


def _write(rng: Generator, sheet: Grey, layout: str, row: int, size: int, ink: int) -> None:
    """One line of characters, or one column, beginning at the margin."""
    down = layout == "columns"
    length_px = HEIGHT_PX if down else WIDTH_PX
    end = length_px - MARGIN_PX - int(rng.uniform(0, 0.5) * length_px * (rng.random() < 0.25))
    gaps = {"words": 0.18, "table": 0.45}.get(layout, 0.04)
    for at in range(MARGIN_PX, end, int(size * 1.05)):
        if rng.random() < gaps:
            continue
        across = row + (int(rng.normal(0, 0.12 * size)) if layout == "hand" else 0)
        y, x = (at, across) if down else (across, at)
        spot = sheet[y : y + size, x : x + size]
        stamp = glyph(rng, size, ink)
        np.minimum(spot, stamp[: spot.shape[0], : spot.shape[1]], out=spot)


def _rule(sheet: Grey, pitch: int, ink: int) -> None:
    near, far = MARGIN_PX - 20, WIDTH_PX - MARGIN_PX + 20
    for y in range(MARGIN_PX - pitch // 4, HEIGHT_PX - near, pitch):
        cv2.line(sheet, (near, y), (far, y), ink, 3)
    for x in (near, 820, 1290, 2110, far):
        cv2.line(sheet, (x, near), (x, HEIGHT_PX - MARGIN_PX), ink, 3)


def picture(rng: Generator, width: int, height: int) -> Grey:
    """Tones as of a photograph: clouds of every size, the large ones strongest."""
    tones = np.zeros((height, width), np.float32)
    for cells in (3, 8, 20, 60, 180, 500):
        grid = rng.normal(0, 1 / np.sqrt(cells), (cells, cells)).astype(np.float32)
        tones += cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
    spread = 55.0 / max(float(tones.std()), 1e-6)
    return (rng.uniform(90, 170) + spread * tones).clip(5, 250).astype(np.uint8)


def scanned(rng: Generator, sheet: Grey, angle_deg: float) -> Grey:
    """The page turned clockwise by `angle_deg`, with what a scanner or camera adds."""
    packed = np.frombuffer(scanned_jpeg(rng, sheet, angle_deg), np.uint8)
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)


def scanned_jpeg(rng: Generator, sheet: Grey, angle_deg: float) -> bytes:
    """As `scanned`, packed: shading, blur, noise, black strips on every third, JPEG 40 to 95."""
    height, width = sheet.shape
    turn = cv2.getRotationMatrix2D((width / 2 - 0.5, height / 2 - 0.5), -angle_deg, 1.0)
    around = int(rng.choice([255, 235, 30]))
    image = cv2.warpAffine(sheet, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=around)
    y, x = np.mgrid[0:1:64j, 0:1:64j].astype(np.float32)
    light = 1 - 0.35 * rng.random() * np.hypot(x - rng.random(), y - rng.random())
    shaded = image * cv2.resize(light * np.float32(rng.uniform(0.6, 0.92)), (width, height))
    shaded = cv2.GaussianBlur(shaded + 20, (0, 0), rng.uniform(0.5, 2.0))
    shaded += np.float32(rng.uniform(0, 7)) * rng.standard_normal(shaded.shape, np.float32)
    if rng.random() < 0.3:
        strip = int(rng.integers(24, 165))
        shaded[:, :strip] = 12
        shaded[-strip // 2 :] = 8
    quality = int(rng.integers(40, 95))
    clipped = shaded.clip(0, 255).astype(np.uint8)
    return cv2.imencode(".jpg", clipped, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
