"""A page is read again: both texts stay, the latest counts, and nothing that was found is lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_config.errors import StorageError, UsageError
from station.model import Cell, Frame, Grid, Line, Text
from station.store import Store, check, frames, listing, pages, records, texts
from station.store.search import search
from station.store.status import status
from tests.station.store.samples import BOX, a_page_saying, an_item, exposure, page, read, text


def read_again(store: Store, *lines: str, model: str = "better") -> int:
    """Every old page, read by `model` with these lines; how many there were."""
    count = after = 0
    while old := texts.next_old(store, model, after=after):
        texts.begin_again(store, old.page, model)
        texts.add_again(store, old.page, text(*lines, model=model))
        count, after = count + 1, old.page
    return count


def latest(store: Store, frame: Frame) -> Text | None:
    return pages.readings(store, frame.item)[frame.shot - 1].pages[0][1]


def an_imaged_page(store: Store, *lines: str) -> Frame:
    frame = frames.keep(store, an_item(store).id, exposure("".join(lines)))
    read(store, *lines)
    return frame


numbers = st.integers(0, 9)
cells = st.builds(Cell, row=numbers, column=numbers, lines=st.tuples(numbers))
grids = st.builds(
    Grid, box=st.just(BOX), rows=numbers, columns=numbers, cells=st.tuples(cells, cells)
)
read_lines = st.builds(
    Line,
    text=st.text("土地ab ", min_size=2, max_size=2),
    score=st.floats(0.0, 1.0),
    box=st.just(BOX),
    certainty=st.tuples(st.integers(0, 100), st.integers(0, 100)),
    hand=st.booleans(),
    role=st.sampled_from(["body", "seal", "page-number"]),
)
whole_texts = st.builds(
    Text,
    lines=st.lists(read_lines, max_size=3).map(tuple),
    engine=st.just("e"),
    model=st.just("m"),
    grids=st.lists(grids, max_size=2).map(tuple),
    tried=st.lists(st.sampled_from(["restored", "turned 90"]), max_size=2).map(tuple),
    needs_person=st.booleans(),
)


@given(said=whole_texts)
@settings(max_examples=30, deadline=None)
def test_everything_that_is_known_of_a_text_is_given_back(
    tmp_path_factory: pytest.TempPathFactory, said: Text
) -> None:
    with Store.open(tmp_path_factory.mktemp("home"), station="st01") as store:
        frame = frames.keep(store, an_item(store).id, exposure())

        pages.add_pages(store, [(page(frame), said)])

        assert latest(store, frame) == said


def test_a_line_that_utf8_cannot_hold_loses_its_certainty_with_its_characters(store: Store) -> None:
    line = Line(text="土\udcff", score=0.5, box=BOX, certainty=(90, 10))
    frame = frames.keep(store, an_item(store).id, exposure())

    pages.add_pages(store, [(page(frame), Text(lines=(line,), engine="e", model="m"))])

    (kept,) = latest(store, frame).lines  # type: ignore[union-attr]
    assert (kept.text, kept.certainty) == ("土\\udcff", ())


def test_the_latest_reading_counts_and_the_earlier_one_stays(store: Store) -> None:
    frame = an_imaged_page(store, "任命李成木")

    assert read_again(store, "任命李成水") == 1

    assert latest(store, frame) == text("任命李成水", model="better")
    assert [said.model for said in texts.readings_of(store, frame.item, 1)] == ["m", "better"]


def test_what_only_one_of_the_readings_has_is_found_and_the_page_once(store: Store) -> None:
    an_imaged_page(store, "任命李成木，小孙庄")
    read_again(store, "任命李成水，小孙壮")
    an_imaged_page(store, "土地")

    for words in ("任命", "李成水", "李成木", "小孙庄", "李成水 小孙庄"):
        assert len(search(store, words)) == 1, words
    assert search(store, "成木小") == []
    assert search(store, "李成水")[0].snippet == "任命李成水，小孙壮"
    assert search(store, "小孙庄")[0].snippet == "任命李成木，小孙庄"
    assert len(search(store, "土地")) == 1


def test_pages_read_again_keep_their_place_among_the_hits(store: Store) -> None:
    first, second = an_imaged_page(store, "土地一"), an_imaged_page(store, "土地二")
    (old,) = [texts.next_old(store, "better")]
    texts.add_again(store, old.page, text("土地", model="better"))

    assert [hit.item for hit in search(store, "土地")] == [second.item, first.item]


def test_pages_that_this_model_has_read_are_not_read_again(store: Store) -> None:
    an_imaged_page(store, "一")
    an_imaged_page(store, "二")

    assert read_again(store, "三") == 2
    assert read_again(store, "四") == 0
    assert read_again(store, "五", model="best") == 2


def test_a_page_that_never_had_a_text_is_old_too(store: Store) -> None:
    frame = an_imaged_page(store)

    assert texts.next_old(store, "m").model == ""  # type: ignore[union-attr]
    assert read_again(store, "一", model="m") == 1
    assert latest(store, frame) == text("一", model="m")


def test_a_page_that_a_retake_replaced_and_one_without_an_image_are_left_out(store: Store) -> None:
    a_page_saying(store, "没有图像")
    item = an_item(store).id
    frames.keep(store, item, exposure("one"))
    read(store, "模糊")
    frames.ask_retake(store, item)
    frames.keep(store, item, exposure("two"))
    read(store, "清楚")

    old = texts.next_old(store, "better")

    assert (old.item, old.shot) == (item, 2)  # type: ignore[union-attr]
    assert texts.next_old(store, "better", after=old.page) is None  # type: ignore[union-attr]


def test_a_page_that_kills_the_reader_again_three_times_keeps_its_text(store: Store) -> None:
    deadly, harmless = an_imaged_page(store, "甲"), an_imaged_page(store, "乙")
    for _ in range(texts.ATTEMPTS):
        old = texts.next_old(store, "better")
        assert old is not None
        assert old.item == deadly.item
        texts.begin_again(store, old.page, "better")

    assert texts.next_old(store, "better").item == harmless.item  # type: ignore[union-attr]
    assert texts.next_old(store, "best").item == deadly.item  # type: ignore[union-attr]
    assert latest(store, deadly) == text("甲")


def test_a_record_that_is_sealed_stays_as_it_was_and_one_that_is_not_gets_the_latest(
    store: Store,
) -> None:
    sealed, unsealed = an_imaged_page(store, "旧"), an_imaged_page(store, "旧")
    frames.close_item(store, sealed.item)
    before = records.seal(store, sealed.item, title="题名")

    read_again(store, "新")
    frames.close_item(store, unsealed.item)
    after = records.seal(store, unsealed.item, title="题名")

    assert records.record_of(store, sealed.item) == before
    assert "新" in after.document.decode()
    assert listing.first_text(store, sealed.item) == text("新", model="better")
    assert check.check(store).is_sound


def test_a_text_of_no_page_is_refused_and_no_text_is_ever_changed(store: Store) -> None:
    an_imaged_page(store, "甲")

    with pytest.raises(UsageError, match="no page 9"):
        texts.add_again(store, 9, text("乙"))
    with pytest.raises(StorageError, match="never changed"):
        store.run("update text set needs_person = 1")


def test_pages_that_need_a_person_are_counted_by_their_latest_reading(store: Store) -> None:
    item = an_item(store).id
    shown = [frames.keep(store, item, exposure(name)) for name in ("one", "two")]
    for frame in shown:
        pages.add_pages(store, [(page(frame), text("□□", model="m", needs_person=True))])
    assert status(store).need_person == 2

    texts.add_again(store, 1, text("清楚", model="better"))
    assert status(store).need_person == 1

    frames.ask_retake(store, item)
    frames.keep(store, item, exposure("two again"))
    assert status(store).need_person == 0

    texts.add_again(store, 2, text("□", model="better", needs_person=True))
    assert status(store).need_person == 0
