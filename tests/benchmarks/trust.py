"""What must not become text, and what must: the back that shines through, and seals.

Photographs are drawn afresh and laid flat by their truth. `raw` is what the engine reads, `read`
what the station makes of it. `inserted` counts characters of lines that stand over no true line.
Of a seal `partly` is at least half of its words.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from firmware_config.schema import Ocr
from station.imaging.crop import bounds
from station.layout.arrange import laid_out
from station.model import Line
from station.ocr.paddle import PaddleEngine
from station.transcribing import transcribe
from tests.benchmarks._fit_certainty import Written, _flat
from tests.benchmarks.ocr import error_rate
from tests.pages import sets
from tests.pages.invent import invented
from tests.pages.photograph import photograph
from tests.pages.render import render
from tests.pages.scene import Scene

SEED, COUNT, SEALED = 83, 4, 12
LONG_SIDE_PX = 2400
BACKS = ("notice", "minutes", "agreement", "typed", "roster", "register")
STAMPED = ("red-headed", "notice", "agreement", "framed")
OVER = 0.25
"""Of a read line that true lines cover, for it to stand over them."""


class Shot(NamedTuple):
    """A page laid flat, BGR uint8; its lines; its seals."""

    page: Any
    lines: list[Written]
    seals: list[Written]


def run(out: Path) -> list[dict[str, Any]]:
    """One row a kind of page with a back, and one of seals."""
    del out
    engine = PaddleEngine(Ocr(driver="paddle"))
    rows = [_backs(kind, engine) for kind in KINDS]
    return [*rows, _seals(engine)]


def _backs(kind: str, engine: PaddleEngine) -> dict[str, Any]:
    totals: Counter[str] = Counter()
    for index in range(COUNT):
        shot = _shot(kind, index)
        raw = laid_out(engine.read(shot.page), shot.page).lines
        read = transcribe(shot.page, engine, may_turn=False, may_be_blank=True).text.lines
        truth = "\n".join(line.text for line in shot.lines)
        totals["characters"] += len("".join(truth.split()))
        for name, lines in (("raw", raw), ("read", [one for one in read if one.role != "seal"])):
            wrong = error_rate("\n".join(line.text for line in lines), truth)
            totals[f"errors {name}"] += round(wrong * max(1, len("".join(truth.split()))))
            totals[f"inserted {name}"] += _inserted(lines, shot.lines)
    return {"pages": kind, "n": COUNT, **totals}


def _inserted(lines: Iterable[Line], truth: Sequence[Written]) -> int:
    return sum(
        len(line.text) for line in lines if sum(_shared(line.box, one.box) for one in truth) < OVER
    )


def _seals(engine: PaddleEngine) -> dict[str, Any]:
    told: Counter[str] = Counter()
    for index in range(SEALED):
        scene = sets.benchmark(SEED, index, LONG_SIDE_PX, "wood")[2]
        shot = _taken(STAMPED[index % len(STAMPED)], scene, None)
        lines = transcribe(shot.page, engine, may_turn=False).text.lines
        seals = [line for line in lines if line.role == "seal"]
        for seal in shot.seals:
            read = [line.text for line in seals if _shared(seal.box, line.box) > OVER]
            wrong = min((error_rate(text, seal.text) for text in read), default=1.0)
            told["right" if not wrong else "partly" if wrong <= 0.5 else "not read"] += 1
    return {"pages": "seals", "n": sum(told.values()), **told}


def _shot(kind: str, index: int) -> Shot:
    _, document, scene = sets.benchmark(SEED, index, LONG_SIDE_PX, "bleed-through")
    chance = random.Random(SEED * 1000 + index)
    genre, paper = KINDS[kind](document.genre, chance)
    scene = replace(scene, paper=replace(scene.paper, **paper))
    return _taken(genre, scene, chance.choice(BACKS))


def _taken(genre: Any, scene: Scene, behind: Any) -> Shot:
    sheet = render(invented(genre, scene.seed), seed=scene.seed)
    back = render(invented(behind, scene.seed + 1), seed=scene.seed + 1) if behind else None
    pixels, truth = photograph(sheet, scene, genre, back)
    told = msgspec.to_builtins(truth)
    quad = told["pages"][0]["quad"]
    page, lines = _flat(pixels, quad, 0, told["lines"])
    stamps = [
        stamp | {"page": 0, "vertical": False, "visible": True}
        for stamp in told["stamps"]
        if stamp["kind"] == "seal"
    ]
    return Shot(page, lines, _flat(pixels, quad, 0, stamps)[1])


def _shared(box: Any, other: Any) -> float:
    """How much of `box` lies in `other`, 0 to 1."""
    one, two = bounds(box), bounds(other)
    across, down = (min(one[i + 2], two[i + 2]) - max(one[i], two[i]) for i in (0, 1))
    area = max(1.0, (one[2] - one[0]) * (one[3] - one[1]))
    return float(max(0.0, across) * max(0.0, down) / area)


Kind = Callable[[Any, random.Random], tuple[Any, dict[str, float]]]
KINDS: dict[str, Kind] = {
    "bleed-through": lambda genre, _: (genre, {}),
    "heavy bleed-through": lambda genre, chance: (genre, {"bleed": chance.uniform(0.45, 0.65)}),
    "faint ink, bleed-through": lambda genre, chance: (genre, {"ink": chance.uniform(0.25, 0.45)}),
    "blank, bleed-through": lambda _, chance: ("blank", {"bleed": chance.uniform(0.25, 0.6)}),
    "sparse, bleed-through": lambda _, chance: ("sparse", {"bleed": chance.uniform(0.25, 0.6)}),
}
"""The genre of the front, and what is worse about its paper."""
