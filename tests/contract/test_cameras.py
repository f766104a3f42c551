"""What every camera owes, whichever driver it is."""

import io
import json
import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from firmware_config.drivers import load
from firmware_config.errors import CameraError, ConfigError
from firmware_config.schema import Camera
from station.model import Exposure

FAKE = Path(__file__).parent.parent / "doubles" / "fake_camera"


def jpeg(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("L", (64, 48), shade).save(out, "JPEG")
    return out.getvalue()


DRIVERS = ["folder", "faulty", "picamera2"]


@pytest.fixture(params=DRIVERS)
def camera(request, tmp_path):
    if request.param == "folder":
        (tmp_path / "1.jpg").write_bytes(jpeg(50))
        (tmp_path / "2.jpg").write_bytes(jpeg(90))
        settings = Camera(driver="folder", folder=str(tmp_path))
    elif request.param == "faulty":
        settings = Camera(driver="faulty", folder="every-third")
    else:
        yield InASubprocess()
        return
    camera = load("station.cameras", request.param)(settings)
    yield camera
    camera.close()


class InASubprocess:
    """PiCamera over the fake Picamera2, which stands on PYTHONPATH there and nowhere else."""

    SCRIPT = """
import base64, json, sys, msgspec
from firmware_config.drivers import load
from firmware_config.errors import OurError
from firmware_config.schema import Camera
settings = Camera(driver="picamera2", width_px=640, height_px=480)
camera = load("station.cameras", "picamera2")(settings)
for line in sys.stdin:
    if line.strip() == "close":
        camera.close()
        print("{}", flush=True)
    else:
        sys.stdout.buffer.write(msgspec.json.encode(camera.expose()) + b"\\n")
        sys.stdout.buffer.flush()
"""

    def __init__(self) -> None:
        environment = dict(os.environ, PYTHONPATH=str(FAKE))
        self.process = subprocess.Popen(
            [sys.executable, "-c", self.SCRIPT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )

    def ask(self, word: str) -> bytes:
        self.process.stdin.write(word.encode() + b"\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()

    def expose(self) -> Exposure:
        return msgspec.json.decode(self.ask("expose"), type=Exposure)

    def close(self) -> None:
        if self.process.returncode is None:
            assert self.ask("close") == b"{}\n"
            self.process.communicate()
        assert self.process.returncode == 0


def test_an_exposure_is_a_picture_that_opens_and_says_what_and_whence_it_is(camera):
    exposure = camera.expose()

    with Image.open(io.BytesIO(exposure.data)) as picture:
        picture.load()
        assert Image.MIME[picture.format] == exposure.media_type
    assert exposure.source
    json.dumps(exposure.source).encode()
    camera.close()


def test_two_exposures_are_two_pictures(camera):
    assert camera.expose().data != camera.expose().data
    camera.close()


def test_a_camera_can_be_closed_twice(camera):
    camera.close()
    camera.close()


@pytest.mark.parametrize("name", ["folder", "faulty"])
def test_what_fails_is_one_of_our_camera_errors_and_the_camera_goes_on(name, tmp_path):
    for number in (1, 2, 3):
        (tmp_path / f"{number}.jpg").write_bytes(jpeg(number))
    folder = str(tmp_path) if name == "folder" else "every-third"
    camera = load("station.cameras", name)(Camera(driver=name, folder=folder))
    camera.expose()
    (tmp_path / "2.jpg").unlink()
    if name == "faulty":
        camera.expose()

    with pytest.raises(CameraError):
        camera.expose()

    assert camera.expose().data
    camera.close()


@pytest.mark.parametrize("name", ["folder", "faulty"])
def test_settings_that_cannot_work_are_refused_at_the_start(name):
    with pytest.raises(ConfigError):
        load("station.cameras", name)(Camera(driver=name, folder="no-such-thing"))


def test_every_driver_there_is_stands_in_this_suite():
    assert {entry.name for entry in entry_points(group="station.cameras")} == set(DRIVERS)
