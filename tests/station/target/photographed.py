"""Photographs of the target with known truth: a pinhole, a lens, a Gaussian blur, a sensor.

What a pixel of the frame sees is sampled OVER x OVER finer, blurred there, and averaged, so that
the system's MTF is known: `Shot.mtf`. Below a blur of 0.5 pixels it would alias.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from station.target import draw, layout

OVER = 2
PRINT_DPI = 600.0


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One photograph. `dpi` is at the frame's centre, on the axis; angles in degrees; `blur_px` is
    sigma; `shade` is by how much of 1 the light falls off toward the frame's corner (in light);
    `noise` is sigma in code values; `gamma` 0 is sRGB; `cast` are gains of B, G, R in light.
    """

    dpi: float = 300.0
    turn_deg: float = 0.0
    tilt_x_deg: float = 0.0
    tilt_y_deg: float = 0.0
    shift_mm: tuple[float, float] = (0.0, 0.0)
    k1: float = 0.0
    k2: float = 0.0
    blur_px: float = 0.6
    sharpen: float = 0.0
    shade: float = 0.0
    noise: float = 0.0
    gamma: float = 0.0
    cast: tuple[float, float, float] = (1.0, 1.0, 1.0)
    exposure: float = 0.80
    flare: float = 0.0
    jpeg: int = 0
    seed: int = 1
    frame: float = 1.12
    edge: float = layout.EDGE_REFLECTANCE

    @property
    def size_px(self) -> tuple[int, int]:
        scale = self.dpi / draw.MM_PER_INCH * self.frame
        return round(layout.WIDTH_MM * scale), round(layout.HEIGHT_MM * scale)

    @property
    def matrix(self) -> np.ndarray:
        """Target millimetres to pinhole pixels."""
        width, height = self.size_px
        focal = 1.3 * max(width, height)
        distance = focal / (self.dpi / draw.MM_PER_INCH)
        a, b, c = np.radians([self.tilt_x_deg, self.tilt_y_deg, self.turn_deg])
        about_x, _ = cv2.Rodrigues(np.array([a, 0, 0]))
        about_y, _ = cv2.Rodrigues(np.array([0, b, 0]))
        about_z, _ = cv2.Rodrigues(np.array([0, 0, c]))
        turn = about_x @ about_y @ about_z
        lens = np.array([[focal, 0, (width - 1) / 2], [0, focal, (height - 1) / 2], [0, 0, 1]])
        plane = np.stack([turn[:, 0], turn[:, 1], [*self.shift_mm, distance]], axis=1)
        middle = np.array([[1, 0, -layout.WIDTH_MM / 2], [0, 1, -layout.HEIGHT_MM / 2], [0, 0, 1]])
        return lens @ plane @ middle

    def pixels(self, mm: np.ndarray) -> np.ndarray:
        """Where millimetres are seen, exactly; n x 2."""
        seen = np.column_stack([mm, np.ones(len(mm))]) @ self.matrix.T
        centre, reach = self._middle()
        out = seen[:, :2] / seen[:, 2:] - centre
        square = (out**2).sum(axis=1, keepdims=True) / reach**2
        return centre + out * (1 + square * (self.k1 + self.k2 * square))

    def true_dpi(self, mm: tuple[float, float]) -> tuple[float, float]:
        """Across and down."""
        x, y = mm
        ends = self.pixels(np.array([(x - 0.5, y), (x + 0.5, y), (x, y - 0.5), (x, y + 0.5)]))
        across, down = np.hypot(*(ends[1::2] - ends[::2]).T) * draw.MM_PER_INCH
        return float(across), float(down)

    def true_distortion_percent(self) -> float:
        """The largest of the sheet's corners."""
        ends = np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) * (layout.WIDTH_MM, layout.HEIGHT_MM)
        seen = np.column_stack([ends, np.ones(4)]) @ self.matrix.T
        centre, reach = self._middle()
        square = ((seen[:, :2] / seen[:, 2:] - centre) ** 2).sum(axis=1) / reach**2
        bend = 100 * square * (self.k1 + self.k2 * square)
        return float(bend[np.abs(bend).argmax()])

    def light_at(self, px: np.ndarray) -> np.ndarray:
        """The light that falls on frame pixels, n x 2, over that at the frame's centre."""
        centre, reach = self._middle()
        return 1 - self.shade * ((px - centre) ** 2).sum(axis=-1) / reach**2

    def mtf(self, frequency: np.ndarray) -> np.ndarray:
        """Of the system, in cycles per pixel, along an axis."""
        blur = np.exp(-2 * (np.pi * frequency * self.blur_px) ** 2)
        aperture = np.sinc(frequency) / np.sinc(frequency / OVER)
        # The print's own pixels, and what linear interpolation between them takes.
        dots = np.sinc(frequency * self.dpi / PRINT_DPI) ** 3
        return blur * aperture * dots

    def coded(self, light: np.ndarray) -> np.ndarray:
        """Code values 0 to 255 of linear light."""
        if self.gamma:
            return 255 * np.clip(light, 0, 1) ** (1 / self.gamma)
        return 255 * draw.encoded(light.astype(np.float32))

    def _middle(self) -> tuple[np.ndarray, float]:
        width, height = self.size_px
        return np.array([(width - 1) / 2, (height - 1) / 2]), float(np.hypot(width, height) / 2)


