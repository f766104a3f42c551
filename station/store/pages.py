"""The reading side: a frame is attempted, then it is a page, a failure, or set aside."""

from __future__ import annotations

import msgspec

from firmware_config.errors import UsageError
from station.model import Frame, Line, Noun, Page, Quad, Quality, Text
from station.store.folding import folded, printable
from station.store.opening import Row, Store
from station.store.search import add_to_index

ATTEMPTS = 3
"""A frame that killed the reader so many times is set aside."""


class Reading(Noun, frozen=True, kw_only=True):
    """All that is known of one frame. `unread` says why there is no page, or is empty."""

    seq: int
    frame: Frame
    page: Page | None
    text: Text | None
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


def begin_attempt(store: Store, frame: Frame) -> int:
    """Write down, before the work, that it begins; the how manieth attempt this is."""
    with store.transaction():
        seq = _seq(store, frame.item, frame.shot)
        nth: int = store.value("select count(*) + 1 from attempt where frame = ?", seq)
        now = store.clock.now().wall
        store.run("insert into attempt (frame, nth, at) values (?, ?, ?)", seq, nth, now)
    return nth


def add_page(store: Store, page: Page, text: Text | None) -> None:
    """Add what was read from a frame; its text can be found from the same instant.

    `page.image` is in the spool already, or "" without one. A frame that has its page keeps it.
    Raises UsageError for an unknown frame, StorageError when the image is not in the spool.
    """
    image_bytes = store.spool.size(page.image) if page.image else 0
    with store.transaction():
        seq = _seq(store, page.item, page.shot)
        if store.row("select 1 from page where frame = ?", seq):
            return
        if page.image:
            store.run(
                "insert or ignore into blob (digest, kind, size_bytes) values (?, 'page', ?)",
                *(page.image, image_bytes),
            )
        _insert_page(store, seq, page)
        if text is not None:
            _insert_text(store, seq, text)


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
        " order by shot desc limit 1",
        *(item, before_shot),
    )
    return found or b""


def readings(store: Store, item: int) -> list[Reading]:
    """Everything known of an item's frames, in the order of their shots."""
    rows = store.rows(
        "select f.seq, message, attempts, quad, skew_deg, quality, image, width_px, height_px,"
        " fingerprint, seconds, lines, engine, model, f.item, f.shot, f.digest, f.size_bytes,"
        " f.media_type, f.source, f.supersedes"
        " from frame as f left join page on page.frame = f.seq left join text on text.frame = f.seq"
        " left join failure on failure.frame = f.seq left join set_aside on set_aside.frame = f.seq"
        " where item = ? order by shot",
        item,
    )
    return [_reading(row) for row in rows]


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
        "insert into page (frame, image, width_px, height_px, quad, skew_deg, quality,"
        " fingerprint, seconds) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(seq, page.image, page.width_px, page.height_px, _json(page.quad), page.skew_deg),
        *(_json(page.quality), page.fingerprint, _json(page.seconds)),
    )


def _insert_text(store: Store, seq: int, text: Text) -> None:
    lines = tuple(msgspec.structs.replace(line, text=printable(line.text)) for line in text.lines)
    plain = folded("\n".join(line.text for line in lines))
    store.run(
        "insert into text (frame, engine, model, lines, folded) values (?, ?, ?, ?, ?)",
        *(seq, text.engine, text.model, _json(lines), plain),
    )
    add_to_index(store, seq, plain)


def _frame(columns: list[object] | Row) -> Frame:
    names = ("item", "shot", "digest", "size_bytes", "media_type", "source", "supersedes")
    return msgspec.convert(dict(zip(names, columns, strict=True)), Frame)


def _reading(row: Row) -> Reading:
    seq, message, attempts, quad, skew_deg, quality, *rest = row
    image, width_px, height_px, fingerprint, seconds, lines, engine, model, *columns = rest
    frame = _frame(columns)
    page = text = None
    if image is not None:
        page = Page(
            item=frame.item,
            shot=frame.shot,
            quad=msgspec.json.decode(quad, type=Quad | None),
            skew_deg=skew_deg,
            quality=msgspec.json.decode(quality, type=Quality),
            image=image,
            width_px=width_px,
            height_px=height_px,
            fingerprint=fingerprint,
            seconds=msgspec.json.decode(seconds, type=dict[str, float]),
        )
    if lines is not None:
        read = msgspec.json.decode(lines, type=tuple[Line, ...])
        text = Text(lines=read, engine=engine, model=model)
    aside = f"set aside after {attempts} attempts" if attempts else ""
    unread = "" if page else message or aside
    return Reading(seq=seq, frame=frame, page=page, text=text, unread=unread)


def _json(value: object) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()
