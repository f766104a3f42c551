"""The station can be installed on 64-bit Raspberry Pi OS: wheels, or packages of the distribution.

pip only resolves; nothing is downloaded but descriptions, and nothing is installed. It judges
markers such as platform_machine by this machine, so what is asked of a Pi alone must stand in
DEBIAN.
"""

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = ("ocr", "broker")
COUNTY = ROOT / "station" / "batch"
"""Runs on the county's machines, never on a Pi."""
DEBIAN = {
    "picamera2": "python3-picamera2",
    "libcamera": "python3-libcamera",
    "lgpio": "python3-lgpio",
}
"""Modules that Raspberry Pi OS itself brings: they belong to its kernel and its libcamera."""
CALLED_OTHERWISE = {"cv2": "opencv-contrib-python", "PIL": "pillow", "paho": "paho-mqtt"}
"""Modules whose distribution has another name."""
GLIBC = ("manylinux2014", "manylinux_2_17", "manylinux_2_24", "manylinux_2_27", "manylinux_2_28")
"""Debian 12 has glibc 2.36, Debian 13 has 2.41."""


def wanted() -> list[str]:
    extras = PROJECT["optional-dependencies"]
    return [*PROJECT["dependencies"], *(each for extra in EXTRAS for each in extras[extra])]


def resolve(python: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Ask pip what it would install on a Pi with this Python."""
    platforms = [f"--platform={glibc}_aarch64" for glibc in GLIBC]
    version = python.replace(".", "")
    abis = [f"--abi={abi}" for abi in (f"cp{version}", "abi3", "none")]
    command = [
        *(sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--ignore-installed"),
        *("--only-binary=:all:", "--implementation=cp", f"--python-version={python}"),
        *(*platforms, *abis, f"--target={folder}", f"--report={folder / 'report.json'}", *words),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("asked")
    asked = ("--no-deps", "--timeout=5", "--retries=0", "paho-mqtt")
    answer = resolve("3.13", folder, *asked)
    if answer.returncode != 0:
        pytest.skip(f"SKIPPED LOUDLY: pip reaches no registry: {answer.stderr.strip()[-200:]}")


@pytest.mark.parametrize(
    "python",
    # One is quick enough for every day: a resolution takes 12 seconds of processor time.
    [
        pytest.param("3.13", id="trixie"),
        pytest.param("3.11", id="bookworm", marks=pytest.mark.slow),
    ],
)
@pytest.mark.usefixtures("registry")
def test_every_dependency_has_a_wheel_for_the_pi(tmp_path: Path, python: str) -> None:
    answer = resolve(python, tmp_path, f"-c{ROOT / 'constraints.txt'}", *wanted())

    assert answer.returncode == 0, answer.stderr
    found = json.loads((tmp_path / "report.json").read_text())["install"]
    files = [one["download_info"]["url"].rsplit("/", 1)[-1] for one in found]
    assert len(files) > len(wanted())
    assert [name for name in files if not re.search(r"(aarch64|-any)\.whl$", name)] == []


@pytest.mark.usefixtures("registry")
def test_a_package_without_such_a_wheel_would_be_noticed(tmp_path: Path) -> None:
    answer = resolve("3.13", tmp_path, "--no-deps", "paddlepaddle==3.3.1")

    assert "No matching distribution found for paddlepaddle" in answer.stderr


def test_what_the_code_imports_is_a_dependency_or_comes_with_the_system() -> None:
    extras = PROJECT["optional-dependencies"].values()
    stated = [*PROJECT["dependencies"], *(each for extra in extras for each in extra)]
    known = {re.split(r"[<>=\[]", each)[0] for each in stated} | DEBIAN.keys()

    assert {CALLED_OTHERWISE.get(name, name.replace("_", "-")) for name in imported()} <= known


def test_the_manual_names_every_package_of_the_system() -> None:
    manual = (ROOT / "docs" / "raspberry-pi.md").read_text()

    assert [package for package in DEBIAN.values() if package not in manual] == []


def imported() -> set[str]:
    """Top-level modules of others that a station imports, wherever in a file."""
    ours = {"station", "sync", "firmware_config"}
    found = set()
    for folder in ours:
        for path in set((ROOT / folder).rglob("*.py")) - set(COUNTY.rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    found |= {name.name.split(".")[0] for name in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    found.add(node.module.split(".")[0])
    return found - sys.stdlib_module_names - ours
