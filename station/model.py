"""The nouns of the station: frozen values, no IO. Chinese terms in docs/format.md."""

from __future__ import annotations

import enum
from typing import Literal

import msgspec

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]
"""Corners TL, TR, BR, BL in pixels."""

Reason = Literal[
    "no-page",
    "cut",
    "blurred",
    "dark",
    "bright",
    "glare",
    "uneven-light",
    "hand",
    "blank",
    "same",
    "low-dpi",
    "several",
    "cradle-moved",
]
Verdict = Literal["good", "check", "bad"]
Role = Literal["body", "heading", "note", "caption", "page-number", "running-head", "seal"]
"""What a line is on its page. Only the body, headings and notes are the text itself."""


class Noun(msgspec.Struct, frozen=True, kw_only=True):
    """A frozen value."""


class PressKind(enum.StrEnum):
    """What one act of the operator asks for."""

    PAGE = "page"
    NEXT_ITEM = "next-item"
    CLOSE_BATCH = "close-batch"
    RETAKE = "retake"
    BLANK = "blank"
    POWER_OFF = "power-off"


class Press(Noun, frozen=True, kw_only=True):
    """One act of the operator; `at_s` is CLOCK_MONOTONIC of the contact."""

    kind: PressKind
    at_s: float


class Signal(enum.StrEnum):
    """What the operator is told, by light, sound and voice together (never colour alone)."""

    READY = "ready"
    HOLD = "hold"
    SAVED = "saved"
    AGAIN = "again"
    SAME = "same"
    DECIDE = "decide"
    NOT_SAVED = "not-saved"
    WAIT = "wait"
    OFF = "off"


class Exposure(Noun, frozen=True, kw_only=True):
    """What a camera gives for one press: the encoded picture exactly as it came."""

    data: bytes
    media_type: str
    source: str


class Frame(Noun, frozen=True, kw_only=True):
    """One exposure kept. Identity is (item, shot); the digest is its content.

    `supersedes` is the shot of the same item that this retake replaces.
    """

    item: int
    shot: int
    digest: str
    size_bytes: int
    media_type: str
    source: str
    supersedes: int | None = None


class Quality(Noun, frozen=True, kw_only=True):
    """The judgement of one page: a verdict, reasons from the fixed list, and the numbers.

    `sure` are those of the reasons that are beyond doubt. bad: take it again; a sure reason can be
    mended by that. check: a person should look. good: no reason at all.
    """

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    sure: tuple[Reason, ...] = ()
    numbers: dict[str, float] = {}


class Glance(Noun, frozen=True, kw_only=True):
    """What a look at a frame says before the page is turned.

    `fingerprint` goes to the next look as the page before; `seconds` has each of its steps.
    """

    quality: Quality
    fingerprint: bytes = b""
    seconds: dict[str, float] = {}


class Line(Noun, frozen=True, kw_only=True):
    """One line of text; `box` in pixels of the page image, TL, TR, BR, BL of the writing.

    `score` is the recogniser's own, 0 to 1. `certainty` has, for each character of `text`, the
    chance in percent that it is right, calibrated on pages with known text; empty when unknown.
    `hand` is handwriting: read as well as it can be, never certain.
    """

    text: str
    score: float
    box: Quad
    certainty: tuple[int, ...] = ()
    hand: bool = False
    role: Role = "body"


class Cell(Noun, frozen=True, kw_only=True):
    """A cell of a grid; rows and columns count from 0. `lines` are indices into `Text.lines`."""

    row: int
    column: int
    rows: int = 1
    columns: int = 1
    lines: tuple[int, ...] = ()


class Grid(Noun, frozen=True, kw_only=True):
    """A table or form on a page: its cells in row order, `box` in pixels of the page image."""

    box: Quad
    rows: int
    columns: int
    cells: tuple[Cell, ...]


class Text(Noun, frozen=True, kw_only=True):
    """The lines read from a page, in reading order, and who read them.

    `tried` are the ways in which a page that read badly was read again; `needs_person` says that
    it still reads badly after all of them (需人工).
    """

    lines: tuple[Line, ...]
    engine: str
    model: str
    grids: tuple[Grid, ...] = ()
    tried: tuple[str, ...] = ()
    needs_person: bool = False

    @property
    def plain(self) -> str:
        """The lines, one a row, but for seals: their words are no part of the text."""
        return "\n".join(line.text for line in self.lines if line.role != "seal")


class Page(Noun, frozen=True, kw_only=True):
    """One written side, found, straightened and judged.

    `part` counts from 0, in reading order, where a frame shows several pages. `quad` is in pixels
    of the frame after its EXIF orientation, or None when the frame is kept whole. `skew_deg` is
    how far the text in the frame is turned clockwise. `image` is the digest of the straightened
    page (a derivative); `steps` are what made it from the frame, `restored` is the digest of what
    was made of it for reading, or "", and `restored_by` what was done to it. `fingerprint`
    serves the comparison with the next.
    """

    item: int
    shot: int
    part: int = 0
    quad: Quad | None
    skew_deg: float
    quality: Quality
    image: str
    width_px: int
    height_px: int
    fingerprint: bytes = b""
    seconds: dict[str, float] = {}
    steps: tuple[str, ...] = ()
    restored: str = ""
    restored_by: tuple[str, ...] = ()
