"""What reading costs: CPU, wall, memory and start-up of ours and of other readers, side by side.

A few pages of every kind, read in turn by all readers, each in a process of its own: with one
thread, then with two. Nothing is taken from what was read before. CPU is that of all threads and
includes decoding; memory is the process's high-water mark after all pages. Page by page it stands
in bench-out/ocr_cost-pages.jsonl.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks._error_rates import errors_of
from tests.benchmarks._readers import Asked, Reader, Reading, ours, peers
from tests.benchmarks._reading_set import Specimen, specimens

SAMPLE = {"printed": 4, "red-headed": 1, "typed": 2, "table": 3, "hand": 1, "vertical": 1}
"""Pages of a kind."""
THREADS = (1, 2)
PAGES = "ocr_cost-pages.jsonl"


def run(out: Path) -> list[dict[str, Any]]:
    """A row a reader and number of threads."""
    chosen = sample(specimens(out))
    readers = [*peers(out), ours("ours", "page"), ours("our chain", "chain")]
    (out / PAGES).write_text("")
    return [row for threads in THREADS for row in _rows(out, readers, chosen, threads)]


def sample(pages: list[Specimen]) -> list[Specimen]:
    """Some pages of each kind."""
    return [
        page
        for kind, count in SAMPLE.items()
        for page in [page for page in pages if page.kind == kind][:count]
    ]


def _rows(
    out: Path, readers: list[Reader], pages: list[Specimen], threads: int
) -> list[dict[str, Any]]:
    said: dict[str, list[Reading]] = {reader.name: [] for reader in readers}
    with ExitStack() as open_until_read:
        running = {
            reader.name: open_until_read.enter_context(Asked(reader, out, threads))
            for reader in readers
        }
        for number, page in enumerate(pages, 1):
            for name, asked in running.items():
                said[name].append(asked.read(page.path))
                _note(out, page, name, threads, said[name][-1])
            sys.stderr.write(f"\r{threads} threads, page {number} of {len(pages)} ")
        starts = {name: asked.start for name, asked in running.items()}
    sys.stderr.write("\n")
    ours_s = [one.cpu_s for one in said["ours"]]
    return [_row(name, threads, pages, starts[name], read, ours_s) for name, read in said.items()]


def _note(out: Path, page: Specimen, reader: str, threads: int, read: Reading) -> None:
    wrong = errors_of(read.lines, page.lines).by_line
    row = {"page": page.name, "reader": reader, "threads": threads, "wrong": wrong}
    with (out / PAGES).open("a") as told:
        told.write(json.dumps(row | {"cpu_s": read.cpu_s, "peak_mb": read.peak_mb}) + "\n")


def _row(
    name: str,
    threads: int,
    pages: Sequence[Specimen],
    start: Reading,
    read: list[Reading],
    ours_s: list[float],
) -> dict[str, Any]:
    errors = [errors_of(one.lines, page.lines) for one, page in zip(read, pages, strict=True)]
    cpu_s = [one.cpu_s for one in read]
    return {
        "reader": name,
        "threads": threads,
        "pages": len(pages),
        "errors %": 100 * sum(e.by_line for e in errors) / sum(e.characters for e in errors),
        "CPU s a page": float(np.mean(cpu_s)),
        "median": float(np.median(cpu_s)),
        "worst": max(cpu_s),
        "CPU over ours": sum(cpu_s) / sum(ours_s),
        "wall s a page": float(np.mean([one.wall_s for one in read])),
        "peak MB": read[-1].peak_mb,
        "start wall s": start.wall_s,
        "start CPU s": start.cpu_s,
    }
