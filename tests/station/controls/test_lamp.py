import time

import pytest

from firmware_config.errors import DriverError
from station.controls.lamp import GpioLamp
from station.model import Signal
from tests.doubles.rig import Rig

RED, GREEN, BLUE, WHITE, BUZZER = 5, 6, 13, 19, 18


@pytest.fixture
def rig():
    return Rig()


@pytest.fixture
def lamp(rig):
    said = []
    slept = []
    lamp = GpioLamp(
        rig.lamp, pin_factory=rig.pins, voice=said.append, clock=rig.clock, sleep=slept.append
    )
    lamp.said, lamp.slept = said, slept
    yield lamp
    lamp.close()


def lit(rig: Rig) -> set[int]:
    return {number for number in (RED, GREEN, BLUE, WHITE) if rig.pins.pin(number).state}


def followed(device) -> None:
    """Wait for a pattern that ends: gpiozero plays it on a thread of its own."""
    device._source_thread.join(5)


def eventually(happened) -> bool:
    """gpiozero's thread gets its turn within five seconds, or never."""
    until_s = time.monotonic() + 5
    while not happened() and time.monotonic() < until_s:
        pass
    return bool(happened())


def test_ready_is_green_and_silent(rig, lamp):
    lamp.show(Signal.READY)

    assert lit(rig) == {GREEN}
    assert rig.pins.pin(BUZZER).frequency is None


def test_not_saved_is_red_until_something_else_is_shown(rig, lamp):
    lamp.show(Signal.NOT_SAVED)
    assert lit(rig) == {RED}

    lamp.show(Signal.READY)

    assert lit(rig) == {GREEN}
    assert rig.pins.pin(BUZZER).frequency is None


def test_off_is_dark(rig, lamp):
    lamp.show(Signal.READY)
    lamp.show(Signal.OFF)

    assert lit(rig) == set()


def test_hold_flashes_white_once_and_goes_dark(rig, lamp):
    lamp.show(Signal.HOLD)
    followed(lamp._white)

    states = [change.state for change in rig.pins.pin(WHITE).states]
    assert states == [False, True, False]
    assert lit(rig) == set()


def test_the_buzzer_falls_silent_after_its_pattern(rig, lamp):
    lamp.show(Signal.WAIT)
    followed(lamp._buzzer)

    states = [bool(change.state) for change in rig.pins.pin(BUZZER).states]
    assert states == [False, True, False, True, False]
    assert rig.pins.pin(BUZZER).frequency is None


def test_yellow_is_red_and_green_together(rig, lamp):
    lamp.show(Signal.SAME)

    assert eventually(lambda: lit(rig) == {RED, GREEN})


def test_the_voice_says_the_page_number_and_otherwise_the_signals_own_words(lamp):
    lamp.show(Signal.SAVED, "12")
    lamp.show(Signal.NOT_SAVED)
    lamp.show(Signal.READY)

    assert lamp.said == ["12", "未保存，请停止"]


def test_pins_that_are_taken_are_a_driver_error_and_the_others_are_freed(rig):
    from gpiozero import LED

    with LED(WHITE, pin_factory=rig.pins), pytest.raises(DriverError, match="lamp's pins"):
        GpioLamp(rig.lamp, pin_factory=rig.pins)

    GpioLamp(rig.lamp, pin_factory=rig.pins).close()


def test_closing_lets_the_last_signal_be_heard_to_its_end(lamp):
    lamp.show(Signal.OFF)
    lamp.close()

    assert lamp.slept == [pytest.approx(0.4)]


def test_closing_waits_a_second_at_most_and_not_for_what_was_heard(rig, lamp):
    lamp.show(Signal.NOT_SAVED)
    lamp.close()
    assert lamp.slept == [1.0]

    rig.now_s += 3.0
    lamp.close()
    assert lamp.slept == [1.0]


def test_wait_is_heard_after_saved_and_the_light_of_saved_goes_on(rig, lamp):
    lamp.show(Signal.SAVED, "第12页")
    lamp.show(Signal.WAIT)
    followed(lamp._buzzer)
    followed(lamp._white)

    flashes = [change.state for change in rig.pins.pin(WHITE).states]
    assert flashes == [False, True, False, True, False]
    assert rig.pins.pin(BUZZER).frequency is None
    assert eventually(lambda: lit(rig) == {GREEN})
    assert eventually(lambda: lit(rig) == set())
    assert eventually(lambda: lit(rig) == {GREEN})


def test_wait_does_not_silence_what_insists(rig, lamp):
    lamp.show(Signal.NOT_SAVED)
    lamp.show(Signal.WAIT)
    followed(lamp._white)
    before = len(rig.pins.pin(BUZZER).states)

    assert lit(rig) == {RED}
    assert eventually(lambda: len(rig.pins.pin(BUZZER).states) > before)
