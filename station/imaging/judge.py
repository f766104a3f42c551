"""Is the picture of a page good enough? A verdict, its reasons, and the numbers behind them.

Every reason has two limits (firmware_config.schema.Judging): from the first a person should look,
from the second there is no doubt. bad: a sure reason that another exposure mends; take it again.
check: any other reason. good: none.
"""

from __future__ import annotations

from firmware_config.schema import Imaging, Judging
from station.imaging.blank import ink_share
from station.imaging.find import Finding
from station.imaging.fingerprint import likeness
from station.imaging.hand import Hand, hand_of
from station.imaging.light import Light, light_of
from station.imaging.sharpness import CHARACTER_PX, Sharpness, sharpness_of
from station.imaging.sheet import Sheet
from station.model import Noun, Quad, Quality, Reason, Verdict

MENDED_BY_ANOTHER: frozenset[Reason] = frozenset(
    {"no-page", "cut", "blurred", "dark", "bright", "glare", "hand", "several"}
)
BLACK = 40
"""Grey level of the brightest part of a frame in which nothing can be seen."""
DIM = 95
"""Grey level of paper under which colours and edges tell little."""
WRITTEN = 1.5e-3
"""Share of ink from where edges are those of writing; creases and stains have less."""
FADED = 80
"""Grey level of the darker strokes; a scan is white too, but its ink stays black."""
LIT = 0.8
"""Where the margins are lit more evenly than that, the dark is a picture on the page."""
PICTURED = 0.004
"""Share of the page in pictures, from where they may be taken for shadow or for blur."""
SOFT = 0.7
"""Of the limit of sure blur: pictures are that soft."""
BOARD = 140
"""A frame without an edge of paper that is no brighter may show the desk alone, and a page the
mount of photographs."""
NOTHING = 0.4
"""Chance that there is no page, from where a desk without anything crisp on it is surely bare."""
OVEREXPOSED, MOST_GLARE = 0.2, 0.35
"""Shares: of pure white, beyond which dark places are pictures; no mirrored lamp is as large."""
CRISP = 99.0
"""The `sharpness` of a page without enough writing to tell."""
MM_PER_INCH = 25.4


class Degree(Noun, frozen=True, kw_only=True):
    """How far a reason holds: in doubt, or surely."""

    holds: bool
    sure: bool


class Measures(Noun, frozen=True, kw_only=True):
    """All that is measured on one page; `dpi` is 0 where the size of the sheet is unknown."""

    light: Light
    sharpness: Sharpness | None
    hand: Hand
    ink: float
    alike: float
    dpi: float

    @property
    def sharp(self) -> float:
        """How many edges of strokes fit in a character."""
        return CHARACTER_PX / self.sharpness.smear_px if self.sharpness else CRISP

    @property
    def sharpest(self) -> float:
        """The same in the sharper quarter of the page."""
        return CHARACTER_PX / self.sharpness.sharpest_px if self.sharpness else CRISP

    @property
    def black(self) -> bool:
        """Whether nothing can be seen."""
        return self.light.brightest < BLACK

    def numbers(self) -> dict[str, float]:
        """What is told beside the verdict."""
        light, sharpness = self.light, self.sharpness
        told = {
            "paper": light.paper,
            "brightest": light.brightest,
            "evenness": light.evenness,
            "margins": light.margins,
            "clipped": light.clipped,
            "glare": light.glare,
            "ink": self.ink,
            "hand": self.hand.share,
            "across": self.hand.across,
            "alike": self.alike,
            "dpi": self.dpi,
        }
        if sharpness:
            told |= {
                "sharpness": self.sharp,
                "moved": sharpness.moved,
                "text_px": sharpness.text_px,
            }
        return {name: round(value, 5) for name, value in told.items()}


