import pytest

from firmware_config.errors import UsageError
from station.model import Exposure
from station.store import Store, check, frames, journal, pages
from tests.station.store.samples import FONDS, an_item, exposure, read


def test_items_are_numbered_within_their_series(store: Store) -> None:
    codes = [frames.open_item(store, FONDS, year=year).code for year in (2011, 2011, 2012)]

    assert codes == ["Z109-WS·2011·Y-0001", "Z109-WS·2011·Y-0002", "Z109-WS·2012·Y-0001"]


def test_a_retake_supersedes_the_last_shot_and_erases_nothing(store: Store) -> None:
    item = an_item(store).id
    frames.keep(store, item, exposure("one"))
    blurred = frames.keep(store, item, exposure("blurred"))

    assert frames.ask_retake(store, item) == blurred.shot
    again = frames.keep(store, item, exposure("sharp"))
    following = frames.keep(store, item, exposure("three"))

    assert again.supersedes == blurred.shot
    assert following.supersedes is None
    assert store.spool.read(blurred.digest) == b"blurred"
    assert [frame.shot for frame in read(store)] == [1, 3, 4]


def test_asking_twice_for_a_retake_is_one_fact(store: Store) -> None:
    item = an_item(store).id
    frames.keep(store, item, exposure())

    assert frames.ask_retake(store, item) == frames.ask_retake(store, item) == 1

    assert store.value("select count(*) from retake") == 1


def test_a_retake_outlives_the_process_that_asked_for_it(store: Store) -> None:
    item = an_item(store).id
    frames.keep(store, item, exposure("one"))
    frames.ask_retake(store, item)

    with Store.open(store.home, station="st01") as after_restart:
        assert frames.keep(after_restart, item, exposure("again")).supersedes == 1


def test_there_is_nothing_to_retake_in_an_empty_item(store: Store) -> None:
    item = an_item(store).id

    assert frames.ask_retake(store, item) is None
    assert frames.keep(store, item, exposure()).supersedes is None


def test_two_blank_sheets_are_two_frames_of_one_blob(store: Store) -> None:
    item = an_item(store).id
    first, second = (frames.keep(store, item, exposure("white")) for _ in range(2))

    assert first.digest == second.digest
    assert (first.shot, second.shot) == (1, 2)
    assert [frame.shot for frame in read(store)] == [1, 2]


@pytest.mark.parametrize("act", [frames.declare_blank, frames.ask_retake])
def test_a_closed_item_takes_nothing_more(store: Store, act: object) -> None:
    item = an_item(store).id
    frames.keep(store, item, exposure())
    frames.close_item(store, item)
    before = journal.head(store)

    with pytest.raises(UsageError, match="closed"):
        act(store, item)  # type: ignore[operator]
    with pytest.raises(UsageError, match="closed"):
        frames.keep(store, item, exposure("late"))
    frames.close_item(store, item)

    assert journal.head(store) == before
    assert len(check.check(store).orphans) == 1


def test_an_unknown_item_is_a_usage_error(store: Store) -> None:
    with pytest.raises(UsageError, match="no item 7"):
        frames.keep(store, 7, exposure())


def test_a_source_that_is_not_utf_8_does_not_cost_the_frame(store: Store) -> None:
    source = b"\xb9\xfa.jpg".decode("utf-8", "surrogateescape") + "长" * 5000
    strange = Exposure(data=b"picture", media_type="image/jpeg", source=source)

    frame = frames.keep(store, an_item(store).id, strange)

    assert frame.source == "\\udcb9\\udcfa.jpg" + "长" * 5000
    assert pages.next_to_read(store) == frame


def test_closing_a_batch_counts_what_counts(store: Store) -> None:
    batch = frames.open_batch(store)
    full, empty = an_item(store, batch=batch), an_item(store, batch=batch)
    other = an_item(store)
    for item in (full, full, other):
        frames.keep(store, item.id, exposure())
    frames.ask_retake(store, full.id)
    frames.keep(store, full.id, exposure("again"))
    frames.close_item(store, empty.id)

    totals = frames.close_batch(store, batch)
    head = journal.head(store)

    assert totals == frames.BatchTotals(items=1, pages=2)
    assert frames.close_batch(store, batch) == totals
    assert journal.head(store) == head
    with pytest.raises(UsageError):
        frames.close_batch(store, batch + 1)
