from __future__ import annotations

from pathlib import Path

import pytest

from firmware_config.errors import DiskFullError, DriverError, InputError, LampError
from firmware_config.schema import Fonds
from station.capturing import Sitting, capture
from station.model import Exposure, Glance, Press, PressKind, Quality, Reason, Signal
from station.store import Store, frames, listing
from tests.doubles.operator import Memory, Pictures, Presses

FONDS = Fonds(number="Z001")
PAGE, NEXT, RETAKE = PressKind.PAGE, PressKind.NEXT_ITEM, PressKind.RETAKE


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        self.now_s += 0.01
        return self.now_s


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(tmp_path, station="st-001") as opened:
        yield opened


def sit(store: Store, camera: Pictures, *kinds: PressKind, since_s: float = 1.0) -> Memory:
    lamp, clock = Memory(), Clock()
    sitting = Sitting(store, camera, lamp, fonds=FONDS, year=lambda: 2026)
    capture(sitting, Presses(*kinds, clock=clock, since_s=since_s), clock=clock)
    return lamp


def test_every_page_press_becomes_a_frame_and_is_told_its_number(store):
    lamp = sit(store, Pictures(b"one", b"two"), PAGE, PAGE)
    item = listing.current_item(store)
    assert [frame.shot for frame in listing.frames_of(store, item.id)] == [1, 2]
    assert [words for signal, words in lamp.shown if signal is Signal.SAVED] == ["第1页", "第2页"]


def test_the_frame_is_the_camera_s_bytes_unchanged(store):
    sit(store, Pictures(b"\xff\xd8 as it came"), PAGE)
    frame = listing.frames_of(store, listing.current_item(store).id)[0]
    assert store.spool.read(frame.digest) == b"\xff\xd8 as it came"


def test_saved_is_shown_only_when_the_frame_is_in_the_store(store):
    class Watching(Memory):
        def show(self, signal, words=""):
            if signal is Signal.SAVED:
                item = listing.current_item(store)
                assert len(listing.frames_of(store, item.id)) == int(words.strip("第页"))
            super().show(signal, words)

    lamp = Watching()
    clock = Clock()
    sitting = Sitting(store, Pictures(b"a", b"b"), lamp, fonds=FONDS, year=lambda: 2026)
    capture(sitting, Presses(PAGE, PAGE, clock=clock), clock=clock)
    assert lamp.signals.count(Signal.SAVED) == 2


def test_a_press_while_saving_is_answered_with_wait_and_takes_no_picture(store):
    lamp = sit(store, Pictures(b"one", b"two"), PAGE, PAGE, since_s=-1.0)
    assert Signal.WAIT in lamp.signals
    assert lamp.signals.count(Signal.SAVED) == 0 + lamp.signals.count(Signal.HOLD)


def test_all_presses_while_saving_are_answered_with_one_wait_after_saved(store):
    class Impatient:
        """Presses once, then three times while that page is being saved, then once more."""

        def presses(self):
            for at_s in (1.0, 1.1, 1.2, 1.3, 100.0):
                yield Press(kind=PAGE, at_s=at_s)

    lamp = Memory()
    sitting = Sitting(store, Pictures(b"1", b"2"), lamp, fonds=FONDS, year=lambda: 2026)

    capture(sitting, Impatient(), clock=lambda: 2.0)

    told = [Signal.HOLD, Signal.SAVED]
    assert lamp.signals == [Signal.READY, *told, Signal.WAIT, *told]


def test_a_camera_that_fails_is_told_and_the_next_press_works(store):
    lamp = sit(store, Pictures(None, b"two"), PAGE, PAGE)
    assert lamp.signals == [Signal.READY, Signal.HOLD, Signal.NOT_SAVED, Signal.HOLD, Signal.SAVED]


def test_a_full_disk_is_told_as_not_saved(store):
    class Full:
        def expose(self) -> Exposure:
            raise DiskFullError("no space left")

    lamp = sit(store, Full(), PAGE)
    assert lamp.shown[-1] == (Signal.NOT_SAVED, DiskFullError.default_hint)


def test_a_page_that_no_archival_code_can_be_formed_for_is_told_as_not_saved(store):
    lamp, clock = Memory(), Clock()
    wrong = Fonds(number="Z001", problem="bgs")
    sitting = Sitting(store, Pictures(b"one", b"two"), lamp, fonds=wrong, year=lambda: 2026)

    capture(sitting, Presses(PAGE, PAGE, clock=clock), clock=clock)

    assert lamp.signals.count(Signal.NOT_SAVED) == 2