class _Case(Noun, frozen=True, kw_only=True):
    """What is to be judged. There is a `page` on the frame, or none that can be trusted; it is a
    `sheet` on a desk, or all of the frame, and then perhaps only a `board`; `lit` is a page in
    light enough, `plain` one whose paper is pale, too, `pictured` one with photographs.
    """

    seen: Measures
    finding: Finding
    page: bool
    sheet: bool
    board: bool
    lit: bool
    plain: bool
    pictured: bool


def judge(
    sheet: Sheet,
    finding: Finding,
    settings: Imaging,
    *,
    now: bytes,
    previous: bytes,
    px_per_mm: float = 0.0,
    cradle_moved: bool = False,
) -> Quality:
    """The verdict on a sheet; `now` and `previous` are fingerprints of this page and the last.

    `px_per_mm` is that of the frame on the sheet where a cradle's geometry was learned;
    `cradle_moved` says that it holds no longer.
    """
    seen = Measures(
        light=light_of(sheet),
        sharpness=sharpness_of(sheet),
        hand=hand_of(sheet),
        ink=ink_share(sheet),
        alike=likeness(previous, now),
        dpi=_dpi(sheet, finding, settings, px_per_mm),
    )
    case = _case(seen, finding, settings)
    degrees = {
        **_found(case, settings.judging),
        **_lit(case, settings.judging),
        **_shown(case, settings),
        "cradle-moved": Degree(holds=cradle_moved, sure=cradle_moved),
    }
    reasons = tuple(reason for reason, degree in degrees.items() if degree.holds)
    sure = tuple(reason for reason in reasons if degrees[reason].sure)
    return Quality(
        verdict=_verdict(reasons, sure), reasons=reasons, sure=sure, numbers=seen.numbers()
    )


def trusted(finding: Finding, settings: Imaging) -> Quad | None:
    """The sheet's corners, unless they are too doubtful to crop by."""
    sure = finding.kind == "sheet" and finding.confidence >= settings.find_confidence
    return finding.quad if sure else None


def _verdict(reasons: tuple[Reason, ...], sure: tuple[Reason, ...]) -> Verdict:
    if MENDED_BY_ANOTHER.intersection(sure):
        return "bad"
    return "check" if reasons else "good"


def _case(seen: Measures, finding: Finding, settings: Imaging) -> _Case:
    sheet = finding.kind == "sheet" and finding.confidence >= settings.find_confidence
    whole = finding.kind == "whole"
    unsure = finding.confidence < settings.find_confidence
    lit = (sheet or whole) and seen.light.brightest >= settings.judging.dark[0]
    return _Case(
        seen=seen,
        finding=finding,
        page=sheet or whole,
        sheet=sheet,
        board=whole and (unsure or seen.light.paper < BOARD),
        lit=lit,
        plain=lit and seen.light.paper >= DIM,
        pictured=seen.light.pictures > PICTURED,
    )


def _found(case: _Case, limits: Judging) -> dict[Reason, Degree]:
    """What the search for the sheet already says."""
    finding = case.finding
    none = finding.kind == "none"
    cut = finding.confidence if finding.cut and case.page else 0.0
    bare = finding.confidence >= limits.no_page[1] or _bare(case, limits)
    return {
        "no-page": Degree(holds=not case.page or case.board, sure=none and bare),
        "cut": _over(cut, limits.cut),
        "several": _over(float(finding.others) if case.page else 0.0, limits.several),
    }


def _bare(case: _Case, limits: Judging) -> bool:
    """Whether a frame without a sheet shows a desk in good light: no paper, and nothing crisp."""
    seen, light = case.seen, case.seen.light
    empty = case.finding.confidence >= NOTHING and light.paper < BOARD
    return empty and light.brightest >= limits.dark[0] and seen.sharp < limits.blurred[1]


