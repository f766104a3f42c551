"""Title of an item (题名) from the text of its first page. Pure.

A first, careful version: the largest writing in the upper half is the title unless it is the
red head (发文机关标志) or the document number. Whoever arranges the item corrects it; the record
says it was suggested.
"""

from __future__ import annotations

import math
import re
import unicodedata

from station.model import Line, Text

LONGEST = 80
_SHORTEST = 3
_OWN_WORDS = {"body", "heading", "note"}
"""Roles of lines that may be a title; a seal is larger than any."""
_KIND = re.compile(
    r"(通知|通报|决定|决议|报告|请示|批复|意见|办法|规定|方案|计划|总结|记录|纪要|协议书?|合同|契|"
    r"证明|名册|花名册|登记表|登记卡|审批表|申请书|委托书|介绍信|判决书|裁定书|清单|公告|公示|"
    r"台账|汇总表|明细表|信|函|令|户口簿|户档卡?|任命书|聘书|存根|收据|说明|章程|公约)[)）]?$"
)
_RED_HEAD = re.compile(r"(文件|人民政府|委员会|办公室|党委)$")
_NUMBER = re.compile(r"[〔\[（(【]\s*\d{2,4}\s*[〕\]）)】]\s*第?\s*\d+\s*号")


def of(text: Text | None) -> str:
    """The suggested title, at most 80 characters; empty when the page has no text.

    Raises nothing.
    """
    lines = [line for line in text.lines if _plain(line)] if text else []
    lines = [line for line in lines if line.role in _OWN_WORDS] or lines
    if not lines:
        return ""
    start = max(range(len(lines)), key=lambda index: _score(lines, index))
    return _joined(lines, start)[:LONGEST]


def _score(lines: list[Line], index: int) -> float:
    line, words = lines[index], _plain(lines[index])
    score = _size_px(line) / max(_median_size_px(lines), 1.0)
    score += 1.0 if _KIND.search(words) else 0.0
    score += 0.7 if words.startswith("关于") else 0.0
    score -= 1.5 if _NUMBER.search(words) else 0.0
    score -= 0.6 if _RED_HEAD.search(words) else 0.0
    score -= 1.0 if len(words) < _SHORTEST else 0.0
    return score - 1.5 * index / len(lines)


def _joined(lines: list[Line], start: int) -> str:
    """The title may run over several lines of one size: take its neighbours in."""
    size_px = _size_px(lines[start])
    first, last = start, start
    if size_px < 1.15 * _median_size_px(lines):
        return _plain(lines[start])
    while first > 0 and _goes_on(lines[first - 1], size_px) and not _ends(lines[first - 1]):
        first -= 1
    while last + 1 < len(lines) and not _ends(lines[last]) and _goes_on(lines[last + 1], size_px):
        last += 1
    return "".join(_plain(line) for line in lines[first : last + 1])


def _goes_on(line: Line, size_px: float) -> bool:
    words = _plain(line)
    alike = 0.8 <= _size_px(line) / max(size_px, 1.0) <= 1.25
    return alike and not _NUMBER.search(words) and not _RED_HEAD.search(words)


def _ends(line: Line) -> bool:
    return bool(_KIND.search(_plain(line)))


def _plain(line: Line) -> str:
    return unicodedata.normalize("NFC", line.text).strip(" \t·.。,，:：;；-—_=")


def _median_size_px(lines: list[Line]) -> float:
    return sorted(_size_px(line) for line in lines)[len(lines) // 2]


def _size_px(line: Line) -> float:
    """Height of the characters: the short side of the box, whichever way the line runs."""
    (x0, y0), (x1, y1), (x2, y2), _ = line.box
    return min(math.hypot(x1 - x0, y1 - y0), math.hypot(x2 - x1, y2 - y1))
