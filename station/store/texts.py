"""The texts of a page: one from each reading of it, all kept; the latest is the one that counts.

A page is read again by better weights, and no reading is sure to be the better in every word: so
search finds what any of them found.
"""

from __future__ import annotations

import msgspec

from firmware_config.errors import UsageError
from station.model import Grid, Line, Noun, Text
from station.store.folding import folded, printable
from station.store.opening import Row, Store
from station.store.search import add_to_index

ATTEMPTS = 3
"""A page at whose re-reading the process died so many times keeps the text it has."""
WAITS = """
select page.id, item, shot, part, image, ifnull(text.model, '')
    from page join frame as f on f.seq = page.frame
    left join text on text.id = (select max(id) from text where text.page = page.id)
    where page.id > ? and image <> '' and text.model is not ?
    and not exists (select 1 from frame where item = f.item and supersedes = f.shot)
    and (select count(*) from rereading where page = page.id and model = ?) < ?
    order by page.id limit 1
"""


class Old(Noun, frozen=True, kw_only=True):
    """A page whose latest text is by other weights, `model`, or that has none ("").

    `page` is its number in the database, `image` the digest of the straightened page.
    """

    page: int
    item: int
    shot: int
    part: int
    image: str
    model: str


def next_old(store: Store, model: str, *, after: int = 0) -> Old | None:
    """The first page beyond number `after` that `model` has not read; None when there is no more.

    Left out are pages that a retake replaced, pages without an image, and those at which three
    attempts with this model have ended badly.
    """
    row = store.row(WAITS, after, model, model, ATTEMPTS)
    return None if row is None else Old(**dict(zip(Old.__struct_fields__, row, strict=True)))


def begin_again(store: Store, page: int, model: str) -> None:
    """Write down, before the work, that `model` now reads this page again."""
    store.run(
        "insert into rereading (page, model, nth, at) select ?, ?, count(*) + 1, ?"
        " from rereading where page = ? and model = ?",
        *(page, model, store.clock.now().wall, page, model),
    )


def add_again(store: Store, page: int, text: Text) -> None:
    """Add what a later reading of the page gave; it counts from now on, the earlier ones stay.

    Raises UsageError for an unknown page.
    """
    with store.transaction():
        if store.row("select 1 from page where id = ?", page) is None:
            raise UsageError(f"there is no page {page}")
        insert(store, page, text)


def readings_of(store: Store, item: int, shot: int, part: int = 0) -> list[Text]:
    """All texts of one page, the latest last."""
    rows = store.rows(
        "select lines, grids, tried, engine, model, needs_person from frame"
        " join page on page.frame = frame.seq join text on text.page = page.id"
        " where item = ? and shot = ? and part = ? order by text.id",
        *(item, shot, part),
    )
    return [text for row in rows if (text := of_columns(row))]


def insert(store: Store, page: int, text: Text) -> None:
    """Add a text to its page and to the index, within the caller's transaction."""
    lines = tuple(_printable(line) for line in text.lines)
    plain = folded("\n".join(line.text for line in lines))
    earlier = store.rows("select folded from text where page = ?", page)
    store.run(
        "insert into text (page, engine, model, lines, folded, grids, tried, needs_person)"
        " values (?, ?, ?, ?, ?, ?, ?, ?)",
        *(page, text.engine, text.model, _json(lines), plain),
        *(_json(text.grids), _json(text.tried), text.needs_person),
    )
    add_to_index(store, page, plain, earlier=[known for (known,) in earlier])


def of_columns(columns: list[object] | Row) -> Text | None:
    """The text of lines, grids, tried, engine, model, needs_person as stored; None of nulls."""
    lines, grids, tried, engine, model, needs_person = columns
    if lines is None:
        return None
    return Text(
        lines=msgspec.json.decode(str(lines), type=tuple[Line, ...]),
        engine=str(engine),
        model=str(model),
        grids=msgspec.json.decode(str(grids), type=tuple[Grid, ...]),
        tried=msgspec.json.decode(str(tried), type=tuple[str, ...]),
        needs_person=bool(needs_person),
    )


def _printable(line: Line) -> Line:
    """A line that UTF-8 can hold; where that changes its characters, their certainty is unknown."""
    text = printable(line.text)
    if text == line.text:
        return line
    return msgspec.structs.replace(line, text=text, certainty=())


def _json(value: object) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()
