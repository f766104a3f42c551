from __future__ import annotations

import cv2
import numpy as np
import pytest

from firmware_config.errors import EngineError
from firmware_config.schema import Fonds, Imaging
from station import reading
from station.imaging.stand import Stand
from station.model import Exposure, Line, Quad, Text
from station.store import Store, frames, listing, pages, records
from station.store.search import search
from station.store.status import status
from tests.station.imaging.test_spread import book


class Parrot:
    """An engine that always reads the same words."""

    model = "parrot"

    def __init__(self, *words: str):
        self.lines = tuple(
            Line(text=word, score=0.9, box=((0, y), (90, y), (90, y + 20), (0, y + 20)))
            for y, word in zip(range(0, 900, 30), words, strict=False)
        )

    def read(self, image: np.ndarray) -> Text:
        assert image.ndim == 3
        return Text(lines=self.lines, engine="parrot", model=self.model)

    def boxes(self, image: np.ndarray, side_px: int) -> list[Quad]:
        return []

    def read_strip(self, strip: np.ndarray) -> tuple[str, float]:
        return "", 0.0


class Bomb:
    """An engine that dies of something no one catches, as of memory."""

    model = "bomb"

    def read(self, image: np.ndarray) -> Text:
        raise MemoryError

    def boxes(self, image: np.ndarray, side_px: int) -> list[Quad]:
        raise MemoryError

    def read_strip(self, strip: np.ndarray) -> tuple[str, float]:
        raise MemoryError


class Stumbling:
    """An engine that fails properly."""

    model = "stumbling"

    def read(self, image: np.ndarray) -> Text:
        raise EngineError("no line can be read")

    def boxes(self, image: np.ndarray, side_px: int) -> list[Quad]:
        raise EngineError("no line can be read")

    def read_strip(self, strip: np.ndarray) -> tuple[str, float]:
        raise EngineError("no line can be read")


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path, station="st-001") as opened:
        yield opened


def picture(number: int = 0) -> bytes:
    page = np.full((400, 300, 3), 60, np.uint8)
    page[20:380, 20:280] = 235
    cv2.putText(page, f"P {number}", (60, 200), cv2.FONT_HERSHEY_SIMPLEX, 2, (20, 20, 20), 4)
    return cv2.imencode(".jpg", page)[1].tobytes()


def item_of(store: Store, *data: bytes, closed: bool = True) -> int:
    item = frames.open_item(store, Fonds(number="Z001"), year=2026)
    for each in data:
        frames.keep(store, item.id, Exposure(data=each, media_type="image/jpeg", source="test"))
    if closed:
        frames.close_item(store, item.id)
    return item.id


def read_all(store: Store, engine) -> None:
    list(reading.read(store, engine, Stand, go_on=lambda idle: not idle))


def test_a_closed_item_is_read_sealed_and_found(store):
    item = item_of(store, picture(1), picture(2))
    read_all(store, Parrot("村民代表会议记录", "到会四十二人"))
    assert records.record_of(store, item).title == "村民代表会议记录"
    assert {hit.shot for hit in search(store, "到会")} == {1, 2}


def test_an_open_item_is_read_and_not_sealed(store):
    item = item_of(store, picture(), closed=False)
    read_all(store, Parrot("记录"))
    assert status(store).read == 1
    assert records.record_of(store, item) is None


def test_the_page_image_is_a_derivative_and_the_master_stays_as_it_came(store):
    data = picture()
    item = item_of(store, data)
    read_all(store, Parrot("记录"))
    known = pages.readings(store, item)[0]
    ((page, _),) = known.pages
    assert store.spool.read(known.frame.digest) == data
    assert page.image != known.frame.digest
    height, width = cv2.imdecode(
        np.frombuffer(store.spool.read(page.image), np.uint8), cv2.IMREAD_COLOR
    ).shape[:2]
    assert (width, height) == (page.width_px, page.height_px)


def test_a_frame_that_cannot_be_decoded_is_kept_and_the_others_go_on(store):
    item = item_of(store, picture(1), b"\xff\xd8 half a picture", picture(3))
    read_all(store, Parrot("记录"))
    unread = [known.unread != "" for known in pages.readings(store, item)]
    assert unread == [False, True, False]
    assert records.record_of(store, item).pages == 3


