"""What the daily target said of the station: measured facts, one batch's or the next one's."""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec

from station.model import Noun
from station.store import journal, listing
from station.store.opening import Store

Grade = Literal["green", "yellow", "red"]
Rulers = tuple[float, float]


class Target(Noun, frozen=True, kw_only=True):
    """One measurement. `dpi` is the lowest on the sheet, `px_per_mm` the same; `ruler_mm` are the
    printed rulers as a person measured them, None where nobody did; `wall` is a remark, as every
    time is (docs/format.md).
    """

    seq: int
    batch: int | None
    grade: Grade
    dpi: float
    px_per_mm: float
    ruler_mm: Rulers | None
    wall: str


class BatchTarget(Noun, frozen=True, kw_only=True):
    """What a record tells of the station that scanned it. `seq` is the journal's entry."""

    seq: int
    grade: Grade
    dpi: float


def add_target(
    store: Store,
    measurement: bytes,
    *,
    grade: Grade,
    dpi: float,
    px_per_mm: float,
    ruler_mm: Rulers | None = None,
) -> Target:
    """Make a measurement (JSON) a fact of the batch that is open, else of the next to be opened."""
    digest = hashlib.sha256(measurement).hexdigest()
    dpi, px_per_mm = round(dpi, 2), round(px_per_mm, 4)
    with store.transaction():
        batch = listing.current_batch(store)
        body = {"batch": batch, "class": grade, "dpi": dpi, "px_per_mm": px_per_mm}
        seq = journal.append(store, "target.measured", {**body, "sha256": digest})
        store.run(
            "insert into target (seq, batch, class, dpi, px_per_mm, ruler, sha256, measurement)"
            " values (?, ?, ?, ?, ?, ?, ?, ?)",
            *(seq, batch, grade, dpi, px_per_mm),
            msgspec.json.encode(ruler_mm).decode() if ruler_mm else None,
            *(digest, measurement.decode("utf-8")),
        )
    target = latest_target(store)
    assert target is not None  # it has just been added
    return target


def latest_target(store: Store) -> Target | None:
    """The last measurement, None where there is none."""
    row = store.row(
        "select target.seq, batch, class, dpi, px_per_mm, ruler,"
        " cast(payload as text) ->> '$.wall' from target join journal using (seq)"
        " order by target.seq desc limit 1"
    )
    if row is None:
        return None
    seq, batch, grade, dpi, px_per_mm, ruler, wall = row
    return Target(
        seq=seq,
        batch=batch,
        grade=grade,
        dpi=dpi,
        px_per_mm=px_per_mm,
        ruler_mm=msgspec.json.decode(ruler, type=Rulers) if ruler else None,
        wall=wall,
    )


def px_per_mm(store: Store) -> float | None:
    """Pixels per millimetre that a frame resolves, as last measured; None where never."""
    target = latest_target(store)
    return None if target is None else target.px_per_mm


def target_of_item(store: Store, item: int) -> BatchTarget | None:
    """The last measurement of the item's batch before the item was closed.

    One taken while no batch was open belongs to the next that was opened. Nothing later counts,
    so that a record is the same whenever it is made.
    """
    row = store.row(
        "select target.seq, target.class, dpi from target"
        " join item on item.id = ? join item_closed on item_closed.item = item.id"
        " where coalesce(target.batch, (select min(id) from batch where seq > target.seq))"
        " = item.batch and target.seq < item_closed.seq order by target.seq desc limit 1",
        item,
    )
    return None if row is None else BatchTarget(seq=row[0], grade=row[1], dpi=row[2])
