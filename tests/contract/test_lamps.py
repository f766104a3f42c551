"""What every lamp owes, whichever driver it is."""

import time
from importlib.metadata import entry_points

import pytest

from firmware_config.drivers import load
from firmware_config.errors import LampError
from firmware_config.schema import Lamp
from station.model import Signal
from tests.doubles.rig import Rig

DRIVERS = ["gpio", "dark", "faulty"]


@pytest.fixture(params=DRIVERS)
def lamp(request):
    driver = load("station.lamps", request.param)
    if request.param == "gpio":
        rig = Rig()
        lamp = driver(rig.lamp, pin_factory=rig.pins)
    else:
        lamp = driver(Lamp(driver=request.param))
    yield lamp
    lamp.close()


@pytest.mark.parametrize("signal", Signal)
def test_a_signal_is_shown_at_once_or_refused_with_our_own_error(lamp, signal):
    before_s = time.perf_counter()

    try:
        lamp.show(signal, "第12页")
    except LampError:
        assert type(lamp).__name__ == "FaultyLamp"

    # The shortest pattern lasts 50 ms; ten times that bears a busy machine.
    assert time.perf_counter() - before_s < 0.5


def test_a_lamp_can_be_closed_twice(lamp):
    lamp.close()
    lamp.close()


def test_every_driver_there_is_stands_in_this_suite():
    assert {entry.name for entry in entry_points(group="station.lamps")} == set(DRIVERS)