def _lit(case: _Case, limits: Judging) -> dict[Reason, Degree]:
    """What is said of the light; on a frame without a page, little can be."""
    light, sheet, page = case.seen.light, case.sheet, case.page
    faded = light.ink > FADED
    nothing = case.finding.kind == "none" and case.finding.confidence >= limits.no_page[1]
    even = light.margins >= LIT or case.seen.black
    ends_dark = light.margins < limits.uneven_light[0 if case.plain else 1]
    alone = not case.seen.hand.share and not case.pictured and light.clipped < OVEREXPOSED
    shaded = sheet and case.lit and ends_dark and alone
    pale = light.paper >= BOARD  # on a dark mount the white is a picture
    mirrored = sheet and pale and not case.pictured and light.glare < MOST_GLARE
    dim = sheet and light.beside < limits.dark[0]
    dark = _only(_under(light.brightest, limits.dark), page, sure=dim)
    return {
        "dark": Degree(holds=True, sure=not nothing) if case.seen.black else dark,
        "bright": _only(_over(light.clipped, limits.bright), sheet or faded, sure=sheet and faded),
        "glare": _only(_over(light.glare, limits.glare), page, sure=mirrored),
        "uneven-light": _only(_under(light.evenness, limits.uneven_light), not even, sure=shaded),
    }


def _shown(case: _Case, settings: Imaging) -> dict[Reason, Degree]:
    """What the page itself shows."""
    seen, limits = case.seen, settings.judging
    written = case.page and not seen.black
    coarse = 0 < seen.dpi < settings.minimum_dpi
    return {
        "blurred": _only(
            _blurred(case, limits.blurred),
            not case.page or seen.ink >= limits.blank[0],
            sure=case.lit and not case.board and seen.ink >= WRITTEN,
        ),
        "hand": _held(case, limits),
        "blank": _only(_under(seen.ink, limits.blank), written, sure=case.sheet),
        "same": _over(seen.alike, limits.same),
        "low-dpi": Degree(holds=coarse, sure=coarse),
    }


def _blurred(case: _Case, limits: tuple[float, float]) -> Degree:
    """Surely blurred is a page only where its sharpest writing is."""
    last = limits[1] * (SOFT if case.pictured else 1.0)
    sharpest = max(case.seen.sharp, case.seen.sharpest)
    return Degree(holds=case.seen.sharp < limits[0], sure=sharpest < last)


def _held(case: _Case, limits: Judging) -> Degree:
    """A hand told by its colour, or something of any colour across the edge; sure is the colour
    that goes on outside of bright paper, or both.
    """
    hand = case.seen.hand
    colour, crossing = _over(hand.share, limits.hand), _over(hand.across, limits.across)
    goes_on = case.plain and (hand.sure or crossing.holds)
    return Degree(
        holds=colour.holds or crossing.holds, sure=crossing.sure or (colour.sure and goes_on)
    )


def _over(value: float, limits: tuple[float, float]) -> Degree:
    return Degree(holds=value >= limits[0], sure=value >= limits[1])


def _under(value: float, limits: tuple[float, float]) -> Degree:
    return Degree(holds=value < limits[0], sure=value < limits[1])


def _only(degree: Degree, possible: bool, *, sure: bool = True) -> Degree:
    """A reason that holds only where it is `possible`, and surely only where that is `sure`."""
    return Degree(holds=degree.holds and possible, sure=degree.sure and possible and sure)


def _dpi(sheet: Sheet, finding: Finding, settings: Imaging, px_per_mm: float) -> float:
    """Pixels per inch of the page, or 0 where neither cradle nor sheet tell.

    A sheet that the frame cuts off, and one that was not surely found, has no length.
    """
    if px_per_mm > 0:
        return px_per_mm * MM_PER_INCH
    whole = finding.kind == "whole" and finding.confidence >= settings.find_confidence
    known = (whole or trusted(finding, settings) is not None) and not finding.cut
    if settings.sheet_long_side_mm <= 0 or not known:
        return 0.0
    return sheet.long_side_px / settings.sheet_long_side_mm * MM_PER_INCH
