"""The reading side: a frame is attempted, then it is a page, a failure, or set aside."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from firmware_config.errors import UsageError
from station.model import Frame, Noun, Page, Text
from station.store import texts
from station.store.folding import printable
from station.store.opening import Row, Store

ATTEMPTS = 3
"""A frame that killed the reader so many times is set aside."""


SAID = ("quad", "quality", "seconds", "steps", "restored_by")
"""Columns of a page that hold JSON."""
PAGES = """
select f.seq, item, shot, part, image, width_px, height_px, skew_deg, fingerprint, restored,
    quad, quality, seconds, steps, restored_by,
    lines, grids, tried, engine, model, needs_person
    from frame as f join page on page.frame = f.seq
    left join text on text.id = (select max(id) from text where text.page = page.id)
    where item = ? order by shot, part
"""


class Reading(Noun, frozen=True, kw_only=True):
    """All that is known of one frame: a page for each of its parts, and their latest texts.

    `unread` says why there is no page, or is empty.
    """

    seq: int
    frame: Frame
    pages: tuple[tuple[Page, Text | None], ...]
    unread: str


def next_to_read(store: Store, *, item: int | None = None) -> Frame | None:
    """The oldest frame that waits, of `item` or of all; None when all is read.

    One reader at a time: a frame that comes up here with three attempts behind it has killed
    the reader in each, so it is set aside and the next one is given.
    """
    while True:
        row = _waiting(store, item)
        if row is None:
            return None
        seq, attempts, *columns = row
        if attempts < ATTEMPTS:
            return _frame(columns)
        store.run("insert or ignore into set_aside (frame, attempts) values (?, ?)", seq, attempts)


def any_to_read(store: Store) -> bool:
    """Whether a frame waits to be read."""
    return store.row("select 1 from to_read limit 1") is not None


def begin_attempt(store: Store, frame: Frame) -> int:
    """Write down, before the work, that it begins; the how manieth attempt this is."""
    with store.transaction():
        seq = _seq(store, frame.item, frame.shot)
        nth: int = store.value("select count(*) + 1 from attempt where frame = ?", seq)
        now = store.clock.now().wall
        store.run("insert into attempt (frame, nth, at) values (?, ?, ?)", seq, nth, now)
    return nth


def add_pages(store: Store, found: Sequence[tuple[Page, Text | None]]) -> None:
    """Add all pages of one frame, with their texts; these can be found from the same instant.

    The images are in the spool already, or "" without one. A frame that has its pages keeps
    them. Raises UsageError for an unknown frame, StorageError when an image is not in the spool.
    """
    sizes = {
        digest: store.spool.size(digest)
        for page, _ in found
        for digest in (page.image, page.restored)
        if digest
    }
    with store.transaction():
        seq = _seq(store, found[0][0].item, found[0][0].shot)
        if store.row("select 1 from page where frame = ?", seq):
            return
        for digest, size_bytes in sizes.items():
            store.run(
                "insert or ignore into blob (digest, kind, size_bytes) values (?, 'page', ?)",
                *(digest, size_bytes),
            )
        for page, text in found:
            _insert_page(store, seq, page)
            if text is not None:
                texts.insert(store, store.value("select last_insert_rowid()"), text)


def add_failure(store: Store, frame: Frame, message: str) -> None:
    """The frame cannot be decoded: kept, shown, and not tried again."""
    seq = _seq(store, frame.item, frame.shot)
    sql = "insert or ignore into failure (frame, message) values (?, ?)"
    store.run(sql, seq, printable(message))


def last_fingerprint(store: Store, item: int, before_shot: int) -> bytes:
    """The fingerprint of the page before this shot, superseded ones left out; b"" without one."""
    found: bytes | None = store.value(
        "select fingerprint from frame as f join page on page.frame = f.seq"
        " where item = ? and shot < ? and not exists"
        " (select 1 from frame where item = f.item and supersedes = f.shot)"
        " order by shot desc, part limit 1",
        *(item, before_shot),
    )
    return found or b""


def readings(store: Store, item: int) -> list[Reading]:
    """Everything known of an item's frames, in the order of their shots."""
    found: dict[int, list[tuple[Page, Text | None]]] = {}
    for seq, *columns in store.rows(PAGES, item):
        found.setdefault(seq, []).append(_page_and_text(columns))
    rows = store.rows(
        "select seq, message, attempts, item, shot, digest, size_bytes, media_type, source,"
        " supersedes from frame as f left join failure on failure.frame = f.seq"
        " left join set_aside on set_aside.frame = f.seq where item = ? order by shot",
        item,
    )
    return [_reading(row, tuple(found.get(row[0], ()))) for row in rows]


def _waiting(store: Store, item: int | None) -> Row | None:
    columns = (
        "select seq, attempts, frame.item, shot, digest, size_bytes, media_type, source, supersedes"
        " from to_read join frame on frame.seq = to_read.frame"
    )
    if item is None:
        return store.row(f"{columns} order by to_read.frame limit 1")
    return store.row(f"{columns} where to_read.item = ? order by to_read.frame limit 1", item)


def _seq(store: Store, item: int, shot: int) -> int:
    seq: int | None = store.value("select seq from frame where item = ? and shot = ?", item, shot)
    if seq is None:
        raise UsageError(f"item {item} has no shot {shot}")
    return seq


def _insert_page(store: Store, seq: int, page: Page) -> None:
    store.run(
        "insert into page (frame, part, image, width_px, height_px, quad, skew_deg, quality,"
        " fingerprint, seconds, steps, restored, restored_by)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(seq, page.part, page.image, page.width_px, page.height_px, _json(page.quad)),
        *(page.skew_deg, _json(page.quality), page.fingerprint, _json(page.seconds)),
        *(_json(page.steps), page.restored, _json(page.restored_by)),
    )


def _frame(columns: list[object] | Row) -> Frame:
    names = ("item", "shot", "digest", "size_bytes", "media_type", "source", "supersedes")
    return msgspec.convert(dict(zip(names, columns, strict=True)), Frame)


def _reading(row: Row, found: tuple[tuple[Page, Text | None], ...]) -> Reading:
    seq, message, attempts, *columns = row
    aside = f"set aside after {attempts} attempts" if attempts else ""
    return Reading(
        seq=seq, frame=_frame(columns), pages=found, unread="" if found else message or aside
    )


def _page_and_text(columns: list[object]) -> tuple[Page, Text | None]:
    plain, said, read = columns[:9], columns[9:14], columns[14:]
    names = ("item", "shot", "part", "image", "width_px", "height_px", "skew_deg", "fingerprint")
    values = dict(zip((*names, "restored"), plain, strict=True))
    for name, value in zip(SAID, said, strict=True):
        values[name] = msgspec.json.decode(str(value))
    return msgspec.convert(values, Page), texts.of_columns(read)


def _json(value: object) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()
