"""Small pictures for the batch: a sheet on a dark desk, each with its own number."""

from pathlib import Path

import cv2
import numpy as np

PAPER = {"white": (230, 230, 230), "red": (120, 120, 235), "blue": (235, 120, 120)}


def draw(path: Path, number: int, paper: str = "white") -> Path:
    picture = np.full((640, 480, 3), 50, np.uint8)
    picture[50:-50, 40:-40] = PAPER[paper]
    for row in range(4):
        at = (80, 160 + row * 80)
        cv2.putText(picture, f"PAGE {number}", at, cv2.FONT_HERSHEY_SIMPLEX, 1.5, (30, 30, 30), 3)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".jpg", picture)[1].tobytes())
    return path
