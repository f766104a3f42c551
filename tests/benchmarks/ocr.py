"""How well pages are read: character error rates of ours and of other readers on the same pages.

More than 200 pages that were photographed, over all genres and situations, and the pictures of
others whose text is known. Rates are in percent, of all characters of a class, with the middle 95 %
when its pages are drawn again by chance. `ordered` compares the whole page's text, so that a wrong
order counts as well; `line by line` compares what lies in the same place. `- best` is our chain
less the best peer, page by page: below 0 we are better.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks._error_rates import Errors, errors_of, interval
from tests.benchmarks._readers import Reading, ours, peers, readings
from tests.benchmarks._reading_set import MODERN, OUTSIDE, Specimen, specimens
from tests.benchmarks._worst_lines import show

Scores = dict[str, dict[str, Errors]]
"""By page, then by reader."""
MEASURES = {"line by line": "by_line", "ordered": "ordered"}
SITUATIONS = {
    "in the way": ("finger", "hands", "gloves", "palm", "cut", "cut-two", "folded-corner", "torn",
                   "punched"),
    "bent": ("curl", "modern-spread", "old-spread"),
    "light": ("hard-shadow", "soft-shadow", "uneven-light", "dark", "bright", "glare"),
    "blur, noise": ("motion", "out-of-focus", "noise", "lens"),
    "old paper": ("faded", "yellowed", "stained", "black-border"),
    "bleed-through": ("bleed-through",),
}  # fmt: skip


def run(out: Path) -> list[dict[str, Any]]:
    """A row a class and measure; the worst lines lie in `out`/ocr.txt and `out`/ocr/."""
    pages = specimens(out)
    others = peers(out)
    read = readings(out, [*others, ours("ours", "page"), ours("our chain", "chain")], pages)
    pages = [page for page in pages if page.name in read]
    scores = {page.name: scored(page, read[page.name]) for page in pages}
    names = [reader.name for reader in others]
    show(out / "ocr", pages, read, scores, names)
    return [
        _row(name, measure, [scores[page.name] for page in chosen], names)
        for name, chosen in classes(pages).items()
        for measure in MEASURES
        if chosen and (measure == "ordered" or not name.startswith("real"))
    ]


def scored(page: Specimen, read: dict[str, Reading]) -> dict[str, Errors]:
    """What each reader got wrong on a page."""
    return {name: errors_of(said.lines, page.lines) for name, said in read.items()}


def classes(pages: list[Specimen]) -> dict[str, list[Specimen]]:
    """The pages by what they are and, of modern ones, by how they were photographed."""
    modern = [page for page in pages if page.kind in MODERN]
    special = {situation for group in SITUATIONS.values() for situation in group}
    found = {kind: [page for page in modern if page.kind == kind] for kind in MODERN}
    found["all modern"] = modern
    found["modern, plain"] = [page for page in modern if page.situation not in special]
    for name, group in SITUATIONS.items():
        found[f"modern, {name}"] = [page for page in modern if page.situation in group]
    for kind in OUTSIDE:
        found[f"{kind} (outside DA/T 77)"] = [page for page in pages if page.kind == kind]
    for kind in sorted({page.kind for page in pages if page.kind.startswith("real")}):
        found[kind] = [page for page in pages if page.kind == kind]
    return found | {f"real: {page.name}": [page] for page in pages if page.situation == "real"}


def _row(name: str, measure: str, scores: list[dict[str, Errors]], peers: list[str]) -> Any:
    wrong = {
        reader: [getattr(score[reader], MEASURES[measure]) for score in scores]
        for reader in scores[0]
    }
    asked = [score["ours"].characters for score in scores]
    best = min(peers, key=lambda peer: sum(wrong[peer]), default="ours")
    less = np.subtract(wrong["our chain"], wrong[best]).tolist()
    return {
        "class": name,
        "measure": measure,
        "pages": len(scores),
        "characters": sum(asked),
        **{reader: _told(interval(errors, asked)) for reader, errors in wrong.items()},
        "- best": f"{_told(interval(less, asked))} {best}",
    }


def _told(rate: tuple[float, float, float]) -> str:
    middle, low, high = (100 * part for part in rate)
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"
