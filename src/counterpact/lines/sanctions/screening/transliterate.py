"""Any script → lower-case ASCII, without ICU: own rules for Cyrillic, Arabic, Hangul and Han, `anyascii` for the rest.

The rules aim at the spellings that lists use (BGN/PCGN 1947 for Russian; the DPRK's own romanisation for Korean;
 Pinyin for Chinese). What other systems write (McCune–Reischauer, Wade–Giles, German or French transcription)
meets them in the sound skeleton (`skeleton.py`), not here.
"""

from __future__ import annotations

import re
import unicodedata

from anyascii import anyascii

CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "y",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
    "і": "i", "ї": "yi", "є": "ye", "ґ": "g", "ў": "u", "қ": "q", "ұ": "u", "ү": "u", "ң": "n", "ә": "a", "ө": "o",
    "һ": "h", "ғ": "gh", "ђ": "dj", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz", "ѓ": "g", "ќ": "k", "ѕ": "dz",
    "ӣ": "i", "ҳ": "h", "ҷ": "j", "ӯ": "u",
}  # fmt: skip
"""Letters of Russian, Ukrainian, Belarusian, Kazakh, Serbian, Macedonian, Tajik."""

ARABIC = {
    "ا": "a", "أ": "a", "إ": "i", "آ": "a", "ٱ": "a", "ب": "b", "ت": "t", "ث": "th", "ج": "j", "ح": "h", "خ": "kh",
    "د": "d", "ذ": "dh", "ر": "r", "ز": "z", "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "a",
    "غ": "gh", "ف": "f", "ق": "q", "ك": "k", "ک": "k", "ل": "l", "م": "m", "ن": "n", "ه": "h", "ة": "a", "و": "u",
    "ؤ": "u", "ي": "i", "ی": "i", "ى": "a", "ئ": "i", "ء": "", "پ": "p", "چ": "ch", "ژ": "zh", "گ": "g", "ۀ": "e",
    "ـ": "", "ٹ": "t", "ڈ": "d", "ڑ": "r", "ں": "n", "ے": "e", "ہ": "h", "ھ": "h", "ړ": "r", "ښ": "sh", "ځ": "z",
    "څ": "ts", "ډ": "d", "ټ": "t", "ږ": "zh", "ې": "e", "ۍ": "i", "ګ": "g", "ڼ": "n",
}  # fmt: skip
"""Letters of Arabic, Persian, Urdu and Pashto; short vowels are not written and are not guessed."""

_INITIALS = tuple("g kk n d tt r m b pp s ss - j jj ch k t p h".split())  # noqa: SIM905
_FIRST = {"g": "k", "d": "t", "b": "p"}  # at the beginning of a name
_VOWELS = tuple("a ae ya yae o e yo ye o wa wae oe yo u wo we wi yu u ui i".split())  # noqa: SIM905
_FINALS = tuple("- k k k n n n t l k m l l l p l m p p t t ng t t k t p t".split())  # noqa: SIM905
SURNAMES = {
    "김": "kim", "이": "lee", "리": "ri", "박": "park", "최": "choe", "정": "jong", "조": "jo", "강": "kang",
    "임": "im",
    "림": "rim", "류": "ryu", "유": "yu", "노": "no", "로": "ro", "우": "u", "문": "mun", "윤": "yun", "현": "hyon",
}  # fmt: skip
"""Korean surnames that lists do not write as their letters would be."""

_ARABIC_ARTICLE = re.compile(r"(?<!\w)ال(?=\w{2})")
_DOUBLE_SURNAMES = {
    "欧阳",
    "歐陽",
    "司马",
    "司馬",
    "诸葛",
    "諸葛",
    "上官",
    "东方",
    "東方",
    "皇甫",
    "令狐",
    "慕容",
    "司徒",
}
_HAN = re.compile("[\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff]+")
_PARTED = re.compile(r"[^\w]|[\u3041-\u30ff]")  # a middle dot, or kana beside Han: not one undivided name
_HANGUL = re.compile(r"[가-힣]+")


def to_latin(name: str, *, person: bool = True) -> str:
    """A name in any script as lower-case ASCII; words stay words, Han and Hangul names of persons are split.

    >>> to_latin("Сергей Шойгу"), to_latin("김정은"), to_latin("习近平"), to_latin("Erdoğan")
    ('sergey shoygu', 'kim jongun', 'xi jinping', 'erdogan')
    """
    if name.isascii():
        return name.lower()
    name = unicodedata.normalize("NFKC", name)
    if name.isascii():
        return name.lower()
    whole = person and " " not in name.strip() and not _PARTED.search(name)
    name = _HAN.sub(lambda m: f" {_han(m.group(), person, whole)} ", name)
    name = _HANGUL.sub(lambda m: f" {_hangul(m.group(), whole)} ", name).strip()
    name = _ARABIC_ARTICLE.sub("al ", name).lower()
    if name.isascii():
        return name
    return "".join([_letter(letter) for letter in unicodedata.normalize("NFC", name)]).lower()


def _letter(letter: str) -> str:
    if letter < "\x80":
        return letter
    found = CYRILLIC.get(letter)
    if found is None:
        found = ARABIC.get(letter)
    if found is not None:
        return found
    if letter in _JOINERS or unicodedata.category(letter) in ("Mn", "Cf", "Cc"):
        return "" if not _speaks(letter) else anyascii(letter)
    return anyascii(letter)


_JOINERS = frozenset("'’‘ʼ`´ʿʾ′ʹʻ")


def _speaks(mark: str) -> bool:
    """Marks that are vowels (Indic and Khmer signs) sound; accents and Arabic short vowels are left out."""
    return unicodedata.category(mark) == "Mn" and "VOWEL SIGN" in unicodedata.name(mark, "")


def _han(text: str, person: bool, whole: bool) -> str:
    syllables = [anyascii(c).lower().strip() for c in text]
    if whole and 2 <= len(text) <= 4:
        family = 2 if text[:2] in _DOUBLE_SURNAMES and len(text) > 2 else 1
        return " ".join(("".join(syllables[:family]), "".join(syllables[family:])))
    return "".join(syllables) if person else " ".join(syllables)


def _hangul(text: str, whole: bool) -> str:
    if whole and 2 <= len(text) <= 4:
        family = SURNAMES.get(text[0]) or _word(text[0])
        return f"{family} {_word(text[1:])}"
    return SURNAMES.get(text) or _word(text)


def _word(text: str) -> str:
    found = "".join(map(_syllable, text))
    return _FIRST.get(found[:1], found[:1]) + found[1:] if found[:2] not in ("kk", "tt", "pp") else found


def _syllable(block: str) -> str:
    """One Hangul block letter by letter; ㅓ and ㅡ as the DPRK writes them (o, u), without diacritics."""
    index = ord(block) - 0xAC00
    first, vowel, last = index // 588, index % 588 // 28, index % 28
    return (_INITIALS[first] + _VOWELS[vowel] + _FINALS[last]).replace("-", "")
