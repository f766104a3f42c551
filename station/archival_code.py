"""The archival code (档号): the address of one item (件), in the two forms in use.

DA/T 22-2015: `Z109-WS·2011-Y-BGS-0001`, fonds-category·year-retention-problem-item.
DA/T 13-2022: `Z109-WS·2011·Y·办公室-0001`, fonds-class-[volume-]item, where the class joins
category, year, retention and problem by U+00B7. The county's rule decides which is used.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from firmware_config.errors import InputError
from firmware_config.schema import Fonds
from station.model import Noun

Form = Literal["DA/T 22", "DA/T 13"]

DOT = "\u00b7"
DOTS = str.maketrans(dict.fromkeys("\u30fb\uff65\u2022\u2027\u22c5\u0387\u2219", DOT))
"""What OCR, spreadsheets and fonts give for the interpunct."""
DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\uff0d", "-"))

YEAR = re.compile(r"1[89]\d\d|2[01]\d\d|2200", re.ASCII)
RETENTION = re.compile(r"Y|C|D|D\d{2}", re.ASCII)
FONDS = re.compile(r"[A-Z]{0,2}\d{1,6}", re.ASCII)
CATEGORY = re.compile(r"[A-Z]{2}|\d{2,3}", re.ASCII)
PROBLEM = re.compile(r"[A-Z0-9\u3400-\u4dbf\u4e00-\u9fff]{1,32}")
NUMBER = re.compile(r"\d{3,6}", re.ASCII)


class ArchivalCode(Noun, frozen=True, kw_only=True):
    """One code in its parts, as written (zeros included); "" and None where a part is absent.

    `categories` is the category and its subdivisions: ("ZY", "JC", "CC"). `volume` is the
    number of the 案卷, 组 or 册 where a township still arranges by volume. Raises InputError
    when the parts cannot be told apart again once they are written.
    """

    form: Form
    fonds: str
    categories: tuple[str, ...]
    item: str
    year: int | None = None
    retention: str = ""
    problem: str = ""
    volume: str = ""

    def __post_init__(self) -> None:
        wrong = [name for name, is_good in self._judged() if not is_good]
        if wrong:
            raise InputError(f"not an archival code: {', '.join(wrong)} in {self!r}")

    def __str__(self) -> str:
        return f"{self.series}-{self.item}"

    @property
    def series(self) -> str:
        """The code without the item's number: what items are numbered within."""
        year = [] if self.year is None else [str(self.year)]
        if self.form == "DA/T 22":
            parts = [self.fonds, DOT.join([*self.categories, *year]), self.retention, self.problem]
        else:
            classes = [*self.categories, *year, self.retention, self.problem]
            parts = [self.fonds, DOT.join(filter(None, classes)), self.volume]
        return "-".join(filter(None, parts))

    @property
    def number(self) -> int:
        """The item's number in its series."""
        return int(self.item)

    @property
    def file_name(self) -> str:
        """The code for use in file names on any system: a full stop for the interpunct."""
        return str(self).replace(DOT, ".")

    def _judged(self) -> list[tuple[str, bool]]:
        is_22 = self.form == "DA/T 22"
        code = self.retention
        return [
            ("fonds", FONDS.fullmatch(self.fonds) is not None),
            ("category", bool(self.categories) and all(map(CATEGORY.fullmatch, self.categories))),
            ("year", self.year is None or YEAR.fullmatch(str(self.year)) is not None),
            ("retention", not code or RETENTION.fullmatch(code) is not None),
            ("problem", not self.problem or PROBLEM.fullmatch(self.problem) is not None),
            ("volume", not self.volume or NUMBER.fullmatch(self.volume) is not None),
            ("item", NUMBER.fullmatch(self.item) is not None),
            ("retention without year", not code or self.year is not None),
            ("problem without retention", not self.problem or bool(code)),
            ("DA/T 22 without retention", not is_22 or bool(code)),
            ("volume in DA/T 22", not (is_22 and self.volume)),
        ]


def parse(text: str) -> ArchivalCode:
    """The code written in `text`, whatever dot, dash or width it was written with.

    Raises InputError when it is neither form.
    """
    parts = folded(text).split("-")
    if len(parts) not in (3, 4, 5):
        raise InputError(f"not an archival code: {text!r}")
    fonds, classes, *middle, item = parts
    categories, year, rest = _split_at_year(classes.split(DOT))
    if middle and year is not None and not rest and RETENTION.fullmatch(middle[0]):
        retention, *problem = middle
        form: Form = "DA/T 22"
        volume: list[str] = []
    else:
        retention, *problem = rest or [""]
        form = "DA/T 13"
        volume = middle
    if len(problem) > 1 or len(volume) > 1:
        raise InputError(f"not an archival code: {text!r}")
    return ArchivalCode(
        form=form,
        fonds=fonds,
        categories=tuple(categories),
        year=year,
        retention=retention,
        problem="".join(problem),
        volume="".join(volume),
        item=item,
    )


def of(fonds: Fonds, year: int, number: int) -> ArchivalCode:
    """The code of item `number` of `year`, in the form and with the digits the fonds asks for."""
    return ArchivalCode(
        form=fonds.form,
        fonds=fonds.number,
        categories=tuple(fonds.category.split(DOT)),
        year=year,
        retention=fonds.retention,
        problem=folded(fonds.problem),
        item=f"{number:0{fonds.item_digits}d}",
    )


def folded(text: str) -> str:
    """`text` with one kind of dot, dash and width, so that codes can be compared."""
    narrow = unicodedata.normalize("NFKC", text.translate(DOTS).translate(DASHES))
    return narrow.translate(DOTS).strip()


def _split_at_year(parts: list[str]) -> tuple[list[str], int | None, list[str]]:
    for place, part in enumerate(parts):
        if place and YEAR.fullmatch(part):
            return parts[:place], int(part), parts[place + 1 :]
    return parts, None, []
