import json

import msgspec
import pytest

from firmware_config.errors import UsageError
from station.store import Store, check, frames, journal, outbox, pages, records
from tests.station.store.samples import an_item, exposure, page, read, spread, text


def a_closed_item(store: Store, *contents: str) -> int:
    item = an_item(store).id
    for content in contents:
        frames.keep(store, item, exposure(content))
    frames.close_item(store, item)
    return item


def test_an_item_is_ready_when_it_is_closed_and_read(store: Store) -> None:
    item = an_item(store).id
    frames.keep(store, item, exposure())
    read(store)
    assert records.ready_to_seal(store) == []

    frames.close_item(store, item)

    assert records.ready_to_seal(store) == [item]


def test_an_item_closed_first_is_ready_when_its_last_page_is_read(store: Store) -> None:
    item = a_closed_item(store, "one", "two")
    assert records.ready_to_seal(store) == []

    read(store)

    assert records.ready_to_seal(store) == [item]


def test_an_item_without_pages_is_never_sealed(store: Store) -> None:
    item = a_closed_item(store)

    assert records.ready_to_seal(store) == []
    with pytest.raises(UsageError):
        records.seal(store, item, title="空")


def test_a_record_tells_pages_retakes_blanks_and_what_could_not_be_read(store: Store) -> None:
    item = an_item(store)
    frames.keep(store, item.id, exposure("one"))
    frames.keep(store, item.id, exposure("blurred"))
    frames.declare_blank(store, item.id)
    frames.ask_retake(store, item.id)
    frames.keep(store, item.id, exposure("sharp"))
    broken = frames.keep(store, item.id, exposure("broken"))
    frames.close_item(store, item.id)
    pages.add_failure(store, broken, "truncated")
    read(store, "任命", "李成水")

    record = records.seal(store, item.id, title="关于任命", metadata={"责任者": "村委会"})

    said = json.loads(record.document)
    assert list(said)[:6] == ["schema", "station", "epoch", "item", "code", "title"]
    assert said["schema"] == "station.record/1"
    assert said["code"] == record.code == item.code
    assert said["metadata"] == {"责任者": "村委会"}
    assert [(p["number"], p["shot"], p["unread"]) for p in said["pages"]] == [
        *((1, 1, ""), (2, 3, ""), (3, 4, "truncated"))
    ]
    assert [line["text"] for line in said["pages"][0]["text"]["lines"]] == ["任命", "李成水"]
    assert said["pages"][2]["text"] is None
    assert said["blanks"] == [{"after_number": 2}]
    assert [(s["shot"], s["by_shot"]) for s in said["superseded"]] == [(2, 3)]
    assert store.spool.read(said["pages"][1]["master"]["sha256"]) == b"sharp"


def test_a_record_is_sealed_once(store: Store) -> None:
    item = a_closed_item(store, "one")
    read(store)

    first = records.seal(store, item, title="题名")
    head = journal.head(store)

    assert records.seal(store, item, title="另一个题名") == first
    assert journal.head(store) == head
    assert records.ready_to_seal(store) == []


def test_the_journal_and_the_outbox_name_the_record(store: Store) -> None:
    item = a_closed_item(store, "one")
    read(store)

    record = records.seal(store, item, title="题名")

    (entry,) = journal.entries_after(store, record.seq - 1)
    said = msgspec.json.decode(entry.payload, type=journal.Payload)
    assert said.type == "item.sealed"
    assert said.body == {
        "item": item,
        "code": record.code,
        "title": "题名",
        "pages": 1,
        "sha256": record.digest,
        "size": len(record.document),
    }
    assert outbox.files_waiting(store)[0].digest == record.digest


def test_a_power_cut_between_document_and_row_costs_nothing(store: Store) -> None:
    item = a_closed_item(store, "one")
    read(store)
    with pytest.raises(_PowerCutError):
        records.seal(_CutBeforeTheRow(store), item, title="题名")  # type: ignore[arg-type]
    report = check.check(store)
    assert report.is_sound
    (orphan,) = report.orphans
    assert records.ready_to_seal(store) == [item]

    record = records.seal(store, item, title="题名")

    # The same facts gave the same document, so the orphan is now the record.
    assert record.digest == orphan
    assert check.check(store).orphans == ()


def test_a_page_read_late_does_not_change_a_record(store: Store) -> None:
    item = an_item(store).id
    old = frames.keep(store, item, exposure("old"))
    frames.ask_retake(store, item)
    frames.keep(store, item, exposure("new"))
    frames.close_item(store, item)
    read(store)
    record = records.seal(store, item, title="题名")

    pages.add_pages(store, [(page(old), text("晚到"))])

    assert records.ready_to_seal(store) == []
    assert records.record_of(store, item) == record


class _PowerCutError(Exception):
    pass


class _CutBeforeTheRow:
    """A store whose power fails when the first transaction begins."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> object:
        if name == "transaction":
            raise _PowerCutError
        return getattr(self._store, name)


def test_a_record_numbers_both_pages_of_an_open_book(store: Store) -> None:
    item = an_item(store).id
    for content in ("封面", "书页", "封底"):
        frame = frames.keep(store, item, exposure(content))
        sides = ("右页", "左页") if content == "书页" else (content,)
        pages.add_pages(store, spread(frame, *sides))
        if content == "书页":
            frames.declare_blank(store, item)
    frames.close_item(store, item)

    record = records.seal(store, item, title="族谱")

    told = json.loads(record.document)
    places = [(page["number"], page["shot"], page["part"]) for page in told["pages"]]
    assert places == [(1, 1, 0), (2, 2, 0), (3, 2, 1), (4, 3, 0)]
    assert told["blanks"] == [{"after_number": 3}]
    assert record.pages == 4
