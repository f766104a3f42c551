"""`station reread` as a technician runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from station import reading
from station.imaging.stand import Stand
from station.store import Store, texts
from tests.station.test_reading import Parrot, item_of, picture


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A station of two pages, read by a parrot, that reads with the engine `blank` now."""
    with Store.open(tmp_path / "home", station="st-001") as store:
        item_of(store, picture(1), picture(2))
        list(reading.read(store, Parrot("旧"), Stand, go_on=lambda idle: not idle))
    path = tmp_path / "device.toml"
    path.write_text(f'station = "st-001"\nhome = "{tmp_path / "home"}"\n[ocr]\ndriver = "blank"\n')
    return path


def reread(config: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "station", "reread", "--config", str(config), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_every_old_page_is_told_once_and_has_both_texts(config: Path) -> None:
    first, second = (reread(config, "--older-than", "none", "--json") for _ in range(2))

    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    told = [json.loads(line) for line in first.stdout.splitlines()]
    assert [(page["shot"], page["before"]) for page in told] == [(1, "parrot"), (2, "parrot")]
    assert second.stdout == ""
    with Store.open(config.parent / "home", station="st-001") as store:
        assert [said.model for said in texts.readings_of(store, 1, 1)] == ["parrot", "none"]


def test_a_model_that_this_station_does_not_read_with_is_refused(config: Path) -> None:
    done = reread(config, "--older-than", "PP-OCRv9_huge")

    assert done.returncode == 64
    assert "本机现在的识字模型是 none" in done.stderr
    with Store.open(config.parent / "home", station="st-001") as store:
        assert store.value("select count(*) from text") == 2
