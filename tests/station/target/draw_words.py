"""Draws station/target/words.png, the printed words, with a typeface that stations may lack.

`python -m tests.station.target.draw_words FONT.ttc`
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from station.target.layout import WORDS

PX_PER_MM = 16
PLACE = Path(__file__).parents[3] / "station" / "target" / "words.png"
TITLE = "工作站每日靶纸 · A4"
LINES = (
    "打印：选“实际大小 / 100%”，不要“适合页面”；单面，纸面平整干净。",
    "量一量：两把尺各应为 150 毫米，不足或超出，测量时用 --ruler-mm 注明。",
    "测量：放在平时放纸的位置，摆正、压平、全部入镜，与扫描时同样灯光。",
    "station target measure 照片.jpg    或    station target measure --camera",
)


def main(font: str) -> None:
    left, top, right, bottom = WORDS
    size = (round((right - left) * PX_PER_MM), round((bottom - top) * PX_PER_MM))
    picture = Image.new("L", size, 255)
    pen = ImageDraw.Draw(picture)
    pen.text((size[0] / 2, 4 * PX_PER_MM), TITLE, 0, ImageFont.truetype(font, 84, 2), "mm")
    body = ImageFont.truetype(font, 39, 2)
    for number, line in enumerate(LINES):
        pen.text((size[0] / 2, (11 + 4.2 * number) * PX_PER_MM), line, 0, body, "mm")
    picture.point(lambda value: 255 * (value > 127)).convert("1").save(PLACE, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1])
