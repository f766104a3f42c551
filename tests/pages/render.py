"""Draw a document on a sheet of paper: white page, ink, seals, and where every line stands."""

from __future__ import annotations

import numpy as np

from tests.pages.document import Document
from tests.pages.layouts import LAYOUTS
from tests.pages.sheet import Sheet


def render(document: Document, *, seed: int) -> Sheet:
    """Lay out `document`; the same seed gives the same pixels (same fonts, same Pillow).

    Raises FontMissingError where a typeface is not installed, KeyError for a group of leaves.
    """
    return LAYOUTS[document.genre](document, np.random.default_rng(seed))


def rendered(document: Document, *, seed: int) -> tuple[Sheet, ...]:
    """Lay out `document` or, if it is a spread or a group, each of its leaves in reading order."""
    leaves = document.leaves or (document,)
    return tuple(render(leaf, seed=seed + index) for index, leaf in enumerate(leaves))
