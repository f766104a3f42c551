"""docs/verify.sh: an outsider checks a station's state with a shell, sqlite3 and sha256sum."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from firmware_config.schema import Fonds
from station.model import Exposure
from station.store import Store, frames, listing

SCRIPT = Path(__file__).parents[2] / "docs" / "verify.sh"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    if shutil.which("sqlite3") is None:
        pytest.skip("=== NOT SHOWN HERE: the program sqlite3 is not installed ===")
    with Store.open(tmp_path / "home", station="st-001") as store:
        item = frames.open_item(store, Fonds(number="Z001"), year=2026)
        for number in range(4):
            exposure = Exposure(data=b"%d" % number, media_type="image/jpeg", source="档案.jpg")
            frames.keep(store, item.id, exposure)
    return tmp_path / "home"


def verify(home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", SCRIPT, home], check=False, capture_output=True, text=True)


def test_a_sound_home_passes(home):
    ran = verify(home)
    assert (ran.returncode, ran.stdout) == (0, "5 entries, 4 blobs\n")


def test_a_flipped_byte_is_named(home):
    with Store.open(home, station="st-001") as store:
        blob = store.spool.path(listing.frames_of(store, 1)[0].digest)
    blob.write_bytes(b"!")
    ran = verify(home)
    assert ran.returncode == 1
    assert str(blob) in ran.stdout


def test_a_blob_that_is_gone_is_named(home):
    with Store.open(home, station="st-001") as store:
        blob = store.spool.path(listing.frames_of(store, 1)[0].digest)
    blob.unlink()
    assert f"missing blob: {blob.name}" in verify(home).stdout


def test_an_edited_entry_breaks_the_chain_there(home):
    db = sqlite3.connect(home / "station.db")
    db.execute("drop trigger journal_no_update")
    db.execute("update journal set payload = cast(payload || ' ' as blob) where seq = 3")
    db.commit()
    db.close()
    ran = verify(home)
    assert ran.returncode == 1
    assert ran.stdout.startswith("broken chain at 3\n")


def test_the_script_is_thirty_lines_at_most():
    assert len(SCRIPT.read_text().splitlines()) <= 30
