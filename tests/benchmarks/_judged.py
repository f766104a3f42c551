"""What the judge says of each photograph of a fault set, beside what is true of it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from firmware_config.schema import Imaging
from station.imaging.glance import glance
from station.imaging.judge import MENDED_BY_ANOTHER
from station.imaging.stand import Stand
from station.model import Glance, Reason
from tests.benchmarks._faults import faults
from tests.pages.sheet import DPI

NAME = re.compile(r"\d+-(?P<kind>.+?)-(?P<step>\d+)(-(?P<shot>[abc]))?$")
MM_PER_INCH = 25.4
ASKED = (0.93, 1.07)
"""How much of the dpi that a sound page has is asked for, by turns: it has enough or not."""


class Judged(NamedTuple):
    """One photograph: its kind and strength, what is true, unclear and said of it."""

    path: Path
    kind: str
    step: int
    true: frozenset[Reason]
    unclear: frozenset[Reason]
    seen: Glance
    cpu_ms: float

    @property
    def sure(self) -> frozenset[Reason]:
        """What was surely said and is right or wrong."""
        return frozenset(self.seen.quality.sure) - self.unclear

    @property
    def said(self) -> frozenset[Reason]:
        """What was said, surely or doubtfully, and is right or wrong."""
        return frozenset(self.seen.quality.reasons) - self.unclear

    @property
    def again(self) -> bool:
        """Whether the operator is asked to take it again."""
        return self.seen.quality.verdict == "bad"

    @property
    def faulty(self) -> bool:
        """Whether another exposure would mend it."""
        return bool(MENDED_BY_ANOTHER & self.true)

    @property
    def sound(self) -> bool:
        """Whether no other exposure is needed."""
        return not MENDED_BY_ANOTHER & (self.true | self.unclear)

    @property
    def missed(self) -> bool:
        """Whether a faulty one was not even doubted."""
        return self.faulty and self.seen.quality.verdict == "good"


def judged(folder: Path) -> Iterator[Judged]:
    """Every photograph of a folder, each compared with the page before it, as at the station.

    Of shots of pages that look alike the others are compared with the first.
    """
    before = b""
    for path in sorted(folder.glob("*.jpg")):
        name = NAME.fullmatch(path.stem)
        assert name, path
        kind, step, shot = name["kind"], int(name["step"]), name["shot"]
        settings, coarse = _resolution(
            kind, step, json.loads(path.with_suffix(".json").read_text())
        )
        started_s = time.process_time()
        seen = glance(path.read_bytes(), Stand(settings=settings), previous=before)
        cpu_ms = (time.process_time() - started_s) * 1000
        before = before if shot in ("b", "c") else seen.fingerprint
        true, unclear = faults(path)
        more: dict[Reason, bool] = {"same": shot == "b", "low-dpi": coarse}
        true |= {reason for reason, holds in more.items() if holds}
        yield Judged(path, kind, step, true, unclear, seen, cpu_ms)


def _resolution(kind: str, step: int, truth: Mapping[str, Any]) -> tuple[Imaging, bool]:
    """Sound flat pages are asked for a resolution; whether theirs is lower."""
    if kind not in ("sound", "coloured") or truth["pages"][0]["mesh"]:
        return Imaging(), False
    long_mm = max(truth["page_width_px"], truth["page_height_px"]) / DPI * MM_PER_INCH
    asked = round(truth["pages"][0]["dpi"] * ASKED[step % 2])
    return Imaging(sheet_long_side_mm=long_mm, minimum_dpi=asked), step % 2 == 1
