import re
import subprocess
import sys
from importlib.metadata import entry_points

import pytest

from firmware_config.drivers import load
from firmware_config.errors import DriverError

GROUPS = (
    "station.cameras",
    "station.controls",
    "station.lamps",
    "station.engines",
    "township.vaults",
)
DRIVERS = sorted({(group, entry.name) for group in GROUPS for entry in entry_points(group=group)})


def test_every_kind_of_driver_has_one_that_fails_or_one_that_replays():
    for group in GROUPS:
        assert {"faulty", "script"} & {name for kind, name in DRIVERS if kind == group}


@pytest.mark.parametrize(("group", "name"), DRIVERS)
def test_every_driver_of_the_list_loads_or_names_what_is_missing(group, name):
    try:
        driver = load(group, name)
    except DriverError as error:
        assert "which is not installed" in error.message
        assert not re.search(r"needs '(station|sync|firmware_config)", error.message)
    else:
        assert callable(driver)
        assert driver.__doc__


def test_an_unknown_driver_is_refused_with_those_that_are_known():
    with pytest.raises(DriverError, match=r"unknown driver 'foldr' in station\.cameras; .*folder"):
        load("station.cameras", "foldr")


def test_an_unknown_kind_of_driver_is_refused():
    with pytest.raises(DriverError, match="unknown driver"):
        load("station.printers", "any")


def test_loading_a_driver_loads_no_other():
    script = (
        "import sys\n"
        "from firmware_config.drivers import load\n"
        "load('station.cameras', 'folder')\n"
        "print([n for n in sys.modules if n in ('gpiozero', 'picamera2', 'cv2', 'onnxruntime')])\n"
    )

    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert said.stdout == "[]\n"
