"""What a machine says of itself, read from the files of its kernel."""

from __future__ import annotations

from pathlib import Path

import pytest

from station.machine import THROTTLED, peak_mb, this_machine


def write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def test_a_raspberry_pi_says_its_board_its_heat_and_what_it_suffered(tmp_path: Path) -> None:
    write(tmp_path, "proc/device-tree/model", "Raspberry Pi 5 Model B Rev 1.0\0")
    write(tmp_path, "proc/meminfo", "MemTotal:        8245136 kB\n")
    write(tmp_path, "sys/class/thermal/thermal_zone0/temp", "61850\n")
    write(tmp_path, THROTTLED, "50004\n")

    seen = this_machine(tmp_path)

    assert (seen.model, seen.memory_mb) == ("Raspberry Pi 5 Model B Rev 1.0", 8051)
    assert seen.temperature_c == pytest.approx(61.85)
    assert seen.troubles == ("throttled",)
    assert seen.troubles_before == ("under-voltage", "throttled")


def test_another_machine_has_its_processors_name_and_tells_nothing_of_heat(tmp_path: Path) -> None:
    write(tmp_path, "proc/cpuinfo", "processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\n")

    seen = this_machine(tmp_path)

    assert seen.model == "Some CPU @ 2 GHz"
    assert (seen.temperature_c, seen.troubles, seen.troubles_before) == (None, None, None)
    assert seen.memory_mb == 0


def test_this_process_has_held_memory() -> None:
    assert 0 < peak_mb() < 100_000
