"""The wiring only: what edges mean is tested, without waiting, in test_debounce."""

import itertools
import subprocess
import sys

import pytest

from firmware_config.errors import DriverError
from station.controls.gpio import GpioControls
from station.model import PressKind
from tests.doubles.rig import Rig


@pytest.fixture
def rig():
    return Rig()


def controls(rig: Rig, **arguments) -> GpioControls:
    return GpioControls(rig.controls, pin_factory=rig.pins, clock=rig.clock, **arguments)


@pytest.mark.parametrize(
    ("number", "kind"),
    [(17, PressKind.PAGE), (27, PressKind.NEXT_ITEM), (22, PressKind.RETAKE)],
)
def test_each_contact_is_wired_to_its_own_meaning(rig, number, kind):
    hand = controls(rig)

    rig.touch(number)
    rig.leave(number, after_s=0.1)
    rig.now_s += 0.1

    press = next(hand.presses())
    assert (press.kind, press.at_s) == (kind, 1.0)
    hand.close()


def test_a_bouncing_pedal_is_one_press_at_its_last_contact(rig):
    hand = controls(rig)
    for _ in range(6):
        rig.tread()
        rig.lift(after_s=0.002)
    rig.tread()
    rig.now_s += 0.1

    presses = hand.presses()
    assert next(presses).at_s == pytest.approx(1.012)
    hand.close()

    assert list(presses) == []


def test_a_pedal_that_is_down_at_the_start_is_no_press(rig):
    rig.tread()
    rig.pins.pin(rig.controls.pedal_pin).stuck = True

    def a_second_later():
        rig.now_s += 1.0
        if rig.now_s > 3.0:
            hand.close()

    hand = controls(rig, idle=a_second_later)

    assert list(hand.presses()) == []


def test_a_held_button_is_long_without_any_further_edge(rig):
    hand = controls(rig)
    rig.touch(27)
    rig.now_s += 2.1

    assert next(hand.presses()).kind is PressKind.CLOSE_BATCH
    hand.close()


def test_edges_stamped_by_another_clock_count_from_their_arrival(rig):
    hand = GpioControls(rig.controls, pin_factory=rig.pins, clock=lambda: rig.now_s + 500.0)
    rig.tread()
    rig.now_s += 0.1

    assert next(hand.presses()).at_s == 501.0
    hand.close()


def test_an_edge_that_was_lost_is_found_by_reading_the_pin_again(rig):
    def a_second_later():
        rig.now_s += 1.0

    hand = controls(rig, idle=a_second_later)
    rig.pins.pin(rig.controls.pedal_pin).when_changed = None
    rig.tread()

    assert next(hand.presses()).kind is PressKind.PAGE
    hand.close()


def test_whoever_watches_is_told_while_nobody_presses(rig):
    told = itertools.count()
    hand = controls(rig, idle=lambda: next(told) == 1 and hand.close())

    assert list(hand.presses()) == []
    assert next(told) == 2


def test_a_pin_that_is_taken_is_a_driver_error_and_the_others_are_freed(rig):
    from gpiozero import LED

    with LED(22, pin_factory=rig.pins), pytest.raises(DriverError, match="pin 22"):
        controls(rig)

    controls(rig).close()


def test_a_machine_without_the_library_is_told_which():
    script = (
        "import sys\n"
        "sys.modules['lgpio'] = None\n"
        "from firmware_config.errors import DriverError\n"
        "from firmware_config.schema import Controls\n"
        "from station.controls.gpio import GpioControls\n"
        "try:\n"
        "    GpioControls(Controls(driver='gpio'))\n"
        "except DriverError as error:\n"
        "    print(error.exit_code, error.message)\n"
    )

    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout

    assert said == "78 driver 'gpio' needs 'lgpio', which is not installed\n"
