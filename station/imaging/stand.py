"""The copy stand: what is known of how frames are taken, beyond the single frame."""

from __future__ import annotations

from firmware_config.schema import Imaging, Lens
from station.imaging.cradle import Cradle
from station.model import Noun


class Stand(Noun, frozen=True, kw_only=True):
    """Settings, and what was measured of the camera: its lens, its cradle, its resolution.

    `px_per_mm` is that of a frame on the sheet, by the daily target or the cradle; 0 is unknown.
    """

    settings: Imaging = Imaging()
    lens: Lens | None = None
    cradle: Cradle | None = None
    px_per_mm: float = 0.0
