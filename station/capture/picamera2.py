"""The Raspberry Pi's camera, through Picamera2 (0.3.31 or later; names checked in 0.3.38)."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
from PIL import Image

from firmware_config.errors import CameraError, ConfigError, DriverError
from firmware_config.schema import Camera
from station.model import Exposure

SAVED_BY_PICAMERA2 = {"YUV420", "RGB888", "BGR888", "XRGB8888", "XBGR8888"}
FORMATS = SAVED_BY_PICAMERA2 | {"NV12", "MJPEG"}
NEAREST = Image.Resampling.NEAREST
BUFFERS = 2
"""With one, the default of a still configuration, no frame is ready when it is asked for."""


class PiCamera:
    """The first camera of the board, kept running in still mode.

    Raises DriverError when picamera2, libcamera or the camera is missing, ConfigError when the
    camera lacks a control that the settings ask for.
    """

    def __init__(self, settings: Camera) -> None:
        self._timeout_s = settings.timeout_s
        self._quality = settings.jpeg_quality
        self._camera = _opened()
        with contextlib.ExitStack() as undo:
            undo.callback(self._camera.close)
            try:
                self._source, self._stream = self._started(settings)
            # Picamera2 raises RuntimeError for whatever libcamera refuses.
            except RuntimeError as error:
                raise DriverError(f"the camera cannot be set up: {error}") from error
            undo.pop_all()

    def expose(self) -> Exposure:
        """One frame whose exposure began after this call, as JPEG.

        Raises CameraError when none comes within `timeout_s` or the camera fails.
        """
        try:
            with self._camera.captured_request(wait=self._timeout_s, flush=True) as request:
                data = self._encoded(request)
        except TimeoutError as error:
            # Else the late frame would be taken by a job that nobody waits for, and kept.
            self._camera.cancel_all_and_flush()
            raise CameraError(f"no frame within {self._timeout_s:g} s") from error
        except (RuntimeError, OSError) as error:
            raise CameraError(f"the camera failed: {error}") from error
        return Exposure(data=data, media_type="image/jpeg", source=self._source)

    def close(self) -> None:
        """Stop the camera and let others have it."""
        self._camera.close()

    def _started(self, settings: Camera) -> tuple[str, dict[str, Any]]:
        camera = self._camera
        configuration = camera.create_still_configuration(
            # YUV 4:2:0 goes into the JPEG as it is: no colour conversion, half the memory of RGB.
            main={"format": "YUV420", "size": (settings.width_px, settings.height_px)},
            buffer_count=BUFFERS,
            queue=True,
            controls=locks(settings, camera.camera_controls),
        )
        camera.configure(configuration)
        stream = camera.stream_configuration("main")
        if stream["format"] not in FORMATS:
            raise DriverError(f"the camera gives {stream['format']}, which no JPEG can hold")
        camera.options["quality"] = settings.jpeg_quality
        camera.start()
        return f"picamera2:{camera.camera_properties.get('Model', 'unknown')}", stream

    def _encoded(self, request: Any) -> bytes:
        if self._stream["format"] == "MJPEG":
            return one_jpeg(bytes(request.make_buffer("main")))
        if self._stream["format"] == "NV12":
            return nv12_as_jpeg(request.make_buffer("main"), self._stream, self._quality)
        out = io.BytesIO()
        request.save("main", out, format="jpeg")
        return out.getvalue()


def locks(settings: Camera, offered: Any) -> dict[str, Any]:
    """The libcamera controls that hold exposure, white balance and focus where they are set.

    What the settings leave None stays with the camera. `offered` holds the names the camera
    knows; a lock that it does not know raises ConfigError.
    """
    wanted: dict[str, Any] = {}
    if settings.exposure_us is not None:
        wanted["ExposureTime"] = settings.exposure_us
    if settings.analogue_gain is not None:
        wanted["AnalogueGain"] = settings.analogue_gain
    if len(wanted) == 2:
        wanted["AeEnable"] = False
    if settings.colour_gains is not None:
        wanted |= {"AwbEnable": False, "ColourGains": settings.colour_gains}
    if settings.lens_position_dioptre is not None:
        wanted |= {"AfMode": _af_mode("Manual"), "LensPosition": settings.lens_position_dioptre}
    elif "AfMode" in offered:
        wanted["AfMode"] = _af_mode("Continuous")
    missing = sorted(set(wanted) - set(offered))
    if missing:
        raise ConfigError(f"this camera has no {', '.join(missing)}: leave out what sets it")
    return wanted


def one_jpeg(buffer: bytes) -> bytes:
    """The baseline JPEG at the start of a buffer that is larger than it.

    In a scan every 0xFF is stuffed, so the first end marker after its start is the end. Raises
    CameraError when there is none.
    """
    start = buffer.find(b"\xff\xda")
    end = buffer.find(b"\xff\xd9", start)
    if start < 0 or end < 0:
        raise CameraError("the camera gave a JPEG without an end")
    return buffer[: end + 2]


def nv12_as_jpeg(buffer: np.ndarray[Any, Any], stream: dict[str, Any], quality: int) -> bytes:
    """A 4:2:0 JPEG of an NV12 buffer (uint8; rows of Y, then half as many of interleaved U, V).

    Rows may be padded to `stream["stride"]`. Luma and chroma are stored as they are: JFIF is
    full range BT.601, which is what a still configuration's Sycc colour space gives.
    """
    width_px, height_px = stream["size"]
    rows = np.asarray(buffer)[: stream["stride"] * height_px * 3 // 2].reshape(-1, stream["stride"])
    luma = Image.fromarray(np.ascontiguousarray(rows[:height_px, :width_px]))
    chroma = rows[height_px:, :width_px].reshape(height_px // 2, width_px // 2, 2)
    blue, red = (
        # Repeated here and averaged again by the encoder: the samples come out as they went in.
        Image.fromarray(np.ascontiguousarray(chroma[:, :, i])).resize(luma.size, NEAREST)
        for i in (0, 1)
    )
    out = io.BytesIO()
    Image.merge("YCbCr", (luma, blue, red)).save(out, "JPEG", quality=quality, subsampling="4:2:0")
    return out.getvalue()


def _opened() -> Any:
    try:
        from picamera2 import Picamera2
    except ModuleNotFoundError as error:
        raise DriverError(
            f"driver 'picamera2' needs {error.name!r}, which is not installed",
            hint="缺少相机程序库，请技术员安装 python3-picamera2。",
        ) from error
    except (ImportError, OSError) as error:
        raise DriverError(f"driver 'picamera2' cannot be loaded: {error}") from error
    if not Picamera2.global_camera_info():
        raise DriverError("no camera is connected", hint="没有找到相机，请检查排线。")
    try:
        return Picamera2(0)
    except (RuntimeError, IndexError) as error:
        raise DriverError(
            f"the camera cannot be opened: {error}", hint="相机打不开，可能正被别的程序占用。"
        ) from error


def _af_mode(name: str) -> Any:
    from libcamera import controls

    return getattr(controls.AfModeEnum, name)
