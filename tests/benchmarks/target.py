"""How exactly the daily target is measured: photographs with known truth.

Each row is one photograph; `off` columns are measured against true. The halftones are what a laser
printer makes of the grey squares.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

from station.target import colour, gauge, grade, layout
from station.target.gauge import Measurement
from tests.benchmarks._overlays import contact_sheet, drawn
from tests.station.target.photographed import PRINT_DPI, Shot, photograph, sheet

FINE = np.linspace(0, 1, 4001)
SHOTS: dict[str, Shot] = {
    "frontal, sRGB": Shot(dpi=300, blur_px=0.6),
    "frontal, gamma 2.2, noise, JPEG 85": Shot(
        dpi=300, blur_px=0.8, gamma=2.2, noise=3, jpeg=85, turn_deg=1
    ),
    "400 dpi, soft": Shot(dpi=400, blur_px=1.6, noise=1, turn_deg=-1),
    "245 dpi, perspective": Shot(
        dpi=245, blur_px=0.7, tilt_x_deg=5, tilt_y_deg=-4, turn_deg=4, frame=1.25
    ),
    "245 dpi, barrel": Shot(dpi=245, blur_px=0.7, k1=-0.06, k2=0.015, turn_deg=2, frame=1.2),
    "200 dpi, pincushion, shade, cast": Shot(
        dpi=200, blur_px=1.0, k1=0.03, shade=0.25, cast=(0.88, 1, 1.04), noise=2, turn_deg=-2
    ),
    "150 dpi, poor": Shot(dpi=150, blur_px=1.8, noise=5, jpeg=75, shade=0.4, gamma=2.2),
    "300 dpi, sharpened": Shot(dpi=300, blur_px=0.9, sharpen=1.5, noise=1),
}


def run(out: Path) -> list[dict[str, Any]]:
    """A row a photograph; bench-out/target.jpg shows them."""
    ideal = sheet()
    prints = {
        "": ideal,
        "laser 106 lpi": halftone(ideal, 106),
        "laser 141 lpi": halftone(ideal, 141),
    }
    prints["dot gain"] = ideal**1.3
    prints["black squares"] = sheet(edge=0.0)
    rows, pictures = [], []
    for name, shot in SHOTS.items():
        picture = photograph(shot, ideal)
        rows.append(row(name, shot, picture))
        pictures.append((name, drawn(picture, name)))
    for name, printed in prints.items():
        if name:
            shot = Shot(dpi=245, blur_px=0.6, turn_deg=1)
            picture = photograph(shot, printed)
            rows.append(row(f"245 dpi, {name}", shot, picture))
            pictures.append((name, drawn(picture, name)))
    contact_sheet(out / "target", pictures)
    return rows


def row(name: str, shot: Shot, picture: np.ndarray) -> dict[str, Any]:
    """Truth beside measurement."""
    begun = time.process_time()
    measured = gauge.measure(picture)
    cpu_ms = 1000 * (time.process_time() - begun)
    centres = list(layout.SQUARES.values())
    true_dpi = np.array([shot.true_dpi(centre) for centre in centres])
    dpi = np.array([(place.dpi_across, place.dpi_down) for place in measured.places])
    curve = shot.mtf(FINE)
    sharpened = bool(shot.sharpen)
    return {
        "photograph": name,
        "dpi": measured.dpi,
        "dpi off %": 100 * float(np.abs(dpi / true_dpi - 1).max()),
        "mtf50": float(FINE[np.argmax(curve < 0.5)]),
        "mtf50 off %": "" if sharpened else off(measured, curve, "mtf50", 0.5),
        "mtf10 off %": "" if sharpened else off(measured, curve, "mtf10", 0.1),
        "max SFR": measured.highest_sfr,
        "distortion %": shot.true_distortion_percent(),
        "distortion off": measured.distortion_percent - shot.true_distortion_percent(),
        "uneven %": (uneven := uneven_percent(shot)),
        "uneven off": measured.tone.uneven_percent - uneven,
        "noise L*": measured.tone.noise_l,
        "a*b*": measured.tone.white_ab,
        "gamma": measured.tone.gamma,
        "class": grade.overall(grade.findings(measured)),
        "cpu ms": cpu_ms,
    }


def off(measured: Measurement, curve: np.ndarray, name: str, level: float) -> float:
    """The worst of ten edges' figures against the truth, in percent."""
    true = float(FINE[np.argmax(curve < level)])
    told = [getattr(way, name) for place in measured.places for way in place.seen]
    return 100 * float(max((value / true - 1 for value in told), key=abs))


def uneven_percent(shot: Shot) -> float:
    """True spread of L* over the fields."""
    light = shot.light_at(shot.pixels(layout.fields().reshape(-1, 2))) * shot.exposure
    coded = np.stack([shot.coded(light * gain) for gain in shot.cast], axis=-1)
    lightness = colour.lab(colour.linear(coded))[:, 0]
    return 100 * float(1 - lightness.min() / lightness.max())


def halftone(printed: np.ndarray, lines_per_inch: float) -> np.ndarray:
    """Greys as round dots on a screen at 45 degrees; black and white stay."""
    rows, columns = (np.arange(side, dtype=np.float32) for side in printed.shape)
    pitch = np.float32(2 * np.pi * lines_per_inch / PRINT_DPI / np.sqrt(2))
    y, x = rows[:, None], columns[None]
    screen = (np.cos(pitch * (x + y)) + np.cos(pitch * (x - y))) / 2
    spread = np.sort(screen[:800, :800].ravel())
    level = np.interp(screen, spread, np.linspace(0, 1, spread.size)).astype(np.float32)
    solid = (printed <= 0.001) | (printed >= 0.999)
    return np.where(solid, printed, (level < printed).astype(np.float32))
