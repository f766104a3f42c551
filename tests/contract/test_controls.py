"""What every source of presses owes, whichever driver it is."""

from importlib.metadata import entry_points

import pytest

from firmware_config.drivers import load
from firmware_config.schema import Controls
from station.model import Press, PressKind
from tests.doubles.rig import Rig

DRIVERS = ["script", "gpio"]


@pytest.fixture(params=DRIVERS)
def one_page(request, tmp_path):
    """Controls on which the operator takes exactly one page."""
    driver = load("station.controls", request.param)
    if request.param == "script":
        script = tmp_path / "script"
        script.write_text("page\n")
        return driver(Controls(driver="script", script=str(script)))
    rig = Rig()
    controls = driver(rig.controls, pin_factory=rig.pins)
    rig.tread()
    return controls


def test_a_page_is_one_press_with_the_time_of_its_contact(one_page):
    press = next(one_page.presses())

    assert isinstance(press, Press)
    assert press.kind is PressKind.PAGE
    assert press.at_s > 0
    one_page.close()


def test_presses_end_when_the_controls_are_closed(one_page):
    presses = one_page.presses()
    next(presses)

    one_page.close()

    assert list(presses) == []


def test_controls_can_be_closed_twice(one_page):
    one_page.close()
    one_page.close()


def test_every_driver_there_is_stands_in_this_suite():
    assert {entry.name for entry in entry_points(group="station.controls")} == set(DRIVERS)
