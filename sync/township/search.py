"""Finding records by the words on their pages, in their titles and codes.

A word of one, two or more characters is found wherever it stands, also across the end of a
line, because folded text is compared as it is: no tokenizer, no false miss.
"""

from __future__ import annotations

import msgspec

from firmware_config.errors import InputError, UsageError
from sync.township.database import Database
from sync.township.folding import folded
from sync.township.ledger import Ledger
from sync.wire import Count

LINE_CHARACTERS = 40


class LineOfText(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a page."""

    text: str


class TextOfPage(msgspec.Struct, frozen=True, kw_only=True):
    """The lines of a page."""

    lines: list[LineOfText] = []


class PageOfRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What is searched of a page; one that could not be read has no text."""

    number: Count
    shot: Count = 0
    text: TextOfPage | None = None


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What is searched of a record document."""

    pages: list[PageOfRecord]


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A page that holds all words, or a record (page None) whose code and title do.

    `line` is the first line with the first of the words.
    """

    station: str
    code: str
    title: str
    page: int | None
    line: str


def index(ledger: Ledger, digest: str, document: bytes) -> None:
    """Make the pages of a record document findable. Raises InputError when it is none."""
    try:
        pages = msgspec.json.decode(document, type=Document).pages
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"record document {digest}: {error}") from error
    for page in pages:
        lines = page.text.lines if page.text else []
        text = "\n".join(line.text for line in lines)
        ledger.add_page(digest, page.number, page.shot, text=text)


def search(database: Database, words: str, limit: int = 20) -> list[Hit]:
    """Records and pages with all of `words` (separated by white space), newest first.

    Raises UsageError without a word.
    """
    wanted = [part for word in words.split() for part in folded(word).split()]
    if not wanted:
        raise UsageError("search needs a word", hint="请输入要查找的字词。")
    rows = database.read(
        "SELECT station, code, title, NULL AS page, title AS text, records.rowid AS age"
        f" FROM records WHERE {_holds('records.folded', wanted)}"
        " UNION ALL SELECT station, code, title, number, text, records.rowid"
        f" FROM pages JOIN records USING (sha256) WHERE {_holds('pages.folded', wanted)}"
        " ORDER BY age DESC, page LIMIT ?",
        *wanted,
        *wanted,
        limit,
    )
    return [
        Hit(
            station=row["station"],
            code=row["code"],
            title=row["title"],
            page=row["page"],
            line=_line_with(row["text"], wanted[0]),
        )
        for row in rows
    ]


def _holds(column: str, wanted: list[str]) -> str:
    return " AND ".join([f"instr({column}, ?) > 0"] * len(wanted))


def _line_with(text: str, word: str) -> str:
    lines = text.split("\n")
    return next((line for line in lines if word in folded(line)), lines[0])[:LINE_CHARACTERS]
