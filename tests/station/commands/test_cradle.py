from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from firmware_config.errors import ConfigError, UsageError
from station.cli import dispatch
from station.commands.cradle import size_mm


def photograph(path: Path, seed: int, shift_px: int = 0) -> Path:
    """A written sheet on a blotched board."""
    rng = np.random.default_rng(seed)
    blotches = np.random.default_rng(1).normal(0, 1, (1200, 900)).astype(np.float32)
    blotches = cv2.GaussianBlur(blotches, (0, 0), 8)
    grey = 70 + 12 * blotches / blotches.std()
    grey[150:1050, 130:770] = 225
    for y in range(240, 900, 44):
        grey[y : y + 16, 200 : int(rng.integers(300, 700)) : 3] = 60
    grey = np.roll(grey, shift_px, axis=1) + rng.normal(0, 2, grey.shape)
    cv2.imwrite(str(path), grey.clip(0, 255).astype(np.uint8))
    return path


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cradle")
    pictures = [str(photograph(folder / f"{seed}.png", seed)) for seed in range(5)]
    words = [
        "cradle",
        "learn",
        "--home",
        str(folder),
        "--sheet",
        "185x260",
        "--pictures",
        *pictures,
    ]
    assert dispatch(words) == 0
    return folder


def test_what_was_learned_is_shown_to_people_and_programs(home: Path, capsys):
    assert dispatch(["cradle", "show", "--home", str(home)]) == 0
    assert "纸面分辨率" in capsys.readouterr().out
    assert dispatch(["cradle", "show", "--home", str(home), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["frames"] == 5
    assert told["dpi"] == pytest.approx(640 / 185 * 25.4, rel=0.01)


def test_a_frame_of_the_same_place_agrees(home: Path, capsys):
    picture = photograph(home / "same.png", 20)
    assert (
        dispatch(["cradle", "check", "--home", str(home), "--json", "--pictures", str(picture)])
        == 0
    )
    told = json.loads(capsys.readouterr().out)
    assert told["by"] == "rim"
    assert told["moved"] is False


def test_a_camera_that_was_pushed_is_told_and_nothing_is_corrected(home: Path, capsys):
    before = (home / "cradle.json").read_bytes()
    picture = photograph(home / "pushed.png", 21, shift_px=12)
    with pytest.raises(ConfigError, match="cradle-moved") as refused:
        dispatch(["cradle", "check", "--home", str(home), "--pictures", str(picture)])
    assert "重新" in refused.value.hint
    assert "托架已移动" in capsys.readouterr().out
    assert (home / "cradle.json").read_bytes() == before


def test_a_station_that_learned_nothing_says_so(tmp_path: Path):
    with pytest.raises(ConfigError, match="no cradle") as refused:
        dispatch(["cradle", "show", "--home", str(tmp_path)])
    assert "station cradle learn" in refused.value.hint


def test_sheets_are_named_or_measured():
    assert size_mm("") is None
    assert size_mm("16K") == (185.0, 260.0)
    assert size_mm("262x196") == (262.0, 196.0)


@pytest.mark.parametrize("words", ["A9", "210", "0x297", "-1x5", "210x297mm"])
def test_a_sheet_nobody_knows_is_refused(words: str):
    with pytest.raises(UsageError):
        size_mm(words)
