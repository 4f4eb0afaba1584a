"""A name as screening sees it: folded to Latin, cut into parts, each part with its kind, legal form apart."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from counterpact.lines.sanctions.screening.transliterate import to_latin
from counterpact.lines.sanctions.screening.words import Part, words

MAX_LETTERS = 400
"""Letters of a name that are read; the longest name on the lists of the US, UN, EU and UK has fewer."""
MAX_PARTS = 16
"""Parts of a name that are compared."""

_DOTTED = re.compile(r"(?<!\w)(?:\w\.\s?){2,}(?:\w(?!\w))?\.?")
_POSSESSIVE = re.compile(r"['’`]s\b")
_APOSTROPHES = re.compile(r"['’‘ʼ`´ʿʾ′ʹʻ.]")
_AMPERSAND = re.compile(r"[&+]")
_WORD = re.compile(r"[a-z0-9]+")
_ORDINAL = re.compile(r"^(\d+)(?:st|nd|rd|th)$")
_ROMAN = re.compile(r"^(?:x{0,3})(?:ix|iv|v?i{0,3})$")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10}
_SWAPS = str.maketrans("0134579", "oieastg")
_SYLLABIC = re.compile(r"[一-鿿가-힣]")


@dataclass(frozen=True)
class Name:
    """Parts in their order, what each is, and the legal form (`family/form`), if any."""

    parts: tuple[str, ...]
    kinds: tuple[Part, ...]
    form: str = ""
    cut: bool = False  # True: the name was too long and only its beginning is read
    latin: bool = True  # False: the name came in another script


def clean(text: str) -> str:
    """Without control and formatting characters (direction marks, zero-width joiners), single spaces.

    >>> clean("Ki\\u202em\\x00 Jong\\t Un")
    'Kim Jong Un'
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept = [" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cs")]
    return " ".join("".join(kept).split())


@lru_cache(maxsize=1 << 16)
def parse(text: str, kind: str = "person") -> Name:
    """A name cut into parts. `kind`: person, organisation, vessel, aircraft or other.

    >>> parse("Mr. Bashar al-Assad").parts, parse("OAO Gazprom", "organisation").form
    (('mr', 'bashar', 'al', 'assad'), 'jsc/ojsc')
    """
    raw = clean(text[: 4 * MAX_LETTERS])
    person = kind == "person"
    latin = raw.isascii() or not any(ord(c) > 0x24F and c.isalpha() for c in raw)
    cut = len(text) > 4 * MAX_LETTERS or len(raw) > MAX_LETTERS
    folded = to_latin(raw[:MAX_LETTERS], person=person)
    tokens = _tokens(folded, person)
    form = ""
    parts: list[str] = []
    kinds: list[Part] = []
    if kind == "organisation":
        tokens, form = _take_form([_spell(token) for token in tokens])
    for token in tokens:
        for part, sort in ((token[1:], Part.FORM),) if token[0] == "=" else _classify(token, kind):
            parts.append(part)
            kinds.append(sort)
    if person and _SYLLABIC.search(raw) and not any(c.isascii() and c.isalpha() for c in raw):
        kinds = [Part.SYLLABIC] * len(kinds)
    if person and any(k != Part.TITLE for k in kinds) is False:
        kinds = [Part.NAME] * len(kinds)  # "Imam" alone is a name
    return Name(tuple(parts[:MAX_PARTS]), tuple(kinds[:MAX_PARTS]), form, cut or len(parts) > MAX_PARTS, latin)


def _tokens(folded: str, person: bool) -> list[str]:
    if not person:
        folded = _POSSESSIVE.sub("", folded)
        folded = _DOTTED.sub(lambda m: re.sub(r"[.\s]", "", m.group()) + " ", folded)
        folded = _AMPERSAND.sub(" and ", folded).replace("%", " percent ")
        folded = _APOSTROPHES.sub("", folded) if "." not in folded else _APOSTROPHES.sub("", _points(folded))
    else:
        if folded.count(",") == 1 and "/" not in folded:
            last, first = folded.split(",")
            folded = f"{first} {last}"
        folded = _APOSTROPHES.sub("", _points(folded))
    return _tens(_WORD.findall(folded))


