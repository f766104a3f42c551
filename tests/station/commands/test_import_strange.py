"""Pictures that show no page, or too many, or have no sane shape: a verdict, never an exception."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.memory import COMMAND_MEASURED
from tests.pages.fonts import absent
from tests.pages.sets import benchmark, taken

MOST_KB = 1_000_000
HANGS_S = 240


def lined(height: int, width: int) -> np.ndarray:
    """Paper with a line of strokes every 60 pixels."""
    picture = np.full((height, width, 3), 225, np.uint8)
    for y in range(20, height - 20, 60):
        for x in range(20, width - 40, 44):
            picture[y : y + 24, x : x + 5] = 40
            picture[y : y + 5, x : x + 26] = 40
    return picture


def strange() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(7)
    desk = np.full((900, 1200, 3), (70, 95, 120), np.uint8)
    checks = np.indices((1500, 1500)).sum(axis=0) // 7 % 2
    return {
        "noise": rng.integers(0, 256, (2400, 3200, 3), dtype=np.uint8),
        "strip": lined(400, 20_000),
        "tall-strip": lined(20_000, 400),
        "panorama": lined(1200, 20_000),
        "desk": desk,
        "moire": (checks[..., None] * np.array([250, 240, 255])).astype(np.uint8),
        "ramp": np.tile(np.linspace(0, 255, 3000, dtype=np.uint8), (2000, 1))[..., None].repeat(
            3, axis=2
        ),
        "dot": np.zeros((1, 1, 3), np.uint8),
        "white": np.full((3000, 2000, 3), 255, np.uint8),
    }


@pytest.fixture(scope="module")
def answers(tmp_path_factory) -> dict[str, list[dict]]:
    """What the real command says of all of them in one run, within a bounded memory."""
    folder = tmp_path_factory.mktemp("strange")
    for name, picture in strange().items():
        cv2.imwrite(str(folder / f"{name}.png"), picture)
    if not absent():
        for name in ("slips", "screen", "no-page", "pair"):
            _, document, scene = benchmark(3, 0, 1600, name)
            (folder / f"{name}.jpg").write_bytes(taken(document, scene)[0])
    command = [sys.executable, "-c", COMMAND_MEASURED, "import", "--home", str(folder / "home")]
    ran = subprocess.run(
        [*command, "--no-sync", "--no-ocr", "--json", str(folder)],
        capture_output=True, text=True, timeout=HANGS_S, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stderr.split()[-1]) < MOST_KB
    found: dict[str, list[dict]] = {}
    for line in ran.stdout.splitlines():
        answer = json.loads(line)
        found.setdefault(Path(answer["source"]).stem, []).append(answer)
    return found


def test_every_picture_gets_a_verdict(answers):
    assert set(strange()) <= set(answers)
    verdicts = {page["quality"]["verdict"] for pages in answers.values() for page in pages}
    assert verdicts <= {"good", "check", "bad"}


@pytest.mark.parametrize("name", ["noise", "desk", "moire", "ramp", "dot"])
def test_what_shows_no_page_is_never_called_good(answers, name):
    assert all(page["quality"]["verdict"] != "good" for page in answers[name])


@pytest.mark.parametrize("name", ["slips", "pair", "no-page"])
def test_a_photograph_without_one_single_page_is_never_called_good(answers, name):
    if name not in answers:
        pytest.skip("the photographer's typefaces are absent")
    assert all(page["quality"]["verdict"] != "good" for page in answers[name]), answers[name]


@pytest.mark.parametrize("name", ["strip", "tall-strip", "panorama"])
def test_a_picture_of_an_odd_shape_is_kept_as_one_page(answers, name):
    assert len(answers[name]) == 1
