"""From lines that lie anywhere to the text as a person reads it."""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

from station.layout.order import order
from station.model import Text

Pixels = npt.NDArray[np.uint8]
"""BGR, height x width x 3."""


def laid_out(text: Text, page: Pixels) -> Text:
    """The same lines in reading order. `page` is the upright page they were read from."""
    return msgspec.structs.replace(text, lines=order(text.lines))
