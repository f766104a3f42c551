from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware_config import load
from firmware_config.errors import ConfigError
from firmware_config.schema import Device
from firmware_config.township_schema import Township


@pytest.fixture
def written(tmp_path):
    """Write a configuration file and give its path."""

    def write(text: str | bytes) -> Path:
        path = tmp_path / "device.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def refusal(path: Path) -> str:
    with pytest.raises(ConfigError) as refused:
        load.device(path)
    assert refused.value.exit_code == 78
    assert refused.value.hint
    return refused.value.message


def test_what_the_file_says_wins_over_its_profile_key_by_key(written):
    device = load.device(
        written(
            'profile = "pi-hq-cradle"\nstation = "st-7"\n'
            '[camera]\nexposure_us = 9000\n[fonds]\nnumber = "Z109"\n'
        )
    )

    assert device.station == "st-7"
    assert device.camera.exposure_us == 9000
    assert device.camera.analogue_gain == 1.0
    assert device.controls.driver == "gpio"


def test_a_file_without_a_profile_stands_on_the_laptops(written):
    assert load.device(written('station = "st-9"')).camera.driver == "folder"


def test_home_given_by_the_caller_wins_over_everything(written, tmp_path):
    path = written('home = "/somewhere/else"')

    assert load.device(path, home=tmp_path).home == str(tmp_path)
    assert load.township(written('home = "/other"'), home=tmp_path).home == str(tmp_path)


def test_a_tilde_is_expanded_in_every_path(written):
    text = 'home = "~/archive"\n[camera]\nfolder = "~/pages"\n[controls]\nscript = "-"\n'

    device = load.device(written(text))

    assert device.home == str(Path.home() / "archive")
    assert device.camera.folder == str(Path.home() / "pages")
    assert device.controls.script == "-"
    assert device.ocr.models == ""
    assert load.township(written('home = "~/t"')).home == str(Path.home() / "t")


def test_an_unknown_key_is_named_with_its_path_and_its_file(written):
    message = refusal(written("[camera]\nexposure = 8000\n"))

    assert "device.toml" in message
    assert "`exposure`" in message
    assert "$.camera" in message


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("[camera]\nwidth_px = 'wide'", "$.camera.width_px"),
        ("[camera]\nwidth_px = true", "$.camera.width_px"),
        ("[camera]\njpeg_quality = 101", "$.camera.jpeg_quality"),
        ("[camera]\ntimeout_s = nan", "$.camera.timeout_s"),
        ("[camera]\ncolour_gains = [1.0]", "$.camera.colour_gains"),
        ("[camera]\ncolour_gains = [nan, 1.0]", "$.camera.colour_gains"),
        ("[camera]\ndriver = 1979-05-27", "$.camera.driver"),
        ("camera = 3", "$.camera"),
        ("station = 'ST 1'", "$.station"),
        ('station = "st-001\\n"', "$.station"),
        ("home = ''", "$.home"),
        ("[fonds]\nretention = 'forever'", "$.fonds.retention"),
        ("[sync]\nbroker_port = 70000", "$.sync.broker_port"),
        ("[sync]\nretry_first_s = 10\nretry_longest_s = 5", "$.sync"),
        ("[controls]\ngreen_pin = 17", "$.controls"),
        ("[lamp]\nred_pin = 18", "$.lamp"),
    ],
)
def test_a_wrong_value_is_refused_with_its_path(written, text, path):
    assert path in refusal(written(text))


def test_a_pin_cannot_serve_a_button_and_a_lamp(written):
    assert "pin 17" in refusal(written("[lamp]\nwhite_pin = 17"))


@pytest.mark.parametrize("text", ["home = '~nobody-of-this-name/x'", 'home = "/a\\u0000b"'])
def test_a_path_that_cannot_be_one_is_refused(written, text):
    assert "`home` is not a path" in refusal(written(text))


def test_a_file_that_is_not_utf_8_or_not_toml_is_refused_with_its_name(written):
    assert "not UTF-8: byte 11" in refusal(written('station = "档案"'.encode("gbk")))
    assert "not TOML" in refusal(written("station st-1"))


@pytest.mark.parametrize("text", ["a=" + "[" * 100_000, "a=" + "9" * 5000])
def test_a_file_made_to_break_the_parser_is_not_toml(written, text):
    assert "not TOML" in refusal(written(text))


def test_a_byte_order_mark_of_a_windows_editor_is_not_minded(written):
    assert load.device(written(b'\xef\xbb\xbfstation = "st-5"')).station == "st-5"


def test_an_unknown_profile_is_refused_with_those_there_are(written):
    message = refusal(written('profile = "pi-hd-cradle"'))

    assert "'pi-hd-cradle'" in message
    assert "pi-hq-cradle" in message
    assert "unknown profile" in refusal(written("profile = [1]"))


def test_a_file_that_is_named_and_absent_or_a_folder_is_refused(tmp_path):
    assert "cannot read" in refusal(tmp_path / "nowhere.toml")
    assert "cannot read" in refusal(tmp_path)


def test_a_township_needs_no_file_of_its_own_beyond_what_it_changes(written):
    township = load.township(written("credit_bytes = 131072"))

    assert (township.receiver, township.credit_bytes) == ("rx01", 131072)
    with pytest.raises(ConfigError, match=r"unknown field `profile`"):
        load.township(written('profile = "laptop-folder"'))


KEYS = st.sampled_from(["station", "home", "profile", "camera", "sync", "driver", "x"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(under)}" for key, under in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(letter):08X}" for letter in value) + '"'
    return str(value).lower()


@given(st.binary(max_size=200))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_a_configuration_or_refused(tmp_path, data):
    loads_or_refuses(tmp_path, data)


@given(st.dictionaries(KEYS, VALUES, max_size=5))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_toml_is_a_configuration_or_refused(tmp_path, table):
    text = "\n".join(f"{key} = {toml(value)}" for key, value in table.items())

    loads_or_refuses(tmp_path, text.encode("utf-8", "surrogatepass"))


def loads_or_refuses(folder: Path, data: bytes) -> None:
    path = folder / "any.toml"
    path.write_bytes(data)
    for read, kind in ((load.device, Device), (load.township, Township)):
        try:
            assert isinstance(read(path), kind)
        except ConfigError as error:
            assert error.message
