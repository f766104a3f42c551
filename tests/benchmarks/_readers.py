"""The readers that are measured, each in a process of its own, and what each read on each page.

A reading is kept in bench-out/ocr-read/READER/ under the page's digest, so that a run goes on where
it stopped and other programs read a page once. Ours stand under a digest of the code, and are read
again after a change. STATION_BENCH_READERS names, with commas, those that may be asked; of the
others only what is kept counts.
"""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from types import TracebackType

import msgspec

from firmware_config.schema import Ocr
from station.ocr import weights
from tests.benchmarks._peers import HERE, environment_of
from tests.benchmarks._reading_set import ROOT, Specimen

OURS = {
    "page": "station.ocr.paddle, station.layout.arrange",
    "chain": "station.ocr.paddle, station.transcribing",
    "photograph": "station.ocr.paddle, station.paging",
}
"""What reads, by the way it is asked; see _ours.py."""
FILES = "print(*(m.__file__ for n, m in sorted(sys.modules.items()) if n.startswith('station.')))"


class ReadLine(msgspec.Struct, frozen=True):
    """A line as a reader gave it; `box` is TL, TR, BR, BL in px of the page."""

    text: str
    box: tuple[tuple[float, float], ...]


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A page as a reader gave it, in its order, and what that cost."""

    lines: tuple[ReadLine, ...] = ()
    cpu_s: float
    wall_s: float = 0.0
    peak_mb: int


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """A program that reads: `edition` tells it from every other version and setting of it."""

    name: str
    edition: str
    command: Callable[[Path, int], list[str]]
    """From bench-out and the number of threads."""


class Asked:
    """A reader's running process; `start` is what its start cost."""

    def __init__(self, reader: Reader, out: Path, threads: int = 1) -> None:
        started_s = time.perf_counter()
        log = (out / f"ocr-{reader.name.replace(' ', '-')}.log").open("a")
        limits = {"OMP_NUM_THREADS": str(threads), "OMP_THREAD_LIMIT": str(threads)}
        self._process = subprocess.Popen(
            reader.command(out, threads),
            **{"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": log},
            text=True,
            env=os.environ | limits,
        )
        log.close()
        start = self._answer()
        self.start = msgspec.structs.replace(start, wall_s=time.perf_counter() - started_s)

    def read(self, path: str) -> Reading:
        """What it reads on a page. Raises EOFError when it died."""
        assert self._process.stdin
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        return self._answer()

    def rss_mb(self) -> float:
        """What it holds now."""
        status = Path(f"/proc/{self._process.pid}/status").read_text("utf-8")
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def close(self) -> None:
        """End it."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()

    def __enter__(self) -> Asked:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self.close()

    def _answer(self) -> Reading:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise EOFError(f"{self._process.args} ended; see its log in bench-out")
        return msgspec.json.decode(line, type=Reading)


def peers(out: Path) -> list[Reader]:
    """The programs we are measured against; those that cannot be had are left out, loudly."""
    found = [
        Reader(name="paddleocr", edition=f"{version('paddleocr')}-defaults", command=_paddleocr)
    ]
    if environment_of(_rapidocr_home(out), "requirements-ocr.txt"):
        found.append(Reader(name="rapidocr", edition="3.10.0-defaults", command=_rapidocr))
    if shutil.which("tesseract"):
        edition = f"{_tesseract_version()}-chi_sim"
        found.append(Reader(name="tesseract", edition=edition, command=_tesseract))
    return found


def ours(name: str, what: str) -> Reader:
    """One of our ways to read, a key of OURS."""
    return Reader(name=name, edition=_code(what), command=functools.partial(_ours, what))


class Library:
    """What readers read, kept; a process is started when something must be read."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._running: dict[str, Asked] = {}
        self._may = os.environ.get("STATION_BENCH_READERS")

    def reading(self, reader: Reader, page: Specimen) -> Reading | None:
        """What is kept or read now; None where this reader may not be asked."""
        kept = self._out / "ocr-read" / f"{reader.name}-{reader.edition}" / f"{page.digest}.json"
        if kept.is_file():
            return msgspec.json.decode(kept.read_bytes(), type=Reading)
        if self._may is not None and reader.name not in self._may.split(","):
            return None
        if reader.name not in self._running:
            self._running[reader.name] = Asked(reader, self._out)
        said = self._running[reader.name].read(page.path)
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = kept.with_suffix(".part")
        part.write_bytes(msgspec.json.encode(said))
        part.rename(kept)
        return said

    def read_by(self, readers: Sequence[Reader], page: Specimen) -> Iterator[tuple[str, Reading]]:
        """What each reader reads, until one may not be asked."""
        for reader in readers:
            said = self.reading(reader, page)
            if said is None:
                return
            yield reader.name, said

    def close(self) -> None:
        """End all processes."""
        for asked in self._running.values():
            asked.close()


def readings(
    out: Path, readers: Sequence[Reader], pages: Sequence[Specimen]
) -> dict[str, dict[str, Reading]]:
    """By page and reader, page by page in turn; pages that not all may read are left out."""
    library, found, started_s = Library(out), {}, time.perf_counter()
    try:
        for number, page in enumerate(pages, 1):
            said = dict(library.read_by(readers, page))
            if len(said) == len(readers):
                found[page.name] = said
            spent_s = time.perf_counter() - started_s
            sys.stderr.write(
                f"\rpage {number} of {len(pages)}, {len(found)} kept, {spent_s:.0f} s "
            )
    finally:
        library.close()
    sys.stderr.write("\n")
    return found


def _paddleocr(out: Path, threads: int) -> list[str]:
    del out
    home = str(weights.default_folder() / weights.SET)
    return [sys.executable, str(HERE / "read.py"), "paddleocr", str(threads), home]


def _rapidocr(out: Path, threads: int) -> list[str]:
    python = _rapidocr_home(out) / "bin/python"
    return [str(python), str(HERE / "read.py"), "rapidocr", str(threads)]


def _rapidocr_home(out: Path) -> Path:
    return out.absolute() / "peers-ocr"


def _tesseract(out: Path, threads: int) -> list[str]:
    del out
    return [sys.executable, str(HERE / "read.py"), "tesseract", str(threads), "chi_sim"]


def _ours(what: str, out: Path, threads: int) -> list[str]:
    del out
    return [sys.executable, "-m", "tests.benchmarks._ours", what, str(threads)]


@functools.cache
def _code(what: str) -> str:
    """A digest of the settings and of all our code that is imported for it."""
    told = hashlib.sha256(repr(Ocr(driver="paddle")).encode())
    command = [sys.executable, "-c", f"import sys, {OURS[what]}; {FILES}"]
    for path in subprocess.check_output(command, cwd=ROOT, text=True).split():
        told.update(Path(path).read_bytes())
    return told.hexdigest()[:12]


def _tesseract_version() -> str:
    said = subprocess.run(["tesseract", "--version"], capture_output=True, text=True, check=False)
    return said.stdout.split()[1]
