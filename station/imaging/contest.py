"""Which of the candidate quads is the sheet, how surely, and how many others stand beside it.

The candidates and "no sheet" stand against one another as in a conditional logit (McFadden 1974):
each has the odds that its cues give it, and the chance of an answer is its share of all odds. The
many quads that differ from the best by a few pixels speak for it; those that overlap it otherwise
speak against it; a sheet that lies beside it does neither.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from station.imaging.candidates import Candidates
from station.imaging.cut import Flags
from station.imaging.doubt import doubt
from station.imaging.edges import Floats, Scene
from station.imaging.odds import log_odds
from station.imaging.pair import APART, parted, two_in_one
from station.imaging.quads import areas, common_areas
from station.imaging.within import alike, lies_in, middle_colour, ring

LARGER = 1.02
"""Of the area; an outer quad that adds less is the same one."""
NOT_DESK = 8.0
"""Distance in Lab (0..255 each) from what lies outside, of what belongs to the sheet."""
ONE_HUE = 10.0
"""Distance in a and b, up to which light and shade make the difference."""
NARROW = 1.15
"""Of the area; a mat or a page is larger than what it lies on or in by more."""
MOSTLY, NEARLY_ALL = 0.55, 0.8
"""Share of what an outer quad adds that must be of the sheet: of a wide ring, a narrow one."""
RIM = (0.88, 0.94)
"""Of the way out from a part of a page: the margin, beyond the picture that ends the part."""
MARGIN, SAME_CORNER_PX, PIECE = 0.7, 8.0, 1.5
"""Share of such a margin that must be of the sheet, what is one corner at working size, and of
how much of the part's area the page must be."""
PICTURE = 0.88
"""Share of a quad in its middle colour, up to which it is a picture."""
EDGES = (
    "least support",
    "support",
    "beyond",
    "most beyond",
    "least contrast",
    "contrast",
    "borders",
)
"""What is seen of the edges alone, whatever is lighter."""
LEAST_ODDS, CLEAR, SURELY_CLEAR, EDGES_COMPARABLE = -6.0, 9.8, 10.9, 2.8
"""Log odds of such a page: of all its cues, of its edges, of these to be cut by, and less than the
picture's edges."""
FAINT, FAINT_COMPARABLE = 7.6, 4.9
"""The same of the edges of a page that is plain around the picture."""
PLAIN, PLAIN_WORTH = 0.78, 5.6
"""Share of such a page, around the picture, in one colour; log odds of edges that this is worth."""
MOUNTED = 0.45
"""Confidence in such a page: six of nine were right, on drawn albums, too few to cut them out."""
LONELY = 0.025
"""Of all odds; a quad with less for itself owes its chance to those within it, as often wrongly."""
SHOWN = 0.4
"""Contrast of the faintest side that says nothing against the quad; a frame printed on a sheet
that does not show on its desk has less."""
SAME = 0.92
"""Overlap (IoU) from which two quads are one answer; a strip of desk more is another."""
COMPARABLE = 1.5
"""Log odds by which an outer quad may be less likely than the one within it."""
PARTLY = 0.5
"""Share of each of two sheets, from which a quad lies over both and is out of the question."""
MAYBE_COMPARABLE = 3.0
"""The same of one that makes it doubtful that the quad within it is all of the sheet."""
RIVAL_ODDS, RIVAL_AREA, RIVALS = -1.0, 0.25, 8
"""Log odds and share of the best one's area of a quad beside it that may be another sheet, on which
writing tells nothing of the best; how many are asked, likeliest first."""
FELLOW = 0.4
"""Of the best one's area: a smaller sheet beside it is a label or a pen."""
FELLOW_ODDS = 0.0
"""Log odds against "no sheet" that a sheet beside the best one needs."""


class Choice(NamedTuple):
    """The chosen quad's index, the chance that it is right (0..1), and the sheets beside it.

    `share`: the same before what speaks against cutting by it (doubt.py). `nothing`: the chance
    that no candidate is a sheet.
    """

    best: int
    confidence: float
    share: float
    others: int
    nothing: float


