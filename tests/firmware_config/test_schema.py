import msgspec
import pytest

from firmware_config import schema
from firmware_config.schema import Camera, Controls, Device, Lamp, Section, Sync
from firmware_config.township_schema import Township

SECTIONS = [
    kind
    for kind in vars(schema).values()
    if isinstance(kind, type) and issubclass(kind, Section) and kind is not Section
]


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_is_frozen_and_refuses_unknown_keys(section):
    config = section.__struct_config__

    assert config.frozen
    assert config.forbid_unknown_fields


@pytest.mark.parametrize("section", SECTIONS)
def test_every_number_says_its_unit_or_has_none(section):
    units = (
        "_px",
        "_us",
        "_ms",
        "_s",
        "_mm",
        "_dpi",
        "_bytes",
        "_pin",
        "_port",
        "_dioptre",
        "_percent",
    )
    unitless = {
        "analogue_gain",
        "jpeg_quality",
        "find_confidence",
        "below_score",
        "page_jpeg_quality",
        "access_jpeg_quality",
        "maximum_megapixels",
        "threads",
        "niceness",
        "year",
        "item_digits",
        "aspect",
        "focal_share",
        "centre_x",
        "centre_y",
        *("k1", "k2", "k3", "p1", "p2"),
    }

    for field in msgspec.inspect.type_info(section).fields:
        inner = field.type
        kinds = inner.types if isinstance(inner, msgspec.inspect.UnionType) else (inner,)
        if any(isinstance(k, msgspec.inspect.IntType | msgspec.inspect.FloatType) for k in kinds):
            assert field.name.endswith(units) or field.name in unitless, field.name


@pytest.mark.parametrize("section", SECTIONS)
def test_every_number_is_bounded_below(section):
    for field in msgspec.inspect.type_info(section).fields:
        inner = field.type
        kinds = inner.types if isinstance(inner, msgspec.inspect.UnionType) else (inner,)
        for kind in kinds:
            if isinstance(kind, msgspec.inspect.IntType | msgspec.inspect.FloatType):
                assert (kind.ge, kind.gt) != (None, None), field.name


def test_every_path_that_the_loader_expands_is_a_key_somewhere():
    keys = {field for section in SECTIONS for field in section.__struct_fields__}

    assert keys >= schema.PATHS


def test_the_defaults_are_themselves_allowed():
    device = Device(
        station="st-1",
        home="/x",
        camera=Camera(driver="folder"),
        controls=Controls(driver="script"),
        lamp=Lamp(driver="dark"),
        ocr=schema.Ocr(driver="blank"),
        fonds=schema.Fonds(number="Z001"),
    )

    assert msgspec.convert(msgspec.to_builtins(device), Device) == device
    township = Township(receiver="rx01", home="/y")
    assert msgspec.convert(msgspec.to_builtins(township), Township) == township


def test_the_waits_of_debouncing_are_those_of_the_design():
    controls = Controls(driver="gpio")

    assert (controls.closed_ms, controls.released_ms) == (25, 60)
    assert (controls.between_shots_ms, controls.long_press_ms) == (400, 2000)
    assert controls.power_off_ms == 3000


def test_pins_that_collide_are_refused_wherever_they_are_made():
    with pytest.raises(ValueError, match="pin 17 more than once"):
        Controls(driver="gpio", green_pin=17)
    with pytest.raises(ValueError, match="longer than"):
        Sync(retry_first_s=5.0, retry_longest_s=1.0)
