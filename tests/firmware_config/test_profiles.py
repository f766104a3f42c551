import tomllib
from importlib.metadata import entry_points
from importlib.resources import files

import pytest

from firmware_config import load

GROUPS = {
    "camera": "station.cameras",
    "controls": "station.controls",
    "lamp": "station.lamps",
    "ocr": "station.engines",
}


def of_profile(tmp_path, name: str):
    path = tmp_path / "device.toml"
    path.write_text(f'profile = "{name}"')
    return load.device(path)


def test_there_is_one_for_the_cradle_and_one_for_the_laptop():
    assert load.profiles() == ["laptop-folder", "pi-hq-cradle"]


@pytest.mark.parametrize("name", load.profiles())
def test_a_profile_alone_is_a_whole_configuration(tmp_path, name):
    assert of_profile(tmp_path, name).station


@pytest.mark.parametrize("name", load.profiles())
def test_a_profile_names_drivers_that_exist(tmp_path, name):
    device = of_profile(tmp_path, name)

    for section, group in GROUPS.items():
        known = {entry.name for entry in entry_points(group=group)}
        assert getattr(device, section).driver in known


@pytest.mark.parametrize("name", load.profiles())
def test_a_profile_says_in_its_first_line_which_machine_it_is_for(name):
    text = (files("firmware_config") / "profiles" / f"{name}.toml").read_text("utf-8")

    assert text.startswith("# ")
    assert tomllib.loads(text)
