"""How fast the backlog grows and shrinks, by a clock that is set by hand."""

from __future__ import annotations

import msgspec
import pytest

from station.store import Store, frames, pages
from station.store.pace import Pace, pace
from tests.station.store.samples import SetClock, an_item, exposure, page, spread, text


def at(clock: SetClock, time_of_day: str) -> None:
    clock.moment = msgspec.structs.replace(
        clock.moment, wall=f"2026-11-22T{time_of_day}:00.000+00:00"
    )


def keep(store: Store, item: int, count: int) -> None:
    for _ in range(count):
        frames.keep(store, item, exposure())


def read(store: Store, count: int, *, seconds: float = 6.0) -> None:
    for _ in range(count):
        frame = pages.next_to_read(store)
        assert frame is not None
        pages.begin_attempt(store, frame)
        done = msgspec.structs.replace(page(frame), seconds={"ocr": 1.0, "total": seconds})
        pages.add_pages(store, [(done, text("土地"))])


def test_a_new_store_has_no_pace(store: Store) -> None:
    assert pace(store) == Pace(waiting=0, came=0, done=0, frame_seconds=None, hours_left=None)


def test_only_the_last_hour_counts(store: Store, clock: SetClock) -> None:
    item = an_item(store).id
    at(clock, "08:00")
    keep(store, item, 5)
    read(store, 2)
    at(clock, "09:30")
    keep(store, item, 4)
    read(store, 1)
    at(clock, "10:00")

    now = pace(store)

    assert (now.waiting, now.came, now.done, now.growth) == (6, 4, 1, 3)


def test_the_hours_left_follow_from_what_waits_and_what_a_frame_takes(
    store: Store, clock: SetClock
) -> None:
    at(clock, "08:00")
    keep(store, an_item(store).id, 4)
    read(store, 1, seconds=36.0)

    now = pace(store)

    assert (now.frame_seconds, now.hours_left) == (36.0, pytest.approx(0.03))


def test_both_pages_of_an_open_book_are_one_frame(store: Store) -> None:
    frame = frames.keep(store, an_item(store).id, exposure())
    sides = [
        (msgspec.structs.replace(side, seconds={"total": 4.0}), said)
        for side, said in spread(frame, "右", "左")
    ]
    pages.add_pages(store, sides)

    assert pace(store).frame_seconds == 8.0


def test_a_page_taken_again_before_it_was_read_makes_nothing_more_to_read(
    store: Store, clock: SetClock
) -> None:
    at(clock, "08:00")
    item = an_item(store).id
    keep(store, item, 2)
    frames.ask_retake(store, item)
    keep(store, item, 1)

    now = pace(store)

    assert (now.waiting, now.came) == (2, 2)


def test_frames_that_failed_and_were_set_aside_wait_no_more(store: Store, clock: SetClock) -> None:
    at(clock, "08:00")
    keep(store, an_item(store).id, 3)
    for _ in range(3):
        pages.begin_attempt(store, pages.next_to_read(store))
    broken = pages.next_to_read(store)
    pages.begin_attempt(store, broken)
    pages.add_failure(store, broken, "half a picture")

    now = pace(store)

    assert (now.waiting, now.came, now.done, now.growth) == (1, 3, 2, 1)
