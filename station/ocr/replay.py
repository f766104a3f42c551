"""Texts recorded from a real engine, given back for the same pixels."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from firmware_config.errors import ConfigError, EngineError
from firmware_config.schema import Ocr
from station.model import Quad, Text
from station.ocr.engine import Engine, Image


def digest(image: Image) -> str:
    """SHA-256 over the shape and the pixels, for an engine sees pixels and no file.

    Decoders of lossy files differ by a bit here and there: record on the machine that replays,
    or keep pages as PNG.
    """
    shape = "x".join(str(side) for side in image.shape)
    return hashlib.sha256(shape.encode() + b":" + image.tobytes()).hexdigest()


def record(engine: Engine, folder: Path, image: Image) -> Text:
    """Let `engine` read the page, and keep what it read in `folder` for the replay."""
    text = engine.read(image)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{digest(image)}.json").write_bytes(msgspec.json.encode(text))
    return text


class ReplayEngine:
    """Answers from the folder `settings.replay`; a page that was not recorded is an EngineError."""

    model = "recorded"

    def __init__(self, settings: Ocr) -> None:
        self._folder = Path(settings.replay).expanduser()
        if not settings.replay or not self._folder.is_dir():
            raise ConfigError(f"ocr.replay: no such folder: {settings.replay!r}")

    def read(self, image: Image) -> Text:
        """The recorded Text as it is, naming the engine and the model that read it."""
        path = self._folder / f"{digest(image)}.json"
        try:
            return msgspec.json.decode(path.read_bytes(), type=Text)
        except FileNotFoundError as error:
            raise EngineError(f"no recorded text for page {path.stem}") from error
        except msgspec.DecodeError as error:
            raise EngineError(f"{path} is not a recorded text: {error}") from error

    def boxes(self, image: Image, side_px: int) -> tuple[Quad, ...]:
        """None: pages are recorded as they were read, upright."""
        return ()

    def read_strip(self, strip: Image) -> tuple[str, float]:
        """Nothing, for the same reason."""
        return "", 0.0