NOTHING = Choice(0, 0.0, 0.0, 0, 1.0)


def chosen(seen: Scene, found: Candidates, odds: Floats) -> Choice:
    """The best of Q candidates; `odds`: log odds of each against "no sheet", Q."""
    corners, size = found.corners, np.abs(areas(found.corners))
    first = int(np.argmax(odds))
    best = _page_of_picture(seen, found, odds, first)
    if best == first:
        best = _outermost(seen, found, odds, first)
    two = two_in_one(seen, found, odds, best)
    out = np.zeros(len(odds), bool)
    if two:
        best = two[0]
        out = np.all([common_areas(corners, one) > PARTLY * size[one] for one in two], axis=0)
    common = common_areas(corners, best)
    same = common / (size + size[best] - common) >= SAME
    weight = np.exp(np.minimum(odds, 30.0))
    alone = float(weight[same].sum())
    on_page = found.cues["even"][first] <= PICTURE and best != first
    if best != first and not two:
        same |= _within(corners, best)
    apart = common <= APART * np.minimum(size, size[best])
    beside = np.nonzero(apart & (size > RIVAL_AREA * size[best]) & (odds > RIVAL_ODDS))[0][:RIVALS]
    own = float(weight[same].sum())
    rivals = 1.0 + float(weight[same | ~(apart | out)].sum())
    confidence = own / rivals
    confidence *= min(1.0, float(found.cues["least contrast"][best]) / SHOWN)
    share, confidence = confidence, confidence * (1 - doubt(seen, found, best, corners[beside]))
    faint = on_page and log_odds(found.cues, EDGES)[best] <= SURELY_CLEAR
    if faint or alone < LONELY * rivals or (not two and _end(seen, found, odds, best)):
        confidence = min(confidence, MOUNTED)
    free = apart & (size > FELLOW * size[best])
    nothing = 1.0 / (1.0 + float(weight.sum()))
    return Choice(best, confidence, share, _fellows(corners, size, odds, free), nothing)


def _page_of_picture(seen: Scene, found: Candidates, odds: Floats, best: int) -> int:
    """The best quad, or if it holds a picture, the page with as good edges that it lies on.

    A page of an album is dark, so its photographs look more like sheets than it does, and so do
    two photographs and the strip between them. A page whose own edges are faint must be plain
    around the picture, and of another colour than the desk.
    """
    if found.cues["even"][best] > PICTURE:
        return best
    size, edges = np.abs(areas(found.corners)), log_odds(found.cues, EDGES)
    fair = (size > 1.2 * size[best]) & (odds > LEAST_ODDS)
    fair &= found.border.sum(axis=1) <= found.border[best].sum()
    clear = (edges > CLEAR) & (edges > edges[best] - EDGES_COMPARABLE)
    fair &= clear | (edges > FAINT) & (edges > edges[best] - FAINT_COMPARABLE)
    worth = {}
    for other in np.nonzero(fair)[0]:
        if lies_in(found.corners[best], found.corners[other]):
            plain, unlike = _mount(seen, found, best, int(other))
            if clear[other] or (unlike and plain > PLAIN):
                worth[int(other)] = float(edges[other]) + PLAIN_WORTH * plain
    if not worth:
        return best
    return _page_of_picture(seen, found, odds, max(worth, key=lambda other: worth[other]))


def _mount(seen: Scene, found: Candidates, best: int, outer: int) -> tuple[float, bool]:
    """Of what `outer` has around the best quad: the share in one colour; is that not the desk's."""
    added = ring(seen, *found.corners[[best, outer]])
    middle, desk = np.median(added, axis=0), found.outside[outer]
    unlike = np.linalg.norm(middle - desk) > max(NOT_DESK, 0.25 * desk[0])
    return float(alike(added, middle).mean()), bool(unlike)


