"""What makes two ways of writing the same: width, case, line ends, the gaps OCR leaves."""

from __future__ import annotations

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=32_768)
def folded_character(character: str) -> str:
    """NFKC and case folding of one character, which may give several."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", character).casefold())


def folded_with_places(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the index in `text` it came from.

    Each character is folded for itself, so that a part of the text folds to a part of the whole.
    Lines are joined, because a word may stand across two. White space stays only, as one space,
    between two Latin letters or digits: in Chinese it is a gap the OCR saw, not a word's end.
    """
    characters: list[str] = []
    places: list[int] = []
    gap = False
    for place, character in enumerate(text):
        if character in "\r\n":
            continue
        for part in folded_character(character):
            if part.isspace() or part < " ":
                gap = True
                continue
            if gap and characters and _is_latin(characters[-1]) and _is_latin(part):
                characters.append(" ")
                places.append(place)
            gap = False
            characters.append(part)
            places.append(place)
    return "".join(characters), places


def folded(text: str) -> str:
    """`text` as it is compared."""
    return folded_with_places(text)[0]


def printable(text: str) -> str:
    """`text` without lone surrogates, which a file name that is not UTF-8 brings in."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
