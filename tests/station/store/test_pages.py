import msgspec
import pytest

from firmware_config.errors import StorageError, UsageError
from station.store import Store, check, frames, pages, status
from tests.station.store.samples import (
    a_page_saying,
    an_item,
    exposure,
    page,
    read,
    spread,
    text,
)


def test_frames_are_read_in_the_order_they_were_taken(store: Store) -> None:
    first, second = an_item(store), an_item(store)
    taken = [frames.keep(store, item.id, exposure()) for item in (second, first, second)]

    assert read(store) == taken
    assert pages.next_to_read(store) is None


def test_one_item_can_be_read_before_the_others(store: Store) -> None:
    first, second = an_item(store), an_item(store)
    frames.keep(store, first.id, exposure())
    wanted = frames.keep(store, second.id, exposure())

    assert pages.next_to_read(store, item=second.id) == wanted


def test_a_frame_that_kills_the_reader_three_times_is_set_aside(store: Store) -> None:
    item = an_item(store).id
    deadly, harmless = (frames.keep(store, item, exposure(name)) for name in ("bomb", "page"))

    for nth in (1, 2, 3):
        frame = pages.next_to_read(store)
        assert frame == deadly
        # The reader is killed after this, and begins again.
        assert pages.begin_attempt(store, frame) == nth

    assert pages.next_to_read(store) == harmless
    counts = status.status(store)
    assert (counts.captured, counts.set_aside, counts.to_read) == (2, 1, 1)
    assert store.spool.read(deadly.digest) == b"bomb"
    assert pages.readings(store, item)[0].unread == "set aside after 3 attempts"


def test_an_attempt_is_on_disk_before_the_work_begins(store: Store) -> None:
    frame = frames.keep(store, an_item(store).id, exposure())

    pages.begin_attempt(store, frame)

    with Store.open(store.home, station="st01") as another:
        assert another.value("select count(*) from attempt") == 1


def test_a_frame_that_cannot_be_decoded_is_shown_and_not_tried_again(store: Store) -> None:
    item = an_item(store).id
    frame = frames.keep(store, item, exposure("not a picture"))

    pages.add_failure(store, frame, "not a JPEG: \udcff")
    pages.add_failure(store, frame, "said twice")

    assert pages.next_to_read(store) is None
    assert status.status(store).failed == 1
    assert pages.readings(store, item)[0].unread == "not a JPEG: \\udcff"


def test_a_page_is_read_back_as_it_was_written(store: Store) -> None:
    item = an_item(store).id
    frame = frames.keep(store, item, exposure())
    written = page(frame, image=store.spool.keep(b"straightened"), fingerprint=b"\x00\xff")
    said = text("第一行", "第二行")

    pages.add_pages(store, [(written, said)])

    (reading,) = pages.readings(store, item)
    assert (reading.frame, reading.pages) == (frame, ((written, said),))
    assert reading.unread == ""


def test_a_page_once_read_stays_as_it_is(store: Store) -> None:
    frame = a_page_saying(store, "第一次")

    pages.add_pages(store, [(page(frame), text("第二次"))])

    assert pages.readings(store, frame.item)[0].pages[0][1] == text("第一次")


def test_a_page_may_have_no_text(store: Store) -> None:
    frame = frames.keep(store, an_item(store).id, exposure())

    pages.add_pages(store, [(page(frame), None)])

    assert pages.readings(store, frame.item)[0].pages[0][1] is None
    assert pages.next_to_read(store) is None


def test_a_page_whose_image_is_not_in_the_spool_is_refused(store: Store) -> None:
    frame = frames.keep(store, an_item(store).id, exposure())

    with pytest.raises(StorageError):
        pages.add_pages(store, [(page(frame, image="0" * 64), None)])

    assert pages.next_to_read(store) == frame


def test_a_page_of_no_frame_is_refused(store: Store) -> None:
    frame = frames.keep(store, an_item(store).id, exposure())

    with pytest.raises(UsageError, match="no shot 2"):
        pages.begin_attempt(store, msgspec.structs.replace(frame, shot=2))


def test_a_page_is_compared_with_the_one_before_it_that_counts(store: Store) -> None:
    item = an_item(store).id
    for shot, name in enumerate(("one", "two"), start=1):
        frame = frames.keep(store, item, exposure(name))
        pages.add_pages(store, [(page(frame, fingerprint=name.encode()), None)])
        assert frame.shot == shot
    frames.ask_retake(store, item)
    again = frames.keep(store, item, exposure("two again"))

    assert pages.last_fingerprint(store, item, again.shot) == b"one"
    assert pages.last_fingerprint(store, item, 1) == b""


def test_a_superseded_frame_is_not_read_but_a_reading_under_way_may_end(store: Store) -> None:
    item = an_item(store).id
    first = frames.keep(store, item, exposure("first"))
    pages.begin_attempt(store, first)
    frames.ask_retake(store, item)
    again = frames.keep(store, item, exposure("again"))

    pages.add_pages(store, [(page(first), text("旧"))])

    assert pages.next_to_read(store) == again


def test_the_pages_of_an_open_book_are_kept_together_in_reading_order(store: Store) -> None:
    frame = frames.keep(store, an_item(store).id, exposure())

    pages.add_pages(store, spread(frame, "右页", "左页"))

    (reading,) = pages.readings(store, frame.item)
    assert [said.plain for _, said in reading.pages] == ["右页", "左页"]
    assert [shown.part for shown, _ in reading.pages] == [0, 1]
    assert status.status(store).read == 2


def test_what_was_restored_for_reading_is_kept_beside_the_page(store: Store) -> None:
    frame = frames.keep(store, an_item(store).id, exposure())
    made = store.spool.keep(b"lifted ink")
    shown = msgspec.structs.replace(page(frame), restored=made, steps=("flattened", "restored"))

    pages.add_pages(store, [(shown, None)])

    assert pages.readings(store, frame.item)[0].pages == ((shown, None),)
    assert check.check(store).orphans == ()
