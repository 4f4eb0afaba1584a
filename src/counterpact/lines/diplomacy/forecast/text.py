"""Look-alikes of a text among earlier roll calls: TF-IDF with weights fitted on the past only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from counterpact.lines.diplomacy.votes.table import Item, VoteTable

NOVEL = 0.5
"""An item is novel if its best look-alike is less similar than this (cosine of TF-IDF weights fitted on the past)."""
NEAREST = 30
_FORMULA = re.compile(
    r"(: )?resolution / adopted by the general assembly|adopted by the general assembly|the (acting )?president:?"
    r"|(a )?(separate )?recorded votes? (has|have) been (requested|taken)[^.]*\.?|\b[ra]/[\w./-]+|_|<\w\w>",
    re.IGNORECASE,
)
_SPOKEN = ("The President", "The Acting President", "I shall", "We ", "I now", "The Assembly")
TAIL = 300  # characters of what the President said last before a vote on a part


def plain(text: str) -> str:
    """A text without the formulas that all resolutions share.

    >>> plain("The Syrian Golan : resolution / adopted by the General Assembly")
    'The Syrian Golan'
    """
    return " ".join(_FORMULA.sub(" ", text).split())


def texts_of(items: Sequence[Item]) -> list[str]:
    """The words of each item. A vote on a part of a draft (a paragraph, an amendment) is given the title of the draft,
    which is known before the vote; of the President's words only the last stay."""
    whole: dict[tuple[int, str], str] = {}
    for item in items:
        if item.resolution and not item.text.startswith(_SPOKEN):
            whole.setdefault((item.session, item.resolution), plain(item.text))
    out = []
    for item in items:
        own, title = plain(item.text), whole.get((item.session, item.resolution), "")
        if item.text.startswith(_SPOKEN) and title:
            own = f"{own[-TAIL:]} {title}"
        out.append(own)
    return out


@dataclass(frozen=True)
class LookAlikes:
    """Nearest earlier items of each item asked: positions and similarities (items × `NEAREST`), best first."""

    place: NDArray[np.int64]
    similarity: NDArray[np.float64]


class Library:
    """The items of the past with their weights; finds the look-alikes of new texts."""

    def __init__(self, texts: Sequence[str], session: NDArray[np.int32], *, english: bool = True) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        stop = list(_stop_words()) if english else None
        self._vectors = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), stop_words=stop, dtype=np.float32)
        self._known = self._vectors.fit_transform(texts).T.tocsr()
        self._session = session

    def nearest(self, texts: Sequence[str], most: int = NEAREST) -> LookAlikes:
        """The nearest items of each text; among equals the latest."""
        asked = self._vectors.transform(texts)
        similarity = np.asarray((asked @ self._known).todense(), dtype=np.float64)
        most = min(most, similarity.shape[1])
        ranked = similarity + 1e-6 * (self._session - self._session.max())[None, :]
        place = np.argsort(-ranked, axis=1, kind="stable")[:, :most]
        return LookAlikes(place, np.take_along_axis(similarity, place, axis=1))

    def words_known(self, text: str) -> tuple[int, int]:
        """Words of a text, and how many of them the past knows."""
        words = set(self._vectors.build_analyzer()(text))
        single = {w for w in words if " " not in w}
        return len(single), len(single & self._vectors.vocabulary_.keys())


@lru_cache(maxsize=1)
def _stop_words() -> tuple[str, ...]:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return tuple(sorted(ENGLISH_STOP_WORDS))


def plain_titles(table: VoteTable) -> list[str]:
    """The words as given, nothing mended: what the plain look-alike baseline works on."""
    return [item.text for item in table.items]