def _outermost(seen: Scene, found: Candidates, odds: Floats, best: int) -> int:
    """The best quad, or the likeliest one around it that is as good, if it adds no desk.

    A photograph on a page, a printed frame and one page of a spread have as good edges as the
    sheet, and so has the uppermost leaf of a book. What the outer quad adds must not be darker
    than the inner quad, or be much more like it than like what lies outside of both; so a page on
    a mat, and a page with its shadow, stay as they are.
    """
    corners = found.corners
    size = np.abs(areas(corners))
    for other in np.argsort(-odds):
        if odds[other] < odds[best] - COMPARABLE:
            break
        around = size[other] > LARGER * size[best] and lies_in(corners[best], corners[other])
        around &= found.border[other].sum() <= found.border[best].sum() or odds[other] > odds[best]
        pair = (seen, found, best, int(other))
        if around and (_adds_sheet(*pair) or _piece(*pair)):
            return _outermost(seen, found, odds, int(other))
    return best


def _adds_sheet(seen: Scene, found: Candidates, best: int, outer: int) -> bool:
    """Whether most of what `outer` has around the best quad is of the sheet."""
    inside, around = found.corners[best], found.corners[outer]
    narrow = abs(areas(around[None])[0]) < NARROW * abs(areas(inside[None])[0])
    middle = middle_colour(seen, inside)
    own = _belongs(ring(seen, inside, around), middle, found.outside[outer], narrow=narrow)
    return bool(own.mean() > (NEARLY_ALL if narrow else MOSTLY))


def _piece(seen: Scene, found: Candidates, best: int, outer: int) -> bool:
    """Whether the best quad is but the end of a sheet, cut off by a picture across it.

    Then they have two corners in common, and the margin beyond the picture is of the sheet.
    """
    inside, around = found.corners[best], found.corners[outer]
    apart = np.linalg.norm(inside[:, None] - around, axis=2).min(axis=1)
    large = abs(areas(around[None])[0]) > PIECE * abs(areas(inside[None])[0])
    if not large or (apart < SAME_CORNER_PX).sum() < 2:
        return False
    rim, middle = ring(seen, inside, around, RIM), middle_colour(seen, inside)
    return bool(_belongs(rim, middle, found.outside[outer], narrow=True).mean() > MARGIN)


def _end(seen: Scene, found: Candidates, odds: Floats, best: int) -> bool:
    """Whether the best quad may be the end of a sheet that something lies across."""
    larger = np.abs(areas(found.corners)) > PIECE * abs(areas(found.corners[best][None])[0])
    near = (odds < odds[best] - COMPARABLE) & (odds >= odds[best] - MAYBE_COMPARABLE)
    return any(
        lies_in(found.corners[best], found.corners[other])
        and _piece(seen, found, best, int(other))
        and not parted(seen, found.corners[other])
        for other in np.nonzero(larger & near)[0]
    )


def _belongs(added: Floats, within: Floats, outside: Floats, *, narrow: bool) -> Flags:
    """Which colours (Px3) are of the sheet whose middle is `within`, not of what lies outside.

    In a narrow ring, what is lighter than the outside is the edge of a block of pages: a shadow
    is darker.
    """
    alike = np.linalg.norm(added - within, axis=1)
    apart = np.linalg.norm(added - outside, axis=1)
    one_hue = np.abs(added - within)[:, 1:].max(axis=1) < ONE_HUE
    light = np.minimum(0.95 * within[0], outside[0] + NOT_DESK if narrow else np.inf)
    return np.asarray(
        (apart > NOT_DESK) & (one_hue & (added[:, 0] > light) | (alike < 0.5 * apart))
    )


def _within(corners: Floats, outer: int) -> Flags:
    return np.array([lies_in(one, corners[outer]) for one in corners])


def _fellows(corners: Floats, size: Floats, odds: Floats, free: Flags) -> int:
    """How many sheets there are among the `free` quads, likeliest first, none over another."""
    found = 0
    free = free & (odds > FELLOW_ODDS)
    while free.any():
        next_one = int(np.argmax(np.where(free, odds, -np.inf)))
        common = common_areas(corners, next_one)
        free &= common <= APART * np.minimum(size, size[next_one])
        free[next_one] = False
        found += 1
    return found