class Dying(Memory):
    """A lamp whose wire breaks after so many signals."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after

    def show(self, signal: Signal, words: str = "") -> None:
        if len(self.shown) == self.after:
            raise LampError("the wire broke")
        super().show(signal, words)


@pytest.mark.parametrize(("after", "kind", "code"), [(0, DriverError, 78), (2, LampError, 74)])
def test_a_lamp_that_dies_at_work_brings_a_restart_and_one_missing_at_the_start_does_not(
    store, after, kind, code
):
    clock = Clock()
    sitting = Sitting(store, Pictures(b"one"), Dying(after), fonds=FONDS, year=lambda: 2026)

    with pytest.raises(kind) as ended:
        capture(sitting, Presses(PAGE, clock=clock), clock=clock)

    assert ended.value.exit_code == code


def test_a_retake_supersedes_the_last_page_and_erases_nothing(store):
    lamp = sit(store, Pictures(b"one", b"blurred", b"sharp"), PAGE, PAGE, RETAKE, PAGE)
    kept = listing.frames_of(store, listing.current_item(store).id)
    assert [frame.supersedes for frame in kept] == [None, None, 2]
    assert lamp.shown[-1] == (Signal.SAVED, "第2页")


def test_a_retake_without_a_page_is_said_so(store):
    assert sit(store, Pictures(), RETAKE).shown[-1][1] == "没有可重拍的页"


def test_green_closes_the_item_and_the_next_page_opens_another(store):
    sit(store, Pictures(b"one", b"two"), PAGE, NEXT, PAGE)
    codes = [item.code for item in listing.items(store)]
    assert len(codes) == len(set(codes)) == 2


def test_green_with_nothing_open_says_so(store):
    lamp = sit(store, Pictures(b"one"), NEXT, PAGE, NEXT, NEXT)
    decided = (Signal.DECIDE, "没有打开的件")
    assert lamp.shown.count(decided) == 2
    assert lamp.shown[-1] == decided


@pytest.mark.parametrize("finish", [NEXT, PressKind.CLOSE_BATCH])
def test_finishing_asks_once_about_a_page_that_is_still_to_be_taken_again(store, finish):
    lamp = sit(store, Pictures(b"one"), PAGE, RETAKE, finish)
    assert lamp.shown[-1] == (Signal.DECIDE, "上一页还没重拍")
    assert listing.current_item(store) is not None

    lamp = sit(store, Pictures(), finish, finish)
    assert lamp.signals[1:] == [Signal.DECIDE, Signal.SAVED]
    assert listing.current_item(store) is None


def test_a_retake_asked_for_anew_is_asked_about_anew(store):
    lamp = sit(store, Pictures(b"one"), PAGE, RETAKE, NEXT, RETAKE, NEXT)
    assert lamp.shown[-1] == (Signal.DECIDE, "上一页还没重拍")


def test_a_retake_that_was_taken_is_not_asked_about(store):
    lamp = sit(store, Pictures(b"one", b"again"), PAGE, RETAKE, PAGE, NEXT)
    assert lamp.shown[-1] == (Signal.SAVED, "本件完成，共1页")


def test_an_item_whose_first_page_was_not_saved_gives_its_code_to_the_next(store):
    frames.open_item(store, FONDS, batch=frames.open_batch(store), year=2026)

    lamp = sit(store, Pictures(b"one"), NEXT, PAGE, NEXT)

    assert lamp.shown[1] == (Signal.DECIDE, "没有打开的件")
    assert len(listing.items(store)) == 1


def test_closing_a_batch_that_is_not_open_says_so(store):
    assert sit(store, Pictures(), PressKind.CLOSE_BATCH).shown[-1][1] == "没有打开的批"


def test_closing_the_batch_tells_the_totals(store):
    lamp = sit(store, Pictures(b"1", b"2", b"3"), PAGE, NEXT, PAGE, PAGE, PressKind.CLOSE_BATCH)
    assert lamp.shown[-1][1] == "本批完成，共2件3页"


def test_after_a_crash_the_next_sitting_goes_on_with_the_open_item(tmp_path):
    with Store.open(tmp_path, station="st-001") as store:
        sit(store, Pictures(b"one"), PAGE)
    with Store.open(tmp_path, station="st-001") as store:
        lamp = sit(store, Pictures(b"two"), PAGE)
        assert len(listing.items(store)) == 1
    assert lamp.shown[-1] == (Signal.SAVED, "第2页")


def test_a_declared_blank_is_a_fact_of_the_item(store):
    lamp = sit(store, Pictures(b"one"), PAGE, PressKind.BLANK)
    assert lamp.shown[-1] == (Signal.SAVED, "已登记空白页")


def test_a_blank_before_any_page_opens_nothing(store):
    lamp = sit(store, Pictures(b"one"), PressKind.BLANK)
    assert lamp.shown[-1] == (Signal.DECIDE, "请先拍一页再登记空白")
    assert listing.items(store) == []
    assert listing.current_batch(store) is None


def test_power_off_ends_the_sitting_and_the_item_goes_on_the_next_day(store):
    lamp = sit(store, Pictures(b"one"), PAGE, PressKind.POWER_OFF, PAGE)
    assert lamp.shown[-1] == (Signal.OFF, "可以断电")

    lamp = sit(store, Pictures(b"two"), PAGE)
    assert lamp.shown[0] == (Signal.READY, "接着上一件，已有1页")
    assert len(listing.items(store)) == 1


def test_an_item_opened_after_new_year_is_filed_under_the_new_year(store):
    years, clock = iter([2026, 2027]), Clock()
    pictures = Pictures(b"one", b"two", b"three")
    sitting = Sitting(store, pictures, Memory(), fonds=FONDS, year=lambda: next(years))

    capture(sitting, Presses(PAGE, PAGE, NEXT, PAGE, clock=clock), clock=clock)

    assert ["2026" in item.code for item in listing.items(store)] == [True, False]
    assert "2027" in listing.items(store)[-1].code


class Looking:
    """Sees what it is told to see, and remembers what it was asked."""

    def __init__(self, *sights: Glance | None) -> None:
        self.sights = iter(sights)
        self.previous: list[bytes] = []

    def look(self, path: Path, previous: bytes) -> Glance | None:
        assert path.is_file()
        self.previous.append(previous)
        return next(self.sights)


def sight(*sure: Reason, doubtful: tuple[Reason, ...] = (), fingerprint: bytes = b"") -> Glance:
    quality = Quality(verdict="check", reasons=(*sure, *doubtful), sure=sure)
    return Glance(quality=quality, fingerprint=fingerprint)


def watch(store: Store, looking, *kinds: PressKind) -> Memory:
    lamp, clock = Memory(), Clock()
    pictures = Pictures(*(b"%d" % shot for shot in range(len(kinds))))
    sitting = Sitting(store, pictures, lamp, fonds=FONDS, year=lambda: 2026, looker=looking)
    capture(sitting, Presses(*kinds, clock=clock), clock=clock)
    return lamp


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        (sight(), (Signal.SAVED, "第1页")),
        (None, (Signal.SAVED, "第1页")),
        (sight(doubtful=("blurred", "hand", "same")), (Signal.SAVED, "第1页")),
        (sight("blank", "uneven-light", "low-dpi"), (Signal.SAVED, "第1页")),
        (sight("blurred"), (Signal.AGAIN, "第1页模糊，请重拍")),
        (sight("cut"), (Signal.AGAIN, "第1页缺边，请重拍")),
        (sight("several"), (Signal.AGAIN, "第1页不止一张，请重拍")),
        (sight("same", "hand"), (Signal.AGAIN, "第1页有手，请重拍")),
        (sight("same"), (Signal.SAME, "与上一页相同？踩下保留，按黄键撤销")),
    ],
)
def test_the_operator_is_told_what_is_sure_about_the_page_and_nothing_else(store, seen, told):
    assert watch(store, Looking(seen), PAGE).shown[-1] == told


def test_whatever_is_seen_the_frame_was_kept_before(store):
    watch(store, Looking(sight("no-page"), sight("same"), None), PAGE, PAGE, PAGE)
    item = listing.current_item(store)
    assert [frame.supersedes for frame in listing.frames_of(store, item.id)] == [None] * 3


def test_a_look_that_fails_is_a_page_that_is_saved(store):
    class Blind:
        def look(self, path: Path, previous: bytes) -> Glance | None:
            raise InputError("no picture")

    assert watch(store, Blind(), PAGE, PAGE).signals.count(Signal.SAVED) == 2


def test_the_pedal_after_a_bad_page_keeps_both_and_yellow_takes_it_again(store):
    sights = (sight("blurred"), sight("blurred"), sight())
    lamp = watch(store, Looking(*sights), PAGE, PAGE, RETAKE, PAGE)
    kept = listing.frames_of(store, listing.current_item(store).id)
    assert [frame.supersedes for frame in kept] == [None, None, 2]
    assert lamp.shown[-1] == (Signal.SAVED, "第2页")


def test_a_page_is_compared_with_the_one_before_and_a_retake_not_with_what_it_replaces(store):
    looking = Looking(*(sight(fingerprint=name) for name in (b"1", b"2", b"2 again", b"3")))
    watch(store, looking, PAGE, PAGE, RETAKE, PAGE, PAGE)
    assert looking.previous == [b"", b"1", b"1", b"2 again"]


def test_a_page_that_could_not_be_looked_at_is_like_no_other(store):
    looking = Looking(sight(fingerprint=b"1"), None, sight())
    watch(store, looking, PAGE, PAGE, PAGE)
    assert looking.previous == [b"", b"1", b""]
