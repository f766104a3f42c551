from pathlib import Path

import pytest

from firmware_config.errors import StorageError
from station.store import cradle


def test_what_was_learned_is_kept_in_the_place_of_what_was_before(tmp_path: Path):
    home = tmp_path / "home"
    assert cradle.kept(home) is None
    cradle.keep(home, b"first")
    path = cradle.keep(home, b"second")
    assert cradle.kept(home) == b"second"
    assert [entry.name for entry in home.iterdir()] == [path.name]


def test_a_home_that_cannot_be_written_is_said_to_be_so(tmp_path: Path):
    (tmp_path / "home").write_text("a file")
    with pytest.raises(StorageError, match="keep the cradle"):
        cradle.keep(tmp_path / "home", b"anything")
