"""Pages are read again by better weights, while nothing else waits, and both texts stay."""

from __future__ import annotations

import numpy as np
import pytest

from station import reading
from station.imaging.stand import Stand
from station.model import Text
from station.rereading import reread
from station.store import Store, pages, records, status, texts
from station.store.search import search
from tests.station.test_reading import Bomb, Parrot, Stumbling, item_of, picture


class Better(Parrot):
    """A parrot that has learned more since."""

    model = "better"

    def read(self, image: np.ndarray) -> Text:
        return Text(lines=self.lines, engine="parrot", model=self.model)


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path, station="st-001") as opened:
        yield opened


def read_all(store: Store, engine) -> None:
    list(reading.read(store, engine, Stand, go_on=lambda idle: not idle))


def reread_all(store: Store, engine) -> list[Text]:
    return [page.text for page in reread(store, engine, go_on=lambda idle: not idle)]


def texts_of(store: Store, item: int) -> list[str]:
    return [said.plain for said in texts.readings_of(store, item, 1)]


def test_every_page_is_read_again_once_and_both_texts_are_kept(store):
    item = item_of(store, picture(1), picture(2))
    read_all(store, Parrot("到会四十二人"))

    assert len(reread_all(store, Better("到会四十三人"))) == 2

    assert texts_of(store, item) == ["到会四十二人", "到会四十三人"]
    for words in ("四十二人", "四十三人"):
        assert {hit.shot for hit in search(store, words)} >= {1, 2}
    assert reread_all(store, Better("再读一次")) == []


def test_the_record_that_was_sealed_stays_as_it_was(store):
    item = item_of(store, picture())
    read_all(store, Parrot("会议记录"))
    before = records.record_of(store, item)

    reread_all(store, Better("会议纪要"))

    assert records.record_of(store, item) == before
    assert status.status(store).outbox_files == 2  # the master and one record


def test_a_frame_that_was_never_read_comes_first(store):
    item_of(store, picture(1))
    read_all(store, Parrot("旧"))
    item_of(store, picture(2))
    asked = []

    def go_on(idle: bool) -> bool:
        asked.append(idle)
        return not idle

    assert list(reread(store, Better("新"), go_on=go_on)) == []
    assert asked == [False, True]


def test_a_page_read_meanwhile_by_the_new_weights_is_not_old(store):
    item_of(store, picture())
    read_all(store, Better("新"))

    assert reread_all(store, Better("更新")) == []


def test_work_that_was_stopped_or_killed_goes_on_where_it_was(tmp_path):
    with Store.open(tmp_path, station="st-001") as store:
        item_of(store, picture(1), picture(2), picture(3))
        read_all(store, Parrot("旧"))
        next(reread(store, Better("新"), go_on=lambda _: True))
    with Store.open(tmp_path, station="st-001") as store:
        assert len(reread_all(store, Better("新"))) == 2


def test_a_page_that_kills_the_process_three_times_keeps_its_text_and_the_others_go_on(tmp_path):
    with Store.open(tmp_path, station="st-001") as store:
        item = item_of(store, picture(1), picture(2))
        read_all(store, Parrot("旧"))
    for _ in range(3):
        with Store.open(tmp_path, station="st-001") as store, pytest.raises(MemoryError):
            reread_all(store, Bomb())
    with Store.open(tmp_path, station="st-001") as store:
        assert texts.next_old(store, Bomb.model).shot == 2
        assert texts_of(store, item) == ["旧"]


def test_an_engine_that_fails_costs_an_attempt_and_changes_nothing(store, caplog):
    item = item_of(store, picture(1), picture(2))
    read_all(store, Parrot("旧"))

    for _ in range(4):
        assert reread_all(store, Stumbling()) == []

    assert texts_of(store, item) == ["旧"]
    assert caplog.text.count("no line can be read") == 2 * texts.ATTEMPTS


def test_a_page_image_that_is_damaged_is_told_and_the_others_go_on(store, caplog):
    item = item_of(store, picture(1), picture(2))
    read_all(store, Parrot("旧"))
    ((page, _),) = pages.readings(store, item)[0].pages
    store.spool.path(page.image).unlink()

    assert len(reread_all(store, Better("新"))) == 1
    assert "not read again: item 1 shot 1" in caplog.text


def test_a_full_disk_stops_it(store):
    item_of(store, picture())
    read_all(store, Parrot("旧"))
    store.space_bytes = lambda: (1 << 20, 32 << 30)

    assert reread_all(store, Better("新")) == []
    assert store.value("select count(*) from rereading") == 0
