"""A sheet of paper to write on, which remembers every line it was given."""

from __future__ import annotations

import msgspec
import numpy as np
from PIL import Image, ImageChops, ImageDraw

from tests.pages.fonts import font, lacks

DPI = 300
Colour = tuple[int, int, int]
Box = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]

BLACK: Colour = (28, 26, 26)
RED: Colour = (196, 32, 30)
BLUE: Colour = (30, 42, 120)
NEVER_FIRST = "，。、；：？！）》”’〕"
IN_SONG = "，。、；：？！〇"
"""The Kai and Ming faces centre these marks in the Taiwan way, and their 〇 is a dot."""


class Pen(msgspec.Struct, frozen=True, kw_only=True):
    """How characters are written: `unsteady` is the hand's jitter as a share of the size, `strike`
    the spread of blackness from key to key of a typewriter.
    """

    face: str = "song"
    size_pt: float = 16.0
    ink: Colour = BLACK
    unsteady: float = 0.0
    spacing_em: float = 0.0
    strike: float = 0.0


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One written line; `box` holds its ink, TL, TR, BR, BL in page pixels."""

    text: str
    box: Box
    vertical: bool = False
    role: str = "body"


class Square(msgspec.Struct, frozen=True, kw_only=True):
    """A cell of a table, `box` between its rules; `text` in reading order, blanks left out."""

    row: int
    column: int
    rows: int = 1
    columns: int = 1
    text: str
    box: Box


class Grid(msgspec.Struct, frozen=True, kw_only=True):
    """A table or form with its cells in row order."""

    rows: int
    columns: int
    ruled: bool
    cells: tuple[Square, ...]


class Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """A seal or fingerprint; its words are no text lines."""

    kind: str
    text: str
    box: Box


def px(mm: float) -> int:
    """Millimetres on the sheet as page pixels."""
    return round(mm * DPI / 25.4)


class Sheet:
    """White paper of `width_mm` x `height_mm`; `rng` moves the hand that writes."""

    def __init__(self, width_mm: float, height_mm: float, rng: np.random.Generator) -> None:
        self.width_mm, self.height_mm = width_mm, height_mm
        self.image = Image.new("RGB", (px(width_mm), px(height_mm)), (255, 255, 255))
        self.lines: list[Line] = []
        self.stamps: list[Stamp] = []
        self.grids: list[Grid] = []
        self.rng = rng

    def length_mm(self, text: str, pen: Pen) -> float:
        """Width of `text` when written on one line."""
        return sum(self._advance(character, pen) for character in text) * 25.4 / DPI

    def write(
        self, text: str, x_mm: float, y_mm: float, pen: Pen, *,
        align: str = "left", role: str = "body",
    ) -> None:  # fmt: skip
        """Write one line whose characters' top is at `y_mm`; `align` says what `x_mm` is."""
        shift = {"left": 0.0, "centre": 0.5, "right": 1.0}[align]
        x, y = px(x_mm - shift * self.length_mm(text, pen)), px(y_mm)
        inked = []
        for character in text:
            if not character.isspace():
                inked.append(self._glyph(character, x, y, pen))
            x += round(self._advance(character, pen))
        self._remember(text, inked, vertical=False, role=role)

    def column(self, text: str, x_mm: float, y_mm: float, pen: Pen, *, role: str = "body") -> None:
        """Write one column downwards; `x_mm` is its left edge."""
        x, y = px(x_mm), px(y_mm)
        inked = []
        step = round(_size_px(pen) * (1 + pen.spacing_em))
        for character in text:
            if not character.isspace():
                inked.append(self._glyph(character, x, y, pen))
            y += step
        self._remember(text, inked, vertical=True, role=role)

    def paragraph(
        self, text: str, x_mm: float, y_mm: float, width_mm: float, pen: Pen, *,
        leading: float, role: str = "body",
    ) -> float:  # fmt: skip
        """Write `text` in lines of at most `width_mm`; `leading` in sizes. Gives the y below."""
        for line in self.broken(text, width_mm, pen):
            indent = len(line) - len(line.lstrip("　"))
            at_mm = x_mm + self.length_mm("　" * indent, pen)
            self.write(line.lstrip("　"), at_mm, y_mm, pen, role=role)
            y_mm += pen.size_pt * leading * 25.4 / 72
        return y_mm

    def broken(self, text: str, width_mm: float, pen: Pen) -> list[str]:
        """Break `text` into lines; a line never starts with a closing mark (GB/T 15834)."""
        lines, line = [], ""
        for character in text:
            full = self.length_mm(line + character, pen) > width_mm
            if full and character not in NEVER_FIRST:
                lines.append(line)
                line = ""
            line += character
        return [*lines, line] if line else lines

    def rule(
        self, x1: float, y1: float, x2: float, y2: float, *, mm: float = 0.3, ink: Colour = BLACK
    ) -> None:
        """Draw a straight line between two points in millimetres."""
        ends = (px(x1), px(y1), px(x2), px(y2))
        ImageDraw.Draw(self.image).line(ends, fill=ink, width=max(1, px(mm)))

    def press(self, mark: Image.Image, x_mm: float, y_mm: float, *, kind: str, text: str) -> None:
        """Print a translucent mark with its top left corner there, over what is written."""
        left, top = px(x_mm), px(y_mm)
        below = self.image.crop((left, top, left + mark.width, top + mark.height))
        self.image.paste(ImageChops.multiply(below, mark), (left, top))
        box = _box(left, top, left + mark.width, top + mark.height)
        self.stamps.append(Stamp(kind=kind, text=text, box=box))

    def tell(
        self, cells: list[tuple[tuple[int, int, int, int], str]], xs: list[float], ys: list[float],
        *, ruled: bool = True,
    ) -> None:  # fmt: skip
        """Remember a table between the edges `xs` and `ys` in mm: (row, column, rows, columns) and
        text of each cell in row order.
        """
        squares = tuple(
            Square(
                row=row, column=column, rows=rows, columns=columns, text="".join(text.split()),
                box=_box(px(xs[column]), px(ys[row]), px(xs[column + columns]), px(ys[row + rows])),
            )
            for (row, column, rows, columns), text in cells
        )  # fmt: skip
        self.grids.append(Grid(rows=len(ys) - 1, columns=len(xs) - 1, ruled=ruled, cells=squares))

    def place(self, picture: Image.Image, x_mm: float, y_mm: float) -> None:
        """Paste an opaque picture with its top left corner there."""
        self.image.paste(picture, (px(x_mm), px(y_mm)))

    def pixels(self) -> np.ndarray:
        """Give the sheet as BGR uint8, height x width x 3."""
        return np.ascontiguousarray(np.asarray(self.image)[:, :, ::-1])

    def _advance(self, character: str, pen: Pen) -> float:
        size = _size_px(pen)
        return font(pen.face, size).getlength(character) + size * pen.spacing_em

    def _glyph(self, character: str, x: int, y: int, pen: Pen) -> tuple[int, int, int, int]:
        size = _size_px(pen)
        turn_deg = 0.0
        if pen.unsteady:
            dx, dy, turn = self.rng.normal(0.0, pen.unsteady, 3)
            x, y, turn_deg = x + round(dx * size), y + round(dy * size), float(turn * 60)
        stencil = Image.new("L", (size * 2, size * 2), 0)
        draw = ImageDraw.Draw(stencil)
        face = "song" if character in IN_SONG else pen.face
        if lacks(face, character):
            raise ValueError(f"{face} has no {character!r}: the truth would not be what is seen")
        # Baselines, since the faces' ascenders differ.
        foot = (size // 2, size // 2 + round(0.86 * size))
        draw.text(foot, character, fill=255, font=font(face, size), anchor="ls")
        if turn_deg:
            stencil = stencil.rotate(turn_deg, Image.Resampling.BICUBIC)
        if pen.strike:
            force = float(np.clip(1 - abs(self.rng.normal(0, pen.strike)), 0.3, 1))
            stencil = stencil.point(lambda value: round(value * force))
        at = (x - size // 2, y - size // 2)
        self.image.paste(pen.ink, at, stencil)
        left, top, right, bottom = stencil.getbbox() or (0, 0, 1, 1)
        return at[0] + left, at[1] + top, at[0] + right, at[1] + bottom

    def _remember(
        self, text: str, inked: list[tuple[int, int, int, int]], *, vertical: bool, role: str
    ) -> None:
        if not inked:
            return
        lefts, tops, rights, bottoms = zip(*inked, strict=True)
        box = _box(min(lefts), min(tops), max(rights), max(bottoms))
        plain = "".join(text.split())
        self.lines.append(Line(text=plain, box=box, vertical=vertical, role=role))


def _size_px(pen: Pen) -> int:
    return round(pen.size_pt * DPI / 72)


def _box(left: float, top: float, right: float, bottom: float) -> Box:
    """Edges between pixels, in coordinates where whole numbers are pixel centres (as OpenCV)."""
    left, top, right, bottom = left - 0.5, top - 0.5, right - 0.5, bottom - 0.5
    return ((left, top), (right, top), (right, bottom), (left, bottom))
