"""What a station knows of its copy stand: from its configuration, its home and its last target."""

from __future__ import annotations

from firmware_config.schema import Device
from station.imaging import cradle
from station.imaging.stand import Stand
from station.store import Store, targets
from station.store import cradle as kept


def stand_of(device: Device, store: Store) -> Stand:
    """The stand as it is known now. Raises ConfigError for a cradle that cannot be read.

    A target measures the camera that hangs there; a learned cradle says it from the sheets'
    size, which is less sure.
    """
    data = kept.kept(store.home)
    learned = cradle.decoded(data) if data is not None else None
    by_sheet = learned.px_per_mm if learned else None
    return Stand(
        settings=device.imaging,
        lens=device.camera.lens,
        cradle=learned,
        px_per_mm=targets.px_per_mm(store) or by_sheet or 0.0,
    )
