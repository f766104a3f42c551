"""The systemd units, judged by systemd itself."""

import configparser
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

SYSTEMD = Path(__file__).parent.parent / "systemd"
UNITS = sorted(path.name for path in SYSTEMD.glob("*.service"))
COMMANDS = {
    "station-capture.service": "station capture --config /etc/station/device.toml",
    "station-read.service": "station read --config /etc/station/device.toml",
    "station-sync.service": "station sync --config /etc/station/device.toml",
    "township-receive.service": "township receive --config /etc/station/township.toml",
}
WORST_SCORE = 3.0

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None,
    reason="SKIPPED LOUDLY: systemd-analyze is not installed, so no unit was checked",
)


class Keys(dict):
    """A unit's keys; one that stands twice keeps both values, as systemd adds them up."""

    def __setitem__(self, key, value):
        if isinstance(value, list) and key in self:
            value = [*self[key], *value]
        super().__setitem__(key, value)


def section(unit: str, name: str) -> dict[str, str]:
    parser = configparser.RawConfigParser(strict=False, dict_type=Keys)
    parser.optionxform = str
    parser.read_string((SYSTEMD / unit).read_text())
    return dict(parser[name])


@pytest.fixture
def installed(tmp_path):
    """The units in a folder of their own, each with a program that is really there."""
    for path in SYSTEMD.glob("station*.*"):
        shutil.copy(path, tmp_path)
    for unit in UNITS:
        text = (SYSTEMD / unit).read_text()
        here = re.sub(r"ExecStart=/opt/station/bin/\S+", f"ExecStart={shutil.which('true')}", text)
        (tmp_path / unit).write_text(here)
    return tmp_path


def analyze(*words: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    # SYSTEMD_UNIT_PATH ending in a colon: our folder first, then the system's own.
    environment = dict(os.environ, SYSTEMD_UNIT_PATH=f"{folder}:")
    return subprocess.run(
        ["systemd-analyze", "--no-pager", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )


def test_there_is_a_unit_for_each_process_with_its_command():
    found = {unit: section(unit, "Service")["ExecStart"] for unit in UNITS}

    assert found == {unit: f"/opt/station/bin/{words}" for unit, words in COMMANDS.items()}


@needs_systemd
@pytest.mark.parametrize("unit", UNITS)
def test_systemd_accepts_the_unit_without_a_word(installed, unit):
    verdict = analyze("verify", "--man=no", installed / unit, folder=installed)

    complaints = [line for line in verdict.stderr.splitlines() if str(installed) in line]
    assert complaints == []
    assert verdict.returncode == 0, verdict.stderr


@needs_systemd
def test_an_unknown_key_would_be_noticed(installed):
    unit = installed / UNITS[0]
    unit.write_text(unit.read_text().replace("[Service]", "[Service]\nWatchDogSecs=3"))

    verdict = analyze("verify", "--man=no", unit, folder=installed)

    assert "'WatchDogSecs'" in verdict.stderr
    assert str(installed) in verdict.stderr


@needs_systemd
@pytest.mark.parametrize("unit", UNITS)
def test_the_sandbox_scores_three_or_better(installed, unit):
    threshold = str(int(WORST_SCORE * 10))

    verdict = analyze(
        "security", "--offline=true", f"--threshold={threshold}", installed / unit, folder=installed
    )

    assert re.search(r"exposure level for \S+: \d", verdict.stdout), verdict.stderr
    assert verdict.returncode == 0, verdict.stdout.splitlines()[-1]


@needs_systemd
def test_an_open_unit_would_be_refused(installed):
    unit = installed / "open.service"
    unit.write_text("[Service]\nExecStart=/bin/true\n")

    verdict = analyze("security", "--offline=true", "--threshold=30", unit, folder=installed)

    assert verdict.returncode != 0


@needs_systemd
def test_the_target_is_accepted(installed):
    assert (
        analyze("verify", "--man=no", installed / "station.target", folder=installed).stderr == ""
    )


@pytest.mark.parametrize("unit", UNITS)
def test_a_wrong_configuration_is_never_restarted_and_a_hang_always_is(unit):
    service = section(unit, "Service")

    assert {"78", "64"} <= set(service["RestartPreventExitStatus"].split())
    assert service["Restart"] in {"always", "on-failure"}
    assert service["Type"] == "notify"
    assert int(service["WatchdogSec"]) > 0
    assert section(unit, "Unit")["StartLimitIntervalSec"] == "0"


def test_only_capture_may_end_well_because_the_operator_said_power_off():
    restarts = {unit: section(unit, "Service")["Restart"] for unit in UNITS}

    assert restarts.pop("station-capture.service") == "on-failure"
    assert set(restarts.values()) == {"always"}


def test_the_pedal_comes_before_the_reader_in_everything():
    capture, read = (section(f"station-{name}.service", "Service") for name in ("capture", "read"))

    assert int(capture["CPUWeight"]) == 500
    assert int(read["CPUWeight"]) == 20
    assert int(capture["OOMScoreAdjust"]) == -500
    assert int(read["OOMScoreAdjust"]) == 800
    assert int(read["Nice"]) == 10
    assert "MemoryMax" in read
    assert "MemoryMax" not in capture


@pytest.mark.parametrize("unit", ["station-capture.service", "station-read.service"])
def test_what_needs_no_network_has_none(unit):
    service = section(unit, "Service")

    assert "AF_INET" not in service["RestrictAddressFamilies"]
    assert service["PrivateNetwork"] == "yes"
    assert service["IPAddressDeny"] == "any"


def test_only_capturing_may_touch_devices():
    private = {unit: section(unit, "Service").get("PrivateDevices") for unit in UNITS}

    assert private == {
        "station-capture.service": None,
        "station-read.service": "yes",
        "station-sync.service": "yes",
        "township-receive.service": "yes",
    }


def test_no_unit_requires_another():
    for unit in UNITS:
        assert not {"Requires", "BindsTo", "Requisite"} & set(section(unit, "Unit"))


def test_every_user_and_group_that_a_unit_names_is_made():
    made = set(re.findall(r"^[ug] (\S+)", (SYSTEMD / "station.sysusers").read_text(), re.MULTILINE))

    for unit in UNITS:
        service = section(unit, "Service")
        named = {service["User"], service["Group"], *service.get("SupplementaryGroups", "").split()}
        assert named <= made


@pytest.mark.skipif(
    shutil.which("systemd-sysusers") is None or os.geteuid() != 0,
    reason="SKIPPED LOUDLY: systemd-sysusers is missing or we are not root",
)
def test_users_and_folders_are_made_on_a_bare_system(tmp_path):
    (tmp_path / "etc").mkdir()
    for tool, snippet in (
        (["systemd-sysusers"], "station.sysusers"),
        (["systemd-tmpfiles", "--create"], "station.tmpfiles"),
    ):
        with (SYSTEMD / snippet).open() as lines:
            subprocess.run([*tool, f"--root={tmp_path}", "-"], stdin=lines, check=True)

    assert "station:" in (tmp_path / "etc/passwd").read_text()
    assert (tmp_path / "var/lib/station").stat().st_mode & 0o777 == 0o750
    assert (tmp_path / "etc/station").is_dir()