def test_a_frame_that_kills_the_reader_three_times_is_set_aside(tmp_path):
    with Store.open(tmp_path, station="st-001") as store:
        item_of(store, picture())
    for _ in range(3):
        with Store.open(tmp_path, station="st-001") as store, pytest.raises(MemoryError):
            read_all(store, Bomb())
    with Store.open(tmp_path, station="st-001") as store:
        read_all(store, Bomb())
        assert status(store).set_aside == 1


def test_an_item_with_a_page_set_aside_waits_for_a_person(store):
    item = item_of(store, picture(1), picture(2))
    read_all(store, Stumbling())
    assert status(store).items_sealed == 0
    for frame in listing.set_aside(store):
        reading.read_frame(store, frame, Parrot("会议记录"), Stand())
    reading.seal_complete(store)
    assert status(store).set_aside == 0
    assert records.record_of(store, item).title == "会议记录"


def test_a_person_may_give_up_a_page_and_the_item_is_sealed_without_its_text(store):
    item = item_of(store, picture(1))
    read_all(store, Stumbling())
    for frame in listing.set_aside(store):
        reading.give_up(store, frame)
    assert records.record_of(store, item).pages == 1
    assert status(store).failed == 1


@pytest.mark.parametrize("total", [40 << 20, 32 << 30])
def test_a_full_disk_costs_no_frame_an_attempt_and_is_told(store, caplog, total):
    item_of(store, picture())
    store.space_bytes = lambda: (1 << 20, total)
    read_all(store, Parrot("记录"))
    assert "nearly full" in caplog.text
    assert status(store).to_read == 1
    assert store.value("select count(*) from attempt") == 0


def test_a_small_disk_with_room_on_it_is_read(store):
    item_of(store, picture())
    store.space_bytes = lambda: (20 << 20, 40 << 20)
    read_all(store, Parrot("记录"))
    assert status(store).read == 1


def test_the_title_is_not_taken_from_a_page_that_was_taken_again(store):
    item = frames.open_item(store, Fonds(number="Z001"), year=2026)
    keep(store, item.id, picture(1))
    frames.ask_retake(store, item.id)
    keep(store, item.id, picture(2))
    frames.close_item(store, item.id)
    first, second = pages.readings(store, item.id)
    reading.read_frame(store, first.frame, Parrot("模糊的通知"), Stand())
    reading.read_frame(store, second.frame, Parrot("清楚的通知"), Stand())
    reading.seal_complete(store)
    assert records.record_of(store, item.id).title == "清楚的通知"


def keep(store: Store, item: int, data: bytes) -> None:
    frames.keep(store, item, Exposure(data=data, media_type="image/jpeg", source="test"))


def test_an_engine_that_fails_is_tried_three_times_and_never_stops_the_reader(store):
    item_of(store, picture())
    read_all(store, Stumbling())
    assert status(store).set_aside == 1


def test_the_same_page_twice_is_kept_twice_and_flagged(store):
    item = item_of(store, picture(), picture())
    read_all(store, Parrot("记录"))
    reasons = [known.pages[0][0].quality.reasons for known in pages.readings(store, item)]
    assert "same" not in reasons[0]
    assert "same" in reasons[1]


def test_a_page_before_an_engine_exists_has_no_text(store):
    item = item_of(store, picture())
    reading.read_frame(store, pages.next_to_read(store), None, Stand())
    reading.seal_complete(store)
    assert listing.first_text(store, item) is None
    assert records.record_of(store, item).title == ""


def test_a_page_and_its_image_agree_on_their_size(store):
    item = item_of(store, picture())
    read_all(store, Parrot("记录"))
    ((page, _),) = pages.readings(store, item)[0].pages
    image = cv2.imdecode(np.frombuffer(store.spool.read(page.image), np.uint8), cv2.IMREAD_COLOR)
    assert image.shape[:2] == (page.height_px, page.width_px)
    assert page.seconds["total"] == pytest.approx(
        sum(value for name, value in page.seconds.items() if name != "total")
    )


def test_an_open_book_is_read_as_two_pages_in_the_order_of_its_profile(store):
    item = item_of(store, open_book())
    stand = Stand(settings=Imaging(spread="auto", page_order="right-to-left"))
    list(reading.read(store, Parrot("谱序"), lambda: stand, go_on=lambda idle: not idle))
    (known,) = pages.readings(store, item)
    (first, _), (second, _) = known.pages
    assert (first.part, second.part) == (0, 1)
    assert first.quad[0][0] > second.quad[1][0] - 50
    record = records.record_of(store, item)
    assert record.pages == 2


def open_book() -> bytes:
    return cv2.imencode(".jpg", book(), [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
