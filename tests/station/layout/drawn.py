"""Lines and ruled pages to lay out."""

import math
import random

import cv2
import numpy as np

from station.model import Line, Point, Quad, Role, Text


def line(
    text: str, left: float, top: float, width: float, height: float = 20.0, role: Role = "body"
) -> Line:
    right, bottom = left + width, top + height
    box = ((left, top), (right, top), (right, bottom), (left, bottom))
    return Line(text=text, score=1.0, box=box, role=role)


def shuffled(lines: list[Line], seed: int = 7) -> Text:
    mixed = random.Random(seed).sample(lines, len(lines))
    return Text(lines=tuple(mixed), engine="drawn", model="none")


def texts(lines: tuple[Line, ...] | list[Line]) -> list[str]:
    return [one.text for one in lines]


def turned(lines: list[Line], angle_deg: float, by: Point = (0.0, 0.0)) -> list[Line]:
    """The lines on a page turned clockwise about its corner and then moved."""
    cosine, sine = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))

    def turn(point: Point) -> Point:
        x, y = point
        return x * cosine - y * sine + by[0], x * sine + y * cosine + by[1]

    def box(quad: Quad) -> Quad:
        first, second, third, fourth = quad
        return turn(first), turn(second), turn(third), turn(fourth)

    return [Line(text=one.text, score=one.score, box=box(one.box)) for one in lines]


def paper(width: int = 1000, height: int = 1400) -> np.ndarray:
    return np.full((height, width, 3), 245, np.uint8)


def rule(page: np.ndarray, *ends: tuple[int, int, int, int], thick: int = 2) -> None:
    for x1, y1, x2, y2 in ends:
        cv2.line(page, (x1, y1), (x2, y2), (40, 40, 40), thick)


def ruled(page: np.ndarray, xs: list[int], ys: list[int]) -> None:
    """A table with all its lines."""
    rule(page, *((xs[0], y, xs[-1], y) for y in ys), *((x, ys[0], x, ys[-1]) for x in xs))


def erase(page: np.ndarray, *ends: tuple[int, int, int, int]) -> None:
    for x1, y1, x2, y2 in ends:
        page[y1:y2, x1:x2] = 245
