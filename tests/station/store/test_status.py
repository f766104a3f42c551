import pytest

from station.store import Store, frames, outbox, pace, pages, search, status
from tests.station.store.samples import an_item, exposure

FACTS = {"frame", "journal", "page", "text", "attempt", "blob", "retake", "last"}


def test_a_new_store_has_nothing_of_everything(store: Store) -> None:
    counts = status.status(store)

    assert {getattr(counts, name) for name in counts.__struct_fields__} == {0}


def test_what_is_captured_and_what_waits_is_counted(store: Store) -> None:
    item = an_item(store).id
    for content in ("one", "three"):
        frames.keep(store, item, exposure(content))

    counts = status.status(store)

    assert (counts.captured, counts.to_read, counts.items_open) == (2, 2, 1)
    assert (counts.captured_bytes, counts.outbox_bytes, counts.outbox_files) == (8, 8, 2)
    assert counts.outbox_entries == 3


@pytest.mark.parametrize(
    "ask",
    [
        status.status,
        pace.pace,
        pages.next_to_read,
        lambda store: pages.next_to_read(store, item=1),
        lambda store: pages.last_fingerprint(store, 1, 2),
        outbox.head,
        outbox.empty,
        outbox.files_waiting,
        lambda store: outbox.entries_after(store, 1),
        lambda store: search.search(store, "土地"),
        lambda store: frames.keep(store, 1, exposure("two")),
    ],
)
def test_what_is_asked_often_never_looks_through_all_the_facts(store: Store, ask: object) -> None:
    frames.keep(store, an_item(store).id, exposure())
    plans = PlansOf(store)

    ask(plans)  # type: ignore[operator]

    assert plans.seen
    for plan in plans.seen:
        scanned = {plan.split()[1]} if plan.startswith("SCAN") else set()
        assert not scanned & FACTS, plan
        assert "TEMP B-TREE" not in plan


class PlansOf:
    """A store that asks SQLite how it goes about every query before it makes it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.seen: list[str] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        self.seen += [row[3] for row in self._store.rows(f"explain query plan {sql}", *values)]
        return self._store.rows(sql, *values)

    def row(self, sql: str, *values: object) -> tuple[object, ...] | None:
        return next(iter(self.rows(sql, *values)), None)

    def value(self, sql: str, *values: object) -> object:
        row = self.row(sql, *values)
        return None if row is None else row[0]
