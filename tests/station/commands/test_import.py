"""`station import` as a program sees it: the real command, in a process of its own."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from firmware_config.schema import Fonds
from station.model import Exposure
from station.store import Store, frames
from station.store.status import status
from tests.memory import COMMAND_MEASURED

REASONS = {
    *("no-page", "cut", "blurred", "dark", "bright", "glare"),
    *("uneven-light", "hand", "blank", "same", "low-dpi", "several", "cradle-moved"),
}
TURNS = {
    3: Image.Transpose.ROTATE_180,
    6: Image.Transpose.ROTATE_90,
    8: Image.Transpose.ROTATE_270,
}
SHEET = np.array([[75, 100], [825, 100], [825, 1100], [75, 1100]])
"""Where `write` lays the sheet in a picture of 900 x 1200."""


def station(*words: str | Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "station", *map(os.fsencode, words)]
    return subprocess.run(command, check=False, capture_output=True, timeout=300)


def imported(home: Path, *words: str | Path) -> tuple[list[dict], int]:
    ran = station("import", "--home", home, "--no-sync", "--no-ocr", "--json", *words)
    assert b"Traceback" not in ran.stderr, ran.stderr.decode()
    return [json.loads(line) for line in ran.stdout.splitlines()], ran.returncode


def write(path: Path, height: int = 640, width: int = 480, *, suffix: str = ".jpg") -> Path:
    page = np.full((height, width, 3), 50, np.uint8)
    page[height // 12 : -height // 12, width // 12 : -width // 12] = 230
    for row in range(4):
        at = (width // 6, height // 4 + row * height // 8)
        scale = width / 480
        cv2.putText(page, "ARCHIVE 1991", at, cv2.FONT_HERSHEY_SIMPLEX, scale, (30, 30, 30), 2)
    path.write_bytes(cv2.imencode(suffix, page)[1].tobytes())
    return path


def test_one_object_a_page_with_every_promised_field(tmp_path):
    path = write(tmp_path / "page.jpg")
    (answer,), code = imported(tmp_path / "home", path)
    assert code == 0
    assert answer["source"] == str(path)
    assert answer["page"] == 1
    assert answer["item"]
    assert answer["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert answer["quad"] is None or np.array(answer["quad"]).shape == (4, 2)
    assert isinstance(answer["skew_deg"], float)
    assert answer["quality"]["verdict"] in {"good", "check", "bad"}
    assert set(answer["quality"]["reasons"]) <= REASONS
    assert {"find", "straighten", "judge", "ocr", "total"} <= set(answer["seconds"])
    assert "lines" not in answer


def test_a_page_on_which_nothing_could_be_read_says_that_it_needs_a_person(tmp_path):
    config = tmp_path / "device.toml"
    config.write_text('[ocr]\ndriver = "blank"\n')
    path = write(tmp_path / "page.jpg")
    words = ["--config", config, "--home", tmp_path / "home", "--no-sync", path]
    ran = station("import", *words, "--json")
    (answer,) = [json.loads(line) for line in ran.stdout.splitlines()]
    assert (answer["lines"], answer["grids"], answer["model"]) == ([], [], "none")
    assert answer["needs_person"]
    assert answer["tried"][:2] == ["restored", "closer"]


def test_the_quad_is_where_the_sheet_lies(tmp_path):
    (answer,), _ = imported(tmp_path / "home", write(tmp_path / "page.jpg", 1200, 900))
    assert np.abs(np.array(answer["quad"]) - SHEET).max() < 12


@pytest.mark.parametrize(
    ("words", "items"), [([], 1), (["--item-per-folder"], 2), (["--item-per-file"], 4)]
)
def test_pictures_become_items_as_asked(tmp_path, words, items):
    for name in ("a/1.jpg", "a/2.jpg", "b/1.jpg", "b/2.jpg"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        write(tmp_path / "in" / name)
    answers, _ = imported(tmp_path / "home", *words, tmp_path / "in")
    assert len({answer["item"] for answer in answers}) == items
    assert len(answers) == 4


def test_what_cannot_be_read_is_reported_and_the_others_go_on(tmp_path):
    good = write(tmp_path / "good.jpg")
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "text.jpg").write_text("not a picture at all")
    (tmp_path / "cut.jpg").write_bytes(good.read_bytes()[:3000])
    answers, code = imported(tmp_path / "home", tmp_path)
    assert code == 74
    failed = [answer for answer in answers if "error" in answer]
    names = {Path(answer["source"]).name for answer in failed}
    assert names == {"empty.jpg", "text.jpg", "cut.jpg"}
    assert all(set(answer) == {"source", "error", "hint"} for answer in failed)
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in each["hint"]) for each in failed)
    assert len(answers) == 4


def test_a_picture_of_a_kind_that_is_not_read_is_told_and_other_files_are_not(tmp_path):
    (tmp_path / "in").mkdir()
    write(tmp_path / "in" / "page.jpg")
    (tmp_path / "in" / "phone.heic").write_bytes(b"ftypheic")
    (tmp_path / "in" / "page.txt").write_text("notes")
    answers, code = imported(tmp_path / "home", tmp_path / "in")
    assert code == 74
    assert [Path(answer["source"]).name for answer in answers] == ["phone.heic", "page.jpg"]


@pytest.mark.parametrize("where", ["absent.jpg", "empty-folder"])
def test_a_path_that_gives_no_picture_is_an_error_with_a_hint(tmp_path, where):
    (tmp_path / "empty-folder").mkdir()
    (answer,), code = imported(tmp_path / "home", tmp_path / where)
    assert code == 74
    assert answer["hint"]


def test_names_that_are_not_utf_8_or_very_long_are_read(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    data = write(tmp_path / "page.jpg").read_bytes()
    odd = os.fsencode(folder) + b"/\xb5\xb5\xb0\xb8.jpg"
    Path(os.fsdecode(odd)).write_bytes(data)
    (folder / ("档" * 80 + ".jpg")).write_bytes(data)
    answers, code = imported(tmp_path / "home", folder)
    assert code == 0
    assert len(answers) == 2


@pytest.mark.parametrize("orientation", sorted(TURNS))
def test_the_quad_is_in_pixels_after_exif_orientation(tmp_path, orientation):
    upright = write(tmp_path / "upright.png", 1200, 900, suffix=".png")
    exif = Image.Exif()
    exif[0x0112] = orientation
    with Image.open(upright) as image:
        turned = image.transpose(TURNS[orientation])
        turned.save(tmp_path / "turned.jpg", exif=exif, quality=95)
    (answer,), _ = imported(tmp_path / "home", tmp_path / "turned.jpg")
    assert np.abs(np.array(answer["quad"]) - SHEET).max() < 12


def test_a_picture_of_two_hundred_megapixels_is_read_with_bounded_memory(tmp_path):
    huge = np.full((14_200, 14_200), 60, np.uint8)
    huge[1000:-1000, 1000:-1000] = 230
    (tmp_path / "huge.jpg").write_bytes(cv2.imencode(".jpg", huge)[1].tobytes())
    words = ["import", "--home", tmp_path / "home", "--no-sync", "--no-ocr", "--json"]
    command = [sys.executable, "-c", COMMAND_MEASURED, *words, tmp_path / "huge.jpg"]
    ran = subprocess.run(command, check=True, capture_output=True, timeout=300)
    answer = json.loads(ran.stdout)
    assert np.abs(np.array(answer["quad"])[2] - 13_200).max() < 60
    assert int(ran.stderr.split()[-1]) < 1_500_000, "kilobytes"


def test_an_import_that_was_killed_leaves_nothing_open_for_ever(tmp_path):
    home = tmp_path / "home"
    with Store.open(home, station="st-001") as store:
        left = frames.open_item(store, Fonds(number="Z001"), year=2026)
        data = write(tmp_path / "left.jpg").read_bytes()
        exposure = Exposure(data=data, media_type="image/jpeg", source="left.jpg")
        frames.keep(store, left.id, exposure)
    imported(home, write(tmp_path / "next.jpg"))
    assert station("read", "--once", "--home", home, "--config", blank(tmp_path)).returncode == 0
    with Store.open(home, station="st-001") as store:
        assert status(store).items_open == 0
        assert status(store).items_sealed == 2


def test_a_broker_that_is_absent_costs_nothing_but_the_sending(tmp_path):
    config = tmp_path / "device.toml"
    config.write_text(
        f'station = "st-001"\nhome = "{tmp_path / "home"}"\n'
        '[sync]\nbroker_host = "127.0.0.1"\nbroker_port = 9\nconnect_timeout_s = 1.0\n'
    )
    path = write(tmp_path / "page.jpg")
    ran = station("import", "--config", config, "--no-ocr", "--json", path)
    assert ran.returncode == 74
    assert json.loads(ran.stdout)["source"] == str(path)
    assert "网络" in ran.stderr.decode()
    with Store.open(tmp_path / "home", station="st-001") as store:
        assert status(store).captured == status(store).outbox_files - 1 == 1


def blank(folder: Path) -> Path:
    """A configuration whose engine reads nothing."""
    config = folder / "blank.toml"
    config.write_text('station = "st-001"\n[ocr]\ndriver = "blank"\n')
    return config


def test_a_mistyped_home_is_no_clean_bill(tmp_path):
    for command in ("check", "status", "search x"):
        ran = station(*command.split(), "--home", tmp_path / "mistyped")
        assert ran.returncode == 78
        assert not (tmp_path / "mistyped").exists()


def test_a_page_on_which_the_engine_fails_is_told_and_the_others_go_on(tmp_path):
    config = tmp_path / "device.toml"
    config.write_text('station = "st-001"\n[ocr]\ndriver = "faulty"\nreplay = "error"\n')
    for name in ("1.jpg", "2.jpg"):
        write(tmp_path / name)
    words = ["import", "--config", config, "--home", tmp_path / "home", "--no-sync", "--json"]
    ran = station(*words, tmp_path / "1.jpg", tmp_path / "2.jpg")
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert ran.returncode == 74
    assert [set(answer) for answer in answers] == [{"source", "error", "hint"}] * 2
    with Store.open(tmp_path / "home", station="st-001") as store:
        assert status(store).captured == 2


def test_no_words_at_all_is_a_usage_error():
    assert station("import").returncode == 64
    assert station("no-such-command").returncode == 64


def test_a_wrong_configuration_exits_78_and_names_the_key(tmp_path):
    config = tmp_path / "device.toml"
    config.write_text('station = "st-001"\n[camera]\nspeed = 3\n')
    ran = station("status", "--config", config)
    assert ran.returncode == 78
    assert b"speed" in ran.stderr
    assert "配置" in ran.stderr.decode()
