"""What stands on a page, before it is laid out."""

from __future__ import annotations

from typing import Literal

import msgspec

Genre = Literal[
    "red-headed", "notice", "minutes", "agreement", "register", "roster", "card", "deed", "blank",
    "typed", "mimeographed", "pencil", "framed", "illustrated", "sparse", "album", "genealogy",
    "old-leaf", "modern-leaf", "slip", "old-spread", "modern-spread", "pair", "slips",
    "bulletin", "old-news", "annotated", "five-tiers", "sidebar", "chapter",
    "form", "spanned", "listing", "official",
]  # fmt: skip


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A ruled table; `widths_mm` has one entry a column, `rows` the cells from top to bottom."""

    heads: tuple[str, ...]
    widths_mm: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """A cell of a form and what stands in it, one line a row; `written` is filled in by hand."""

    row: int
    column: int
    rows: int = 1
    columns: int = 1
    text: str = ""
    written: bool = False
    upright: bool = False
    """Written from top to bottom."""


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """A ruled form or a table with cells that span; `slots` in row order."""

    widths_mm: tuple[float, ...]
    heights_mm: tuple[float, ...]
    slots: tuple[Slot, ...]


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a village archive. What a genre does not use stays empty."""

    genre: Genre
    title: str = ""
    issuer: str = ""
    number: str = ""
    addressee: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    paragraphs: tuple[str, ...] = ()
    table: Table | None = None
    signed: tuple[str, ...] = ()
    date: str = ""
    seals: tuple[str, ...] = ()
    """Words on the round seals, one seal for each."""
    fingers: tuple[str, ...] = ()
    """Names of those who press a thumb beside their name."""
    pictures: tuple[int, ...] = ()
    """Seeds of the photographs on the page, one for each caption in `paragraphs` if an album."""
    generations: tuple[tuple[tuple[str, int], ...], ...] = ()
    """A genealogy: each generation from right to left, a name and the place of its father."""
    form: Form | None = None
    notes: tuple[str, ...] = ()
    """Footnotes, notes between the lines, or who gets a copy."""
    articles: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Headline and paragraphs of each."""
    leaves: tuple[Document, ...] = ()
    """The pages of a spread or the sheets of a group, in reading order."""
