"""A stand-in for Picamera2 0.3.38: the calls of the driver, with the library's own rules.

Put its folder on PYTHONPATH. FAKE_CAMERA chooses what is connected, as words with spaces:
`none` no camera, `busy` it cannot be opened, `silent` no frame comes, `unplugged` every capture
raises, `autofocus` it has a lens to move, `NV12` or another format is what it is willing to give.
FAKE_CAMERA_LOG is a file for what was asked of it, one JSON object a line.
"""

import contextlib
import io
import json
import os

import numpy as np
from PIL import Image

WORDS = os.environ.get("FAKE_CAMERA", "").split()
FORMATS = {"NV12", "MJPEG", "YUV420", "BGR888", "SRGGB12"}
STRIDE_STEP = 64


def noted(**fact):
    if path := os.environ.get("FAKE_CAMERA_LOG"):
        with open(path, "a", encoding="utf-8") as out:  # noqa: PTH123
            out.write(json.dumps(fact, default=int) + "\n")


class Picamera2:
    @staticmethod
    def global_camera_info():
        return [] if "none" in WORDS else [{"Model": "imx477", "Num": 0, "Id": "/base/i2c/imx477"}]

    def __init__(self, camera_num=0):
        if "busy" in WORDS:
            raise RuntimeError("Camera __init__ sequence did not complete.")
        self.options = {}
        self.camera_properties = {"Model": "imx477"}
        self.camera_controls = dict.fromkeys(
            ("AeEnable", "ExposureTime", "AnalogueGain", "AwbEnable", "ColourGains"), (0, 1, 0)
        )
        if "autofocus" in WORDS:
            self.camera_controls |= dict.fromkeys(("AfMode", "LensPosition"), (0, 32, 1))
        self.configuration = None
        self.started = self.held = False
        self.shots = 0

    def create_still_configuration(self, main, buffer_count=1, queue=True, controls=None):
        noted(call="configuration", main=main, buffers=buffer_count, queue=queue, controls=controls)
        given = next((word for word in WORDS if word in FORMATS), main["format"])
        stride = -(-main["size"][0] // STRIDE_STEP) * STRIDE_STEP
        return {"main": {"format": given, "size": main["size"], "stride": stride}}

    def configure(self, configuration):
        if self.started:
            raise RuntimeError("Camera must be stopped before configuring")
        self.configuration = configuration

    def stream_configuration(self, name="main"):
        return self.configuration[name]

    def start(self):
        self.started = True

    @contextlib.contextmanager
    def captured_request(self, wait=None, flush=None):
        noted(call="capture", wait=wait, flush=flush)
        if "silent" in WORDS:
            raise TimeoutError
        if "unplugged" in WORDS or not self.started or self.held:
            raise RuntimeError("the camera does not answer")
        self.held = True
        self.shots += 1
        try:
            yield Request(self)
        finally:
            self.held = False

    def cancel_all_and_flush(self):
        noted(call="flush")

    def close(self):
        noted(call="close")
        self.started = False


class Request:
    def __init__(self, camera):
        self.stream = camera.configuration["main"]
        self.quality = camera.options.get("quality", 90)
        self.grey = 40 * camera.shots % 256

    def picture(self):
        return Image.new("RGB", self.stream["size"], (self.grey, self.grey, self.grey))

    def jpeg(self):
        out = io.BytesIO()
        self.picture().save(out, "JPEG", quality=self.quality)
        return out.getvalue()

    def save(self, name, file_output, format=None):  # noqa: A002
        if self.stream["format"] == "NV12":
            raise RuntimeError("Format NV12 not supported")
        assert name == "main"
        assert format == "jpeg"
        file_output.write(self.jpeg())

    def make_buffer(self, name):
        """One dimension, rows padded to the stride; an MJPEG buffer keeps old bytes behind it."""
        if self.stream["format"] == "MJPEG":
            return np.frombuffer(self.jpeg() + b"\0" * 5000 + b"\xff\xd9", dtype=np.uint8)
        width_px, height_px = self.stream["size"]
        rows = np.full((height_px * 3 // 2, self.stream["stride"]), 7, dtype=np.uint8)
        rows[:height_px, :width_px] = self.grey
        rows[height_px:, 0:width_px:2] = 90
        rows[height_px:, 1:width_px:2] = 180
        return rows.ravel()
