"""What a station knows of its copy stand: from its configuration, its home and its last target."""

from __future__ import annotations

from pathlib import Path

from firmware_config.schema import Device
from station.imaging.cradle import Cradle, decoded
from station.imaging.stand import Stand
from station.store import Store, targets
from station.store.cradle import kept


def stand_of(device: Device, store: Store) -> Stand:
    """The stand as it is known now. Raises what `cradle_of` raises.

    A target measures the camera that hangs there; a learned cradle says it from the sheets'
    size, which is less sure.
    """
    cradle = cradle_of(store.home)
    by_sheet = cradle.px_per_mm if cradle else None
    return Stand(
        settings=device.imaging,
        lens=device.camera.lens,
        cradle=cradle,
        px_per_mm=targets.px_per_mm(store) or by_sheet or 0.0,
    )


def cradle_of(home: Path) -> Cradle | None:
    """The cradle that was learned, None where there is none. Raises ConfigError, StorageError."""
    data = kept(home)
    return None if data is None else decoded(data)
