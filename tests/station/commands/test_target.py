"""`station target` as staff and programs see it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from station.store import Store, frames
from station.store.targets import latest_target
from tests.station.target.photographed import Shot, photograph, sheet


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    path = tmp_path_factory.mktemp("target") / "target.jpg"
    cv2.imwrite(str(path), photograph(Shot(dpi=150), sheet()))
    return path


@pytest.fixture
def config(tmp_path, picture):
    path = tmp_path / "device.toml"
    path.write_text(
        f'station = "st-9"\nhome = "{tmp_path / "home"}"\n[camera]\nfolder = "{picture.parent}"\n'
    )
    return path


def station(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "station", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_target_is_printed_as_pdf_or_png(tmp_path: Path):
    pdf, png = tmp_path / "t.pdf", tmp_path / "t.png"

    told = station("target", "print", "--out", pdf)
    station("target", "print", "--out", png)

    assert told.returncode == 0, told.stderr
    assert "实际大小 100%" in told.stdout
    assert pdf.read_bytes().startswith(b"%PDF-1.4")
    with Image.open(png) as image:
        assert image.size == (4961, 7016)
        assert image.info["dpi"] == pytest.approx((600, 600), abs=0.1)
        assert np.asarray(image).min() == 0
    assert station("target", "print", "--out", tmp_path / "t.doc").returncode == 64


def test_a_measurement_is_told_to_people_and_to_programs(config, picture):
    told = station("target", "measure", picture, "--config", config)
    said = json.loads(station("target", "measure", picture, "--config", config, "--json").stdout)

    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("红：只可应急拍摄")
    assert "标尺未量" in told.stdout
    assert said["class"] == "red"
    assert said["dpi"] == pytest.approx(150, rel=0.01)
    assert len(said["places"]) == 5
    assert {finding["grade"] for finding in said["findings"]} == {"red", "green"}


def test_a_measurement_is_kept_with_the_batch_and_its_rulers_with_the_station(
    config, picture, tmp_path
):
    with Store.open(tmp_path / "home", station="st-9") as store:
        batch = frames.open_batch(store)
    words = ("target", "measure", "--camera", "--config", config)
    station(*words, "--save", "--ruler-mm", "148.5")

    again = station(*words)
    status = station("status", "--config", config)

    with Store.existing(tmp_path / "home", station="st-9") as store:
        target = latest_target(store)
    assert target
    assert (target.batch, target.grade) == (batch, "red")
    assert target.dpi == pytest.approx(150 * 150 / 148.5, rel=0.01)
    assert "标尺沿用上次的 148.5" in again.stdout
    assert "靶纸：红，151 dpi" in status.stdout


def test_less_than_was_asked_for_is_a_failure(config, picture):
    told = station("target", "measure", picture, "--config", config, "--require", "yellow")

    assert told.returncode == 74
    assert "要求黄" in told.stderr


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        ((), 64, "请给出照片"),
        (("absent.jpg",), 74, "照片打不开"),
        ((__file__,), 74, "不是可识别的图像"),
        (("PICTURE", "--ruler-mm", "15"), 74, "标尺"),
        (("PICTURE", "--ruler-mm", "150", "150", "150"), 64, "--ruler-mm"),
    ],
)
def test_what_cannot_be_measured_is_said_in_chinese(config, picture, words, code, hint):
    given = [picture if word == "PICTURE" else word for word in words]

    told = station("target", "measure", *given, "--config", config)

    assert told.returncode == code
    assert hint in told.stderr
