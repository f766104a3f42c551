"""Well-known recipes for finding a sheet, to compare with: BGR picture in, four corners out."""

from __future__ import annotations

import cv2
import numpy as np

Corners = np.ndarray | None
SIDE_PX = 700
"""The recipes shrink a picture first, as their authors do; jscanify does not."""


def otsu_hull(picture: np.ndarray) -> Corners:
    """The hull of the largest light region, as four corners."""
    small, scale = _shrunk(picture)
    grey = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (5, 5), 0)
    _, light = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    contours, _ = cv2.findContours(light, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return None
    four = _four_corners(cv2.convexHull(max(contours, key=cv2.contourArea)))
    return None if four is None else four / scale


def canny_polygon(picture: np.ndarray) -> Corners:
    """The largest contour of the edge map that approximates to four points (pyimagesearch)."""
    small, scale = _shrunk(picture)
    grey = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (5, 5), 0)
    contours, _ = cv2.findContours(cv2.Canny(grey, 75, 200), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:5]:
        four = cv2.approxPolyDP(contour, 0.02 * cv2.arcLength(contour, True), True)
        if len(four) == 4:
            return np.asarray(four[:, 0] / scale)
    return None


def squares(picture: np.ndarray) -> Corners:
    """The largest near-rectangle over many thresholds of every channel (OpenCV's squares.py)."""
    small, scale = _shrunk(picture)
    best, most = None, 1000.0
    for plane in cv2.split(cv2.GaussianBlur(small, (5, 5), 0)):
        for level in range(0, 255, 26):
            if level:
                _, shape = cv2.threshold(plane, level, 255, cv2.THRESH_BINARY)
            else:
                shape = cv2.dilate(cv2.Canny(plane, 0, 50, apertureSize=5), None)
            contours, _ = cv2.findContours(shape, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
            for contour in contours:
                four = cv2.approxPolyDP(contour, 0.02 * cv2.arcLength(contour, True), True)
                area = cv2.contourArea(four)
                whole = area > 0.98 * small.shape[0] * small.shape[1]
                if len(four) == 4 and area > most and not whole and _square(four[:, 0]):
                    best, most = four[:, 0] / scale, area
    return best


def jscanify(picture: np.ndarray) -> Corners:
    """A port of jscanify 1.3: Canny, Otsu, largest contour, the farthest point in each quarter."""
    edges = cv2.GaussianBlur(cv2.Canny(picture, 50, 200), (3, 3), 0)
    _, shape = cv2.threshold(edges, 0, 255, cv2.THRESH_OTSU)
    contours, _ = cv2.findContours(shape, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return None
    points = max(contours, key=cv2.contourArea)[:, 0].astype(float)
    centre = np.array(cv2.minAreaRect(points.astype(np.float32))[0])
    off = points - centre
    far = np.linalg.norm(off, axis=1)
    corners = []
    for right, low in ((False, False), (True, False), (True, True), (False, True)):
        quarter = ((off[:, 0] > 0) == right) & ((off[:, 1] > 0) == low)
        if not quarter.any():
            return None
        corners.append(points[np.argmax(np.where(quarter, far, -1))])
    return np.array(corners)


def _shrunk(picture: np.ndarray) -> tuple[np.ndarray, float]:
    scale = min(1.0, SIDE_PX / max(picture.shape[:2]))
    return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), scale


def _four_corners(hull: np.ndarray) -> Corners:
    for tolerance in np.arange(0.01, 0.2, 0.01):
        four = cv2.approxPolyDP(hull, tolerance * cv2.arcLength(hull, True), True)
        if len(four) == 4:
            return np.asarray(four[:, 0])
    return None


def _square(corners: np.ndarray) -> bool:
    ways = np.roll(corners, -1, axis=0) - corners.astype(float)
    unit = ways / np.linalg.norm(ways, axis=1, keepdims=True)
    right = np.abs((unit * np.roll(unit, 1, axis=0)).sum(axis=1)).max() < 0.3
    return bool(right and cv2.isContourConvex(corners.astype(np.int32)))
