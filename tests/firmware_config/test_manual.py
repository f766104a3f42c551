from pathlib import Path

from firmware_config.manual import manual
from firmware_config.schema import Camera, Device, Fonds, Sync
from firmware_config.township_schema import Township

PAGE = Path(__file__).parents[2] / "docs" / "config.md"


def test_the_page_is_what_the_schema_says_now():
    assert PAGE.read_text("utf-8") == manual(), (
        "run: python -m firmware_config.manual > docs/config.md"
    )


def test_every_key_stands_in_it():
    page = manual()

    for section in (Device, Township, Camera, Fonds, Sync):
        for key in section.__struct_fields__:
            assert f"`{key}`" in page or f".{key}]`" in page or f"`[{key}]`" in page


def test_the_notes_of_both_schemas_are_in_it():
    assert "Un-receipted bytes" in manual()
    assert "Below this the frame is kept whole" in manual()
