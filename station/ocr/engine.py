"""What reads a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from station.model import Quad, Text

Image = npt.NDArray[np.uint8]
"""BGR, height x width x 3."""


class Engine(Protocol):
    """Reads pages. Constructed from the configuration's table `ocr`."""

    model: str
    """Name of the weights; stands in every Text."""

    def read(self, image: Image) -> Text:
        """The lines of one upright page, in any order, boxes in pixels of `image`.

        `certainty` is the engine's own, not calibrated, and empty if it has none.

        Raises EngineError when the engine fails on this page.
        """
        ...

    def boxes(self, image: Image, side_px: int) -> Sequence[Quad]:
        """Where lines and columns are on a page that may lie any way, in any order.

        It is looked at shrunk to a longer side of `side_px`. Raises EngineError as `read` does.
        """
        ...

    def read_strip(self, strip: Image) -> tuple[str, float]:
        """The characters of one line that fills `strip`, longer than high, and their mean score.

        Empty and 0.0 where nothing is read. Raises EngineError as `read` does.
        """
        ...
