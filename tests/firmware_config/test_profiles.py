import tomllib
from importlib.metadata import entry_points
from importlib.resources import files

import pytest

from firmware_config import load
from firmware_config.errors import ConfigError

GROUPS = {
    "camera": "station.cameras",
    "controls": "station.controls",
    "lamp": "station.lamps",
    "ocr": "station.engines",
}


OWN = 'station = "st-7"\nfonds.number = "Z109"\n'


def of_profile(tmp_path, name: str):
    return of_file(tmp_path, f'profile = "{name}"\n{OWN}')


def of_file(tmp_path, text: str):
    path = tmp_path / "device.toml"
    path.write_text(text)
    return load.device(path)


def test_there_is_one_for_the_cradle_and_one_for_the_laptop():
    assert load.profiles() == ["laptop-folder", "pi-hq-cradle"]


@pytest.mark.parametrize("name", load.profiles())
def test_a_profile_is_a_whole_configuration_with_the_machines_name_and_fonds(tmp_path, name):
    device = of_profile(tmp_path, name)

    assert (device.station, device.fonds.number) == ("st-7", "Z109")


def test_the_laptops_profile_needs_nothing_else(tmp_path):
    assert of_file(tmp_path, "").station == "st-001"


@pytest.mark.parametrize("line", OWN.splitlines())
def test_a_pi_has_neither_a_name_nor_a_fonds_until_its_own_file_gives_them(tmp_path, line):
    key = line.split(" ")[0].removeprefix("fonds.")

    with pytest.raises(ConfigError, match=rf"device\.toml: .*missing.*`{key}`"):
        of_file(tmp_path, 'profile = "pi-hq-cradle"\n' + OWN.replace(line, ""))


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
