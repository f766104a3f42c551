"""An engine that tells of each page it is given, and does what the paper's colour says.

Put its folder on PYTHONPATH; its name as a driver is `told`. White paper is read, red paper ends
the process as when it is killed for memory, blue paper hangs it. `settings.replay` is a folder:
`log` there gets a line a page. Where the folder has the pipes `told` and `go`, the process writes
its id into the first and goes on when it has read a byte from the second.
"""

import os
import threading
from pathlib import Path

from station.model import Line, Text
from station.ocr.replay import digest

TINT = 40


class ToldEngine:
    model = "told"

    def __init__(self, settings):
        self.folder = Path(settings.replay)

    def read(self, image):
        name = digest(image)
        with (self.folder / "log").open("a") as log:
            log.write(f"{name}\n")
        self.wait_to_be_told()
        blue, _, red = image.mean(axis=(0, 1))
        if red > blue + TINT:
            os._exit(137)
        while blue > red + TINT:
            threading.Event().wait()
        box = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
        line = Line(text=f"page {name}", score=0.9, box=box)
        return Text(lines=(line,), engine="told 1", model=self.model)

    def boxes(self, image, side_px):
        return []

    def read_strip(self, strip):
        return "", 0.0

    def wait_to_be_told(self):
        if not (self.folder / "go").exists():
            return
        with (self.folder / "told").open("rb+", buffering=0) as told:
            told.write(f"{os.getpid()}\n".encode())
        with (self.folder / "go").open("rb+", buffering=0) as go:
            go.read(1)
