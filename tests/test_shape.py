"""The shape of the whole project: sizes, names and what must never get in."""

import ast
import re
import subprocess
from importlib.metadata import distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted(
    path
    for folder in ("station", "sync", "firmware_config", "tests")
    for path in (ROOT / folder).rglob("*.py")
)
LONGEST_FILE = 300
LONGEST_TEST_FILE = 500
"""Tests are read one at a time."""
LONGEST_FUNCTION = 50
PATCHES_PER_100_TESTS = 5
PATCH = re.compile(r"\bpatch\(|\bpatch\.\w+\(|\b(?:Magic)?Mock\(|monkeypatch\.setattr")
UNFINISHED = re.compile(r"\b(?:TO" + "DO|FIX" + r"ME|XX" + r"X)\b")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("SKIPPED LOUDLY: not a git checkout, so its files are not known")
    return [ROOT / entry for entry in listed.stdout.decode().split("\0") if entry]


def test_no_file_is_longer_than_a_person_reads_at_once():
    long = {name(path): n for path in SOURCES if (n := lines(path)) > longest(path)}

    assert long == {}


def longest(path: Path) -> int:
    return LONGEST_TEST_FILE if path.name.startswith("test_") else LONGEST_FILE


def lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def test_no_function_is_longer_than_a_screen():
    long = {
        f"{name(path)}:{node.name}": node.end_lineno - node.lineno + 1
        for path in SOURCES
        for node in functions(path)
        if node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    }

    assert long == {}


def test_no_file_is_a_heap_of_whatever():
    heaps = re.compile(r"^(utils?|helpers?|common|misc|manager)$")

    assert [name(path) for path in SOURCES if heaps.match(path.stem)] == []


def test_the_seams_are_good_enough_that_hardly_anything_is_patched():
    texts = [path.read_text("utf-8") for path in SOURCES if path.name.startswith("test_")]
    tests = sum(len(re.findall(r"^ *def test_", text, re.MULTILINE)) for text in texts)
    patches = sum(len(PATCH.findall(text)) for text in texts if "PATCHES_PER_100_TESTS" not in text)

    assert tests > 0
    assert patches * 100 <= PATCHES_PER_100_TESTS * tests


def test_exactly_one_distribution_provides_cv2():
    providers = {
        found.metadata["Name"]
        for found in distributions()
        if any(file.parts[0] == "cv2" for file in found.files or ())
    }

    assert len(providers) == 1, providers


def test_the_pinned_versions_name_no_registry():
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        assert re.fullmatch(r"#.*|[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+|", line), line


def test_nothing_is_left_unfinished():
    unfinished = [
        name(path)
        for path in tracked()
        if path.suffix in {".py", ".toml", ".md", ".service", ".yaml", ".sh", ".sql"}
        and path.is_file()
        and UNFINISHED.search(path.read_text("utf-8"))
    ]

    assert unfinished == []


def test_systemd_is_a_folder_of_units_and_never_a_package():
    assert not (ROOT / "systemd" / "__init__.py").exists()
