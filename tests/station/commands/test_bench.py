"""`station bench` as a technician runs it; what it says, not how fast this machine is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from firmware_config.schema import Imaging
from station.benching import Bench, Span, drawn_page, span
from station.commands.bench import in_chinese, machine_in_chinese
from station.imaging.page import dress
from station.imaging.picture import decode
from station.imaging.stand import Stand
from station.machine import Machine
from tests.station.test_reading import picture


def bench(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    config = folder / "device.toml"
    config.write_text(f'station = "st-001"\nhome = "{folder / "home"}"\n[ocr]\ndriver = "blank"\n')
    command = [sys.executable, "-m", "station", "bench", "--config", str(config), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_every_step_is_measured_and_nothing_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "page.jpg").write_bytes(picture())

    done = bench(tmp_path, "--rounds", "1", "--json", "--picture", str(tmp_path / "page.jpg"))

    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    measured = said["bench"]
    assert set(measured["steps"]) >= {"decode", "find", "straighten", "judge", "restore", "read"}
    for name in ("page", "fsync", "press", "beside_reader"):
        assert (
            0 < measured[name]["p50_ms"] <= measured[name]["p95_ms"] <= measured[name]["worst_ms"]
        )
    assert measured["pages_per_hour"] == pytest.approx(3_600_000 / measured["page"]["p50_ms"])
    assert said["machine"]["cores"] > 0
    assert list((tmp_path / "home").iterdir()) == []


@pytest.mark.parametrize("words", [["--rounds", "0"], ["--picture", "/nowhere/page.jpg"]])
def test_what_cannot_be_measured_is_told_in_chinese(tmp_path: Path, words: list[str]) -> None:
    done = bench(tmp_path, *words)

    assert done.returncode in (64, 74)
    assert "。" in done.stderr


def test_the_drawn_page_is_a_page_with_writing() -> None:
    pixels = decode(drawn_page(1216, 912), maximum_megapixels=2).pixels

    (one,) = dress(pixels, Stand(settings=Imaging()))

    assert one.quad is not None
    assert not {"blank", "no-page"} & set(one.quality.reasons)
    assert cv2.cvtColor(one.image, cv2.COLOR_BGR2GRAY).min() < 100


def test_the_spread_of_durations_is_in_milliseconds() -> None:
    assert span([0.001, 0.002, 0.003]).p50_ms == pytest.approx(2.0)
    assert span([0.004]) == Span(p50_ms=4.0, p95_ms=4.0, worst_ms=4.0)


def a_bench(*, page_ms: float, beside_ms: float) -> Bench:
    fixed, page = span([0.1]), span([page_ms / 1000])
    return Bench(
        steps={"decode": fixed, "read": fixed},
        page=page,
        pages_per_hour=3_600_000 / page_ms,
        lines_read=26,
        model="m",
        fsync=fixed,
        press=fixed,
        beside_reader=span([beside_ms / 1000]),
        wake=span([0.001]),
        peak_mb=500,
    )


def test_each_figure_stands_beside_what_is_asked() -> None:
    slow = in_chinese(a_bench(page_ms=9000, beside_ms=200))
    quick = in_chinese(a_bench(page_ms=3000, beside_ms=110))

    assert "每小时 400 页（要求 600），未达到" in slow
    assert "2.00 倍（要求不超过 1.3），未达到" in slow
    assert "每小时 1200 页（要求 600），达到" in quick
    assert "1.10 倍（要求不超过 1.3），达到" in quick


def test_a_machine_that_was_too_hot_is_told() -> None:
    cool = Machine(
        model="Pi",
        system="Linux",
        cores=4,
        memory_mb=8000,
        temperature_c=45.0,
        troubles=(),
        troubles_before=(),
    )
    hot = Machine(
        model="Pi",
        system="Linux",
        cores=4,
        memory_mb=8000,
        temperature_c=82.04,
        troubles=("throttled",),
        troubles_before=("under-voltage", "throttled"),
    )

    assert "没有降频" in machine_in_chinese(cool, cool)
    told = machine_in_chinese(cool, hot)
    assert "测前 45.0 °C，测后 82.0 °C；开机以来有过：过热降频、供电不足" in told
