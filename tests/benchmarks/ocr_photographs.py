"""Readers asked as a plain user asks them: the photograph itself, beside our whole chain.

Ours finds, straightens and turns the page, restores and reads it; its boxes are laid back into the
photograph. Peers get the photograph. The truth is every line that the photograph shows whole.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.benchmarks._error_rates import errors_of, interval
from tests.benchmarks._readers import ours, peers, readings
from tests.benchmarks._reading_set import MODERN, Specimen, photographed, photographs

EVERY = 13
"""Of the photographs with modern pages; no divisor of the number of situations."""
TURNED = ("exif", "sideways", "upside-down")


def run(out: Path) -> list[dict[str, Any]]:
    """A row a reader."""
    pages = sample(out)
    read = readings(out, [*peers(out), ours("our station", "photograph")], pages)
    pages = [page for page in pages if page.name in read]
    return [_row(name, pages, read) for name in next(iter(read.values()), {})]


def sample(out: Path) -> list[Specimen]:
    """Photographs of modern pages that stand upright."""
    found = [photographed(told) for told in photographs(out)]
    modern = [one for one in found if one.text and one.kind in MODERN]
    return [one for one in modern if one.situation not in TURNED][::EVERY]


def _row(name: str, pages: list[Specimen], read: dict[str, Any]) -> dict[str, Any]:
    errors = [errors_of(read[page.name][name].lines, page.lines) for page in pages]
    asked = [one.characters for one in errors]
    row = {"reader": name, "photographs": len(pages), "characters": sum(asked)}
    for measure in ("by_line", "ordered"):
        rate, low, high = interval([getattr(one, measure) for one in errors], asked)
        row[measure] = f"{100 * rate:.2f} ({100 * low:.2f} to {100 * high:.2f})"
    row["worst page"] = max(one.by_line / one.characters for one in errors)
    return row
