"""Draw a document on a sheet of paper: white page, ink, seals, and where every line stands."""

from __future__ import annotations

import numpy as np

from tests.pages.document import Document
from tests.pages.layouts import LAYOUTS
from tests.pages.sheet import Sheet


def render(document: Document, *, seed: int) -> Sheet:
    """Lay out `document`; the same seed gives the same pixels (same fonts, same Pillow).

    Raises FontMissingError where a typeface is not installed.
    """
    return LAYOUTS[document.genre](document, np.random.default_rng(seed))
