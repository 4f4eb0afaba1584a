"""The tables of words that weigh differently in a name (`words.yml`, `nicknames.txt`), read once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib import resources


class Part(IntEnum):
    """What a part of a name is; it decides how much the part weighs."""

    NAME = 0
    PARTICLE = 1  # al, bin, van
    TITLE = 2  # Mr, Haji, President
    GENERIC = 3  # bank, trading
    NUMBER = 4
    INITIAL = 5
    COMMON = 6  # names that very many bear
    PLACE = 7
    FORM = 8  # Ltd, OOO
    SYLLABIC = 9  # read from Han or Hangul: a reading has no typing slips


@dataclass(frozen=True)
class Words:
    """The tables, ready to look up."""

    particles: frozenset[str]
    titles: frozenset[str]
    vessel_words: frozenset[str]
    firm_words: frozenset[str]
    generics: frozenset[str]
    places: frozenset[str]
    common: frozenset[str]
    abbreviations: dict[str, tuple[str, ...]]
    numbers: dict[str, int]
    forms: dict[tuple[str, ...], str]  # words of a legal form → family/form
    longest_form: int
    spelling: tuple[str, ...]  # general words and words of legal forms of six letters or more
    variants: dict[str, tuple[int, ...]]  # name part → numbers of the sets of spellings it stands in


@cache
def words() -> Words:
    """Both files."""
    import yaml

    folder = resources.files(__package__)
    # Every cell is text: YAML would read `on` as true.
    found = yaml.load((folder / "words.yml").read_text("utf-8"), Loader=yaml.BaseLoader)
    forms = {
        tuple(spelling.split()): form for form, spellings in found["legal_forms"].items() for spelling in spellings
    }
    variants: dict[str, list[int]] = {}
    lines = (folder / "nicknames.txt").read_text("utf-8").splitlines()
    for number, line in enumerate(text for text in lines if text and not text.startswith("#")):
        for word in dict.fromkeys(line.split()):
            variants.setdefault(word, []).append(number)
    return Words(
        particles=frozenset(found["particles"]),
        titles=frozenset(found["titles"]),
        vessel_words=frozenset(found["vessel_words"]),
        firm_words=frozenset(found["firm_words"]),
        generics=frozenset(found["generics"]),
        places=frozenset(found["places"]),
        common=frozenset(found["common"]),
        abbreviations={short: tuple(long.split()) for short, long in found["abbreviations"].items()},
        numbers={word: int(value) for word, value in found["numbers"].items()},
        forms=forms,
        longest_form=max(map(len, forms)),
        spelling=tuple(
            sorted(
                {w for form in forms for w in form if len(w) > 4}
                | {w for w in found["generics"] + found["firm_words"] if len(w) > 4}
            )
        ),
        variants={word: tuple(sets) for word, sets in variants.items()},
    )
