"""What makes two ways of writing the same, as the stations' own search has it."""

from __future__ import annotations

import re
import unicodedata

_LINE_ENDS = re.compile(r"[\r\n]")
_GAP = r"[\s\x00-\x1f]+"
_GAPS_IN_LATIN = re.compile(rf"(?<=[a-z0-9]){_GAP}(?=[a-z0-9])")
_OTHER_GAPS = re.compile(rf"(?<![a-z0-9]){_GAP}|{_GAP}(?![a-z0-9])")


def folded(text: str) -> str:
    """`text` as it is compared: NFKC and case folding, character by character, and one line.

    White space stays only, as one space, between two Latin letters or digits: in Chinese it is
    a gap the OCR saw, not a word's end.
    """
    line = _LINE_ENDS.sub("", "".join(map(_character, text)))
    return _OTHER_GAPS.sub("", _GAPS_IN_LATIN.sub(" ", line))


def _character(character: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", character).casefold())
