"""Numbers, years and units in a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_SIZES = {
    "thousand": 1e3, "million": 1e6, "m": 1e6, "mn": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12,
}  # fmt: skip
_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "dozen": 12, "half": 0.5, "third": 1 / 3, "thirds": 2 / 3, "quarter": 0.25,
    "first": 1, "once": 1, "twice": 2, "no": 0,
}  # fmt: skip
_NUMBER = re.compile(
    r"(?<![\w.\-–])(?P<currency>[$€£])?(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<part>\.\d+)?(?=(?P<rest>[^\d]{0,40}))"
)
_RANGE = re.compile(r"(?<=\d)\s?[-–]\s?(?=[$€£]?\d)")
_SIZE = re.compile(r"\s?(thousand|million|billion|trillion|bn|mn)\b", re.I)
_MONEY_SIZE = re.compile(r"\s?(thousand|million|billion|trillion|bn|mn|m)\b(?=.)", re.I)
_ELSEWHERE = re.compile(r"\b(since|than|of|before|from|after|until|to|against|was|in all|over)\s+(?:[A-Z][a-z]+\s+)?$")
_YEAR = re.compile(r"(?<![\w$€£,.])((?:19|20)\d\d)(?!\d|,\d|\s?%|\.\d)")


@dataclass(frozen=True)
class Mention:
    """A number in a sentence, its currency sign and the words behind it."""

    value: float
    currency: str
    after: tuple[str, ...]
    percent: bool


@lru_cache(maxsize=8192)
def mentions(sentence: str) -> tuple[Mention, ...]:
    """Numbers of a sentence, magnitudes applied, years and numbers inside names left out.

    >>> [m.value for m in mentions("Worth $1.7-5.5 billion for 13,221 people (KN-23) in 2024, up 28 %.")]
    [1700000000.0, 5500000000.0, 13221.0, 28.0]
    """
    text = _RANGE.sub(" to ", sentence.replace("\u202f", " ").replace("\u00a0", " "))
    found: list[Mention] = []
    sizes: list[str] = []
    for match in _NUMBER.finditer(text):
        digits = match["digits"].replace(",", "")
        if _YEAR.match(text, match.start("digits")) and not match["currency"] and not match["part"]:
            continue
        rest = match["rest"]
        size = (_MONEY_SIZE if match["currency"] else _SIZE).match(rest)
        word = size.group(1).lower() if size else ""
        after = rest[size.end() :] if size else rest
        tokens = tuple(re.findall(r"[A-Za-z%/]+", after.split(".")[0].split(";")[0])[:4])
        value = float(digits + (match["part"] or "")) * _SIZES.get(word, 1.0)
        found.append(Mention(value, match["currency"] or "", tokens, after.lstrip().startswith(("%", "percent"))))
        sizes.append("to" if re.match(r"\s*(to|and|or)\s*[$€£]?$", rest) and not word else word)
    for i in range(len(found) - 2, -1, -1):  # "4 to 6 million": the size belongs to both ends
        if sizes[i] == "to" and sizes[i + 1] in _SIZES:
            low, high = found[i], found[i + 1]
            scaled = low.value * _SIZES[sizes[i + 1]]
            if scaled < high.value:
                found[i] = Mention(scaled, low.currency or high.currency, high.after, low.percent)
    return tuple(found)


def word_numbers(sentence: str) -> list[float]:
    """Numbers written out."""
    return [float(_WORDS[w]) for w in re.findall(r"[a-z]+", sentence.lower()) if w in _WORDS]


def years(sentence: str) -> list[int]:
    """Calendar years that a sentence speaks about; years it only compares with ("since 2019") are left out.

    >>> years("From 2,024 in June 2023, $2019, more than 2022, and 2024.")
    [2023, 2024]
    """
    return [int(m.group(1)) for m in _YEAR.finditer(sentence) if not _ELSEWHERE.search(sentence[: m.start()])]
