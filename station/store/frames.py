"""The capture side: what the operator does becomes a fact before the lamp says so."""

from __future__ import annotations

import msgspec

from firmware_config.errors import UsageError
from firmware_config.schema import Fonds
from station import archival_code
from station.model import Exposure, Frame, Noun
from station.store import journal
from station.store.folding import folded, printable
from station.store.opening import Store


class Item(Noun, frozen=True, kw_only=True):
    """An item (件) and its archival code (档号)."""

    id: int
    code: str


class BatchTotals(Noun, frozen=True, kw_only=True):
    """What one sitting scanned: items that have pages, and pages that count."""

    items: int
    pages: int


def open_batch(store: Store) -> int:
    """Begin a sitting; its number."""
    with store.transaction():
        batch: int = store.value("select coalesce(max(id), 0) + 1 from batch")
        seq = journal.append(store, "batch.opened", {"batch": batch})
        store.run("insert into batch (id, seq) values (?, ?)", batch, seq)
    return batch


def close_batch(store: Store, batch: int) -> BatchTotals:
    """End a sitting and count it; closing it again counts it again."""
    with store.transaction():
        if store.row("select 1 from batch where id = ?", batch) is None:
            raise UsageError(f"there is no batch {batch}")
        totals = _totals(store, batch)
        if store.row("select 1 from batch_closed where batch = ?", batch) is None:
            body = {"batch": batch, "items": totals.items, "pages": totals.pages}
            seq = journal.append(store, "batch.closed", body)
            store.run("insert into batch_closed (batch, seq) values (?, ?)", batch, seq)
    return totals


def open_item(store: Store, fonds: Fonds, *, batch: int | None = None, year: int) -> Item:
    """Begin the next item of its series; the number is taken for good.

    Raises InputError when `fonds` does not make an archival code.
    """
    series = archival_code.of(fonds, year, 1).series
    with store.transaction():
        item: int = store.value("select coalesce(max(id), 0) + 1 from item")
        number: int = store.value(
            "select coalesce(max(number), 0) + 1 from item where class = ?", series
        )
        code = str(archival_code.of(fonds, year, number))
        described = msgspec.to_builtins(fonds)
        seq = journal.append(
            store,
            "item.opened",
            {"item": item, "code": code, "batch": batch, "year": year, "fonds": described},
        )
        store.run(
            "insert into item (id, seq, batch, code, folded_code, class, number, year, fonds)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(item, seq, batch, code, folded(code), series, number, year),
            msgspec.json.encode(described).decode(),
        )
    return Item(id=item, code=code)


def keep(store: Store, item: int, exposure: Exposure) -> Frame:
    """Make one exposure durable: first the blob, then frame and journal together.

    It supersedes the shot that was marked for retake, if any. Once this returns the page may be
    turned. Raises UsageError for an item that is unknown or closed, StorageError and its kinds.
    """
    digest = store.spool.keep(exposure.data)
    with store.transaction():
        code = _code_of_open(store, item)
        frame = Frame(
            item=item,
            shot=(_last_shot(store, item) or 0) + 1,
            digest=digest,
            size_bytes=len(exposure.data),
            media_type=printable(exposure.media_type),
            source=printable(exposure.source),
            supersedes=marked_for_retake(store, item),
        )
        _add(store, frame, code)
    return frame


def ask_retake(store: Store, item: int) -> int | None:
    """Mark the item's last shot to be superseded by the next; its number, None without one.

    Asked twice, it is still the same shot and one fact.
    """
    with store.transaction():
        code = _code_of_open(store, item)
        marked, shot = marked_for_retake(store, item), _last_shot(store, item)
        if marked is None and shot is not None:
            seq = journal.append(store, "retake.asked", {"item": item, "code": code, "shot": shot})
            store.run("insert into retake (seq, item, shot) values (?, ?, ?)", seq, item, shot)
    return shot


def marked_for_retake(store: Store, item: int) -> int | None:
    """The shot that the next kept one supersedes, None where no retake is asked for."""
    shot: int | None = store.value(
        "select shot from retake where item = ? and not exists (select 1 from frame"
        " where frame.item = retake.item and frame.supersedes = retake.shot)",
        item,
    )
    return shot


def declare_blank(store: Store, item: int) -> None:
    """The operator says: here the original has a blank side or lacks a page. Not an oversight."""
    with store.transaction():
        code = _code_of_open(store, item)
        after = _last_shot(store, item) or 0
        body = {"item": item, "code": code, "after_shot": after}
        seq = journal.append(store, "frame.blank", body)
        store.run("insert into blank (seq, item, after_shot) values (?, ?, ?)", seq, item, after)


def close_item(store: Store, item: int) -> None:
    """The operator is finished with the item; it is sealed when all of it is read.

    Closing it again changes nothing. An item without a page is never sealed.
    """
    with store.transaction():
        code, is_closed = _item(store, item)
        if is_closed:
            return
        seq = journal.append(store, "item.closed", {"item": item, "code": code})
        store.run("insert into item_closed (item, seq) values (?, ?)", item, seq)


def _add(store: Store, frame: Frame, code: str) -> None:
    store.run(
        "insert or ignore into blob (digest, kind, size_bytes) values (?, 'master', ?)",
        *(frame.digest, frame.size_bytes),
    )
    seq = journal.append(
        store,
        "frame.kept",
        {
            "item": frame.item,
            "code": code,
            "shot": frame.shot,
            "sha256": frame.digest,
            "size": frame.size_bytes,
            "media_type": frame.media_type,
            "source": frame.source,
            "supersedes": frame.supersedes,
        },
    )
    store.run(
        "insert into frame (seq, item, shot, digest, size_bytes, media_type, source, supersedes)"
        " values (?, ?, ?, ?, ?, ?, ?, ?)",
        *(seq, frame.item, frame.shot, frame.digest, frame.size_bytes),
        *(frame.media_type, frame.source, frame.supersedes),
    )


def _item(store: Store, item: int) -> tuple[str, bool]:
    row = store.row(
        "select code, item_closed.item is not null from item"
        " left join item_closed on item_closed.item = item.id where id = ?",
        item,
    )
    if row is None:
        raise UsageError(f"there is no item {item}")
    return row[0], bool(row[1])


def _code_of_open(store: Store, item: int) -> str:
    code, is_closed = _item(store, item)
    if is_closed:
        raise UsageError(f"item {code} is closed")
    return code


def _last_shot(store: Store, item: int) -> int | None:
    shot: int | None = store.value("select max(shot) from frame where item = ?", item)
    return shot


def _totals(store: Store, batch: int) -> BatchTotals:
    items, shots, superseded = store.rows(
        "select count(distinct item), count(*), count(supersedes) from frame"
        " where item in (select id from item where batch = ?)",
        batch,
    )[0]
    return BatchTotals(items=items, pages=shots - superseded)
