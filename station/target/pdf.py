"""The target as a PDF of exactly one A4 page, in vectors, so that a printer's own dots decide."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import numpy as np

from station.target.draw import MM_PER_INCH, Grey, encoded
from station.target.layout import HEIGHT_MM, WIDTH_MM, WORDS, Shape

POINTS_PER_MM = 72 / MM_PER_INCH


def pdf(shapes: list[Shape], words: Grey) -> bytes:
    """One page, MediaBox 210 x 297 mm; `words` (grey) becomes black and white."""
    width, height = WIDTH_MM * POINTS_PER_MM, HEIGHT_MM * POINTS_PER_MM
    content = "\n".join(_content(shapes)).encode("ascii")
    bits = np.packbits(words > 127, axis=1).tobytes()
    page = (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width:.4f} {height:.4f}]"
        " /Contents 4 0 R /Resources << /XObject << /Words 5 0 R >> >> >>"
    )
    image = (
        f"/Type /XObject /Subtype /Image /Width {words.shape[1]} /Height {words.shape[0]}"
        " /ColorSpace /DeviceGray /BitsPerComponent 1"
    )
    # A viewer that honours PrintScaling offers "actual size" by itself.
    catalogue = "<< /Type /Catalog /Pages 2 0 R /ViewerPreferences << /PrintScaling /None >> >>"
    return _file(
        [
            catalogue.encode("ascii"),
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            page.encode("ascii"),
            _stream("", content),
            _stream(image, bits),
        ]
    )


def _content(shapes: list[Shape]) -> Iterator[str]:
    # From here on in millimetres from the upper left corner.
    top = HEIGHT_MM * POINTS_PER_MM
    yield f"{POINTS_PER_MM:.8f} 0 0 {-POINTS_PER_MM:.8f} 0 {top:.4f} cm"
    for shape in shapes:
        level = float(encoded(np.array([shape.reflectance], np.float32))[0])
        first, *others = (f"{x:.4f} {y:.4f}" for x, y in shape.corners)
        yield f"{level:.4f} g {first} m " + " ".join(f"{point} l" for point in others) + " h f"
    left, upper, right, lower = WORDS
    yield f"q {right - left:.4f} 0 0 {upper - lower:.4f} {left:.4f} {lower:.4f} cm /Words Do Q"


def _stream(entries: str, data: bytes) -> bytes:
    packed = zlib.compress(data, 9)
    head = f"<< {entries} /Filter /FlateDecode /Length {len(packed)} >>"
    return head.encode("ascii") + b"\nstream\n" + packed + b"\nendstream"


def _file(objects: list[bytes]) -> bytes:
    out = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n" % count
        + table
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(out))
    )
