"""`station capture` as systemd and the store see it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from firmware_config import load
from station.commands.capture import open_store
from station.store import Store, listing
from station.store.opening import CHECKPOINT_PAGES, CHECKPOINT_PAGES_OF_CAPTURE


@pytest.fixture
def config(tmp_path):
    """A station of one picture whose operator treads once and switches off."""
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "1.jpg").write_bytes(b"\xff\xd8\xff\xe0 a picture")
    (tmp_path / "presses").write_text("page\npower-off\n")
    path = tmp_path / "device.toml"
    path.write_text(
        f'station = "st-9"\nhome = "{tmp_path / "home"}"\n'
        f'[camera]\nfolder = "{pages}"\n[controls]\nscript = "{tmp_path / "presses"}"\n'
    )
    return path


def capture(config: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "station", "capture", "--json", "--config", str(config)]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_a_page_is_kept_and_told_and_power_off_is_a_clean_end(config, tmp_path):
    done = capture(config)

    assert done.returncode == 0, done.stderr
    assert "frame kept" in done.stderr
    assert [line.split('"')[3] for line in done.stdout.splitlines()] == [
        *("ready", "hold", "saved", "off"),
    ]
    with Store.open(tmp_path / "home", station="st-9") as store:
        assert listing.count_pages(store, listing.current_item(store).id) == 1


def test_a_fonds_that_makes_no_code_stops_capture_before_the_first_press(config):
    config.write_text(config.read_text() + '[fonds]\nproblem = "bgs"\n')

    done = capture(config)

    assert done.returncode == 78
    assert "档号" in done.stderr
    assert done.stdout == ""


def test_a_lamp_that_is_broken_at_the_start_is_a_missing_device(config):
    config.write_text(config.read_text() + '[lamp]\ndriver = "faulty"\n')

    assert capture(config).returncode == 78


def test_the_pedal_does_not_pay_for_copying_the_log(config, tmp_path):
    with open_store(load.device(config)) as store, Store.open(store.home, station="st-9") as other:
        assert store.value("pragma wal_autocheckpoint") == CHECKPOINT_PAGES_OF_CAPTURE
        assert other.value("pragma wal_autocheckpoint") == CHECKPOINT_PAGES