def _tens(tokens: list[str]) -> list[str]:
    """`forty four` → `44`."""
    table = words().numbers
    made: list[str] = []
    for token in tokens:
        if made and made[-1] in table and table[made[-1]] in range(20, 100, 10) and 0 < table.get(token, 0) < 10:
            made[-1] = str(table[made[-1]] + table[token])
        else:
            made.append(token)
    return made


def _points(folded: str) -> str:
    """A point ends a word if a letter follows it (`P.Jong`); `Amazon.com` too."""
    return re.sub(r"\.(?=\w)", " ", folded)


def _take_form(tokens: list[str]) -> tuple[list[str], str]:
    """Tokens with each legal form as one token (`=ag`), and the form; of several the one of most words counts."""
    table = words()
    best, made, i, plain = (0, ""), [], 0, 0
    while i < len(tokens):
        for size in range(min(table.longest_form, len(tokens) - i), 0, -1):
            form = table.forms.get(tuple(tokens[i : i + size]))
            if form:
                best = max(best, (size, form), key=lambda pair: pair[0])
                made.append("=" + form.split("/")[1])
                i += size
                break
        else:
            made.append(tokens[i])
            plain += 1
            i += 1
    return (made, best[1]) if plain else (tokens, "")


@lru_cache(maxsize=1 << 17)
def _spell(token: str) -> str:
    """A general word or word of a legal form that is misspelt by one letter (two from nine letters on), put right."""
    table = words()
    if len(token) < 5 or token in table.spelling or token.isdigit():
        return token
    from rapidfuzz.distance import OSA

    most = 1 if len(token) < 9 else 2
    near = [(OSA.distance(token, word, score_cutoff=most), word) for word in table.spelling if word[0] == token[0]]
    distance, word = min(near, default=(9, ""))
    return word if distance <= most else token


@lru_cache(maxsize=1 << 17)
def _classify(token: str, kind: str) -> tuple[tuple[str, Part], ...]:
    table = words()
    person = kind == "person"
    if person:
        if token.isalpha():
            if len(token) == 1:
                return ((token, Part.INITIAL),)
            if token in table.particles:
                return ((token, Part.PARTICLE),)
            if token in table.titles:
                return ((token, Part.TITLE),)
            return ((token, Part.COMMON if token in table.common else Part.NAME),)
        if sum(c.isalpha() for c in token) * 2 >= len(token):  # letters written as digits: Ig0r
            return ((token.translate(_SWAPS), Part.NAME),)
        return ((token.lstrip("0") or "0", Part.NUMBER),)
    if token.isdigit():
        return ((token.lstrip("0") or "0", Part.NUMBER),)
    if found := _ORDINAL.match(token):
        return ((found.group(1).lstrip("0") or "0", Part.NUMBER),)
    if token in table.numbers:
        return ((str(table.numbers[token]), Part.NUMBER),)
    if kind == "vessel" and token in table.vessel_words:
        return ((token, Part.TITLE),)
    if _ROMAN.match(token) and (len(token) > 1 or token in "ivx"):
        return ((str(_roman(token)), Part.NUMBER),)
    if token in table.abbreviations:
        return tuple((word, _sort(word)) for word in table.abbreviations[token])
    return ((token, Part.NAME if kind == "vessel" and len(token) > 1 else _sort(token)),)


def _sort(word: str) -> Part:
    table = words()
    if len(word) == 1:
        return Part.INITIAL
    if word in table.particles:
        return Part.PARTICLE
    if word in table.firm_words:
        return Part.TITLE
    if word in table.generics:
        return Part.GENERIC
    return Part.PLACE if word in table.places else Part.NAME


def _roman(token: str) -> int:
    values = [_ROMAN_VALUES[c] for c in token]
    return sum(-v if any(v < w for w in values[i + 1 :]) else v for i, v in enumerate(values))


def pieces(text: str, kind: str) -> list[str]:
    """An organisation's name written with `/` stands for several names; everything else for one."""
    if kind == "organisation" and "/" in text:
        return [text, *(part for part in text.split("/") if len(part.strip()) > 3)]
    return [text]
