"""What there is: the open batch and item, all items, the frames of one. Reads only."""

from __future__ import annotations

from station.model import Frame, Noun, Text
from station.store.frames import Item
from station.store.opening import Store
from station.store.pages import readings


class ItemSummary(Noun, frozen=True, kw_only=True):
    """An item as a list shows it; `title` is empty until it is sealed."""

    id: int
    code: str
    title: str


def current_batch(store: Store) -> int | None:
    """The batch that is open; capture opens one at a time."""
    batch: int | None = store.value(
        "select max(id) from batch where id not in (select batch from batch_closed)"
    )
    return batch


def current_item(store: Store) -> Item | None:
    """The item that the next press belongs to. Imported items have no batch and are never it."""
    row = store.row(
        "select id, code from item where batch = ? and id not in (select item from item_closed)"
        " order by id desc limit 1",
        current_batch(store),
    )
    return None if row is None else Item(id=row[0], code=row[1])


def left_open(store: Store) -> list[int]:
    """Items outside any batch that nobody closed: an import that was killed leaves one."""
    rows = store.rows(
        "select id from item where batch is null and id not in (select item from item_closed)"
    )
    return [item for (item,) in rows]


def items(store: Store) -> list[ItemSummary]:
    """All items, oldest first."""
    rows = store.rows(
        "select id, code, coalesce(title, '') from item left join record on record.item = item.id"
        " order by id"
    )
    return [ItemSummary(id=number, code=code, title=title) for number, code, title in rows]


def frames_of(store: Store, item: int) -> list[Frame]:
    """Every exposure of an item in the order of shots, superseded ones included."""
    return [reading.frame for reading in readings(store, item)]


def count_pages(store: Store, item: int) -> int:
    """The pages that count: exposures that no retake has superseded."""
    pages: int = store.value("select count(*) - count(supersedes) from frame where item = ?", item)
    return pages


def set_aside(store: Store) -> list[Frame]:
    """Frames that killed the reader three times and hold their items back, oldest first."""
    held = {frame for (frame,) in store.rows("select frame from held")}
    items_held = store.rows("select distinct item from held order by item")
    known = [reading for (item,) in items_held for reading in readings(store, item)]
    return [reading.frame for reading in known if reading.seq in held]


def first_text(store: Store, item: int) -> Text | None:
    """The text of the first page that has lines; what a retake replaced does not count."""
    known = readings(store, item)
    superseded = {reading.frame.supersedes for reading in known}
    counting = (reading for reading in known if reading.frame.shot not in superseded)
    texts = (text for reading in counting for _, text in reading.pages)
    return next((text for text in texts if text and text.lines), None)