def sheet(edge: float = layout.EDGE_REFLECTANCE) -> np.ndarray:
    """The printed sheet in linear light, float32."""
    coded = draw.drawn(layout.shapes(edge), dpi=PRINT_DPI)
    table = np.arange(256) / 255
    linear = np.where(table <= 0.04045, table / 12.92, ((table + 0.055) / 1.055) ** 2.4)
    return linear.astype(np.float32)[coded]


def photograph(shot: Shot, printed: np.ndarray) -> np.ndarray:
    """BGR uint8 of `printed` (linear light, black around it)."""
    light = _seen(shot, printed)
    width, height = shot.size_px
    y, x = np.mgrid[0:height, 0:width]
    light = (light + shot.flare) / (1 + shot.flare)
    light = light * shot.light_at(np.stack([x, y], axis=-1)) * shot.exposure
    picture = np.stack([shot.coded(light * gain) for gain in shot.cast], axis=-1)
    if shot.sharpen:
        soft = cv2.GaussianBlur(picture, (0, 0), 1.0)
        picture = picture + shot.sharpen * (picture - soft)
    if shot.noise:
        picture = picture + np.random.default_rng(shot.seed).normal(0, shot.noise, picture.shape)
    pixels = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
    if shot.jpeg:
        _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, shot.jpeg])
        pixels = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return pixels


def _seen(shot: Shot, printed: np.ndarray) -> np.ndarray:
    """Light of every frame pixel, blur and aperture included; in bands, for memory."""
    width, height = shot.size_px
    margin, rows = 8, 256
    out = np.zeros((height, width), np.float32)
    scale = PRINT_DPI / draw.MM_PER_INCH
    back = np.diag([scale, scale, 1]) @ np.linalg.inv(shot.matrix)
    centre, reach = shot._middle()
    xs = ((np.arange(-margin * OVER, (width + margin) * OVER) + 0.5) / OVER - 0.5).astype(
        np.float32
    )
    for top in range(0, height, rows):
        bottom = min(height, top + rows)
        ys = (np.arange((top - margin) * OVER, (bottom + margin) * OVER) + 0.5) / OVER - 0.5
        x, y = np.meshgrid(xs - np.float32(centre[0]), (ys - centre[1]).astype(np.float32))
        bent = (x * x + y * y) / np.float32(reach**2)
        factor = np.ones_like(bent)
        for _ in range(6 if shot.k1 or shot.k2 else 0):
            square = bent * factor * factor
            factor = 1 / (1 + square * (shot.k1 + shot.k2 * square))
        x, y = x * factor + np.float32(centre[0]), y * factor + np.float32(centre[1])
        u, v, w = (
            np.float32(row[0]) * x + np.float32(row[1]) * y + np.float32(row[2]) for row in back
        )
        where = np.stack([u / w - 0.5, v / w - 0.5], axis=-1).astype(np.float32)
        band = cv2.remap(printed, where, None, cv2.INTER_LINEAR, borderValue=0.02)
        if shot.blur_px:
            band = cv2.GaussianBlur(band, (0, 0), shot.blur_px * OVER)
        small = cv2.resize(band, (width + 2 * margin, bottom - top + 2 * margin),
                           interpolation=cv2.INTER_AREA)  # fmt: skip
        out[top:bottom] = small[margin:-margin, margin:-margin]
    return out
