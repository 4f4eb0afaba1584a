"""From matched parts to features: shares of the two names that agree in each way, what is left over, what contradicts.

A feature is one line of the reason a user reads; the score is the logistic of their weighted sum (`weights.json`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from counterpact.lines.sanctions.screening.align import (
    CODES,
    EXACT,
    FEATURES,
    INITIAL,
    K_FORM,
    K_GENERIC,
    K_INITIAL,
    K_NUMBER,
    K_PARTICLE,
    K_PLACE,
    K_SYLLABIC,
    K_TITLE,
    MOST,
    _edits,
    _glue,
    _masks,
)

NAMES = (
    "start",  # 0: what two equal names begin with
    "exact",  # 1: share of equal parts, shown to the reader, weight 0
    "variant", "soft", "hard", "typo1", "typo2", "weak", "initial", "joined", "scrambled",  # 2–10: shares
    "extra_query",  # 11: share of the query left over where the listed name is used up
    "extra_listed",  # 12
    "conflict",  # 13: share left over on both sides: a part stands against another
    "edits",  # 14: letters changed in all, at most 6
    "firm_extra",  # 15: an organisation's name has a further word that is no place, legal form or "company"
    "unlike",  # 16: unlikeness of the two names written without spaces, each in its own order
    "number_conflict", "number_extra",  # 17, 18
    "form_conflict", "form_family", "form_missing",  # 19–21
    "order",  # 22: matched parts stand in another order
    "single",  # 23: only one part matches and one name has no other
    "short_edit",  # 24: edits in a matched part of at most four letters
    "initials_only",  # 25: nothing but initials match
    "acronym",  # 26
    "initial_conflict",  # 27
    "all_generic",  # 28: nothing but general words match
    "name_conflict",  # 29: a name part (no particle, title or general word) stands against another
    "worst",  # 30: edits to letters of the worst matched pair
    "number_vessel",  # 31: numbers differ, and it is a ship or an aircraft
)  # fmt: skip
assert len(NAMES) == FEATURES

PERSON, ORGANISATION, VESSEL = 0, 1, 2


@njit(cache=True)
def _acronym(A: Any, ids: Any, used: Any, size: int, B: Any, other: Any, many: int) -> bool:
    """True if an unmatched part of the first name holds the first letters of the second name's parts."""
    for i in range(size):
        n = A[1][ids[i]]
        if used[i] or n < 2 or n > 8 or A[5][ids[i]] == K_NUMBER:
            continue
        at = 0
        for j in range(many):
            if B[5][other[j]] == K_PARTICLE or B[5][other[j]] == K_FORM:
                continue
            if at >= n or B[0][other[j], 0] != A[0][ids[i], at]:
                at = -1
                break
            at += 1
        if at == n:
            return True
    return False


@njit(cache=True)
def measure(A: Any, ids: Any, size: int, form_a: int, B: Any, other: Any, many: int, form_b: int, kind: int,
            links: Any, made: int, f: Any) -> None:  # fmt: skip
    """Fill the features `f` (32,) of two names whose matched parts are `links[:made]` (see `align`).

    `form_a`, `form_b`: legal form as 64 · family + form, 0 = none. `kind`: PERSON, ORGANISATION or VESSEL.
    """
    for k in range(FEATURES):
        f[k] = 0.0
    f[0] = 1.0
    weights_a, weights_b, kinds_a, kinds_b = A[7], B[7], A[5], B[5]
    total_a = 1e-6
    total_b = 1e-6
    letters_a = 0
    letters_b = 0
    for i in range(size):
        total_a += weights_a[ids[i]]
        letters_a += A[1][ids[i]]
    for j in range(many):
        total_b += weights_b[other[j]]
        letters_b += B[1][other[j]]
    used_a = np.zeros(MOST, np.bool_)
    used_b = np.zeros(MOST, np.bool_)
    edits = 0
    names = 0
    general = True
    crossed = 0
    initials = 0
    for k in range(made):
        share_a = 0.0
        share_b = 0.0
        for i in range(links[k, 0], links[k, 0] + links[k, 1]):
            used_a[i] = True
            share_a += weights_a[ids[i]]
        for j in range(links[k, 2], links[k, 2] + links[k, 3]):
            used_b[j] = True
            share_b += weights_b[other[j]]
        how = links[k, 4]
        f[how] += 0.5 * (share_a / total_a + share_b / total_b)
        edits += links[k, 5]
        if how == INITIAL or kinds_a[ids[links[k, 0]]] == K_INITIAL:
            initials += 1
        kind_a = kinds_a[ids[links[k, 0]]]
        if kind_a not in (K_PARTICLE, K_TITLE, K_GENERIC, K_NUMBER, K_FORM) or links[k, 1] > 1:
            general = False
            if how != INITIAL:
                names += 1
        if how != EXACT and how != INITIAL and links[k, 5] > 0:
            longer = max(A[1][ids[links[k, 0]]], B[1][other[links[k, 2]]])
            if longer <= 4 and kind_a != K_PARTICLE:
                f[24] = 1.0
            f[30] = max(f[30], links[k, 5] / longer)
        for h in range(k):
            if (links[k, 0] - links[h, 0]) * (links[k, 2] - links[h, 2]) < 0 and kind_a != K_PARTICLE:
                crossed += 1
    left_a = 0.0
    left_b = 0.0
    numbers_a = 0
    numbers_b = 0
    syllabic = False
    further_a = False
    further_b = False
    initial_a = False
    initial_b = False
    name_a = 0.0
    name_b = 0.0
    for i in range(size):
        if not used_a[i]:
            if kinds_a[ids[i]] == K_NUMBER:
                numbers_a += 1
                continue
            left_a += weights_a[ids[i]] / total_a
            if kinds_a[ids[i]] == K_SYLLABIC:
                syllabic = True
            if kinds_a[ids[i]] not in (K_PARTICLE, K_TITLE, K_FORM, K_PLACE):
                further_a = True
            if kinds_a[ids[i]] == K_INITIAL:
                initial_a = True
            if kinds_a[ids[i]] not in (K_PARTICLE, K_TITLE, K_GENERIC, K_NUMBER, K_FORM):
                name_a += weights_a[ids[i]] / total_a
    for j in range(many):
        if not used_b[j]:
            if kinds_b[other[j]] == K_NUMBER:
                numbers_b += 1
                continue
            left_b += weights_b[other[j]] / total_b
            if kinds_b[other[j]] not in (K_PARTICLE, K_TITLE, K_FORM, K_PLACE):
                further_b = True
            if kinds_b[other[j]] == K_INITIAL:
                initial_b = True
            if kinds_b[other[j]] not in (K_PARTICLE, K_TITLE, K_GENERIC, K_NUMBER, K_FORM):
                name_b += weights_b[other[j]] / total_b
    if syllabic:  # a name in Han or Hangul leaves nothing out: a further syllable is another name
        left_b = max(left_a, left_b)
        name_b = max(name_a, name_b)
    f[13] = min(left_a, left_b)
    f[29] = min(name_a, name_b)
    f[11] = left_a - f[13]
    f[12] = left_b - f[13]
    f[14] = min(edits, 6)
    f[15] = 1.0 if kind == ORGANISATION and (further_a != further_b) else 0.0
    f[17] = 1.0 if numbers_a and numbers_b else 0.0
    f[18] = 1.0 if (numbers_a > 0) != (numbers_b > 0) else 0.0
    if form_a and form_b:
        if form_a // 64 != form_b // 64:
            f[19] = 1.0
        elif form_a != form_b:
            f[20] = 1.0
    elif form_a or form_b:
        f[21] = 1.0
    f[22] = 1.0 if crossed else 0.0
    f[23] = 1.0 if names == 1 and (size == 1 or many == 1) and size != many else 0.0
    f[25] = 1.0 if made > 0 and made == initials else 0.0
    f[31] = 1.0 if kind == VESSEL and (numbers_a or numbers_b) else 0.0
    f[27] = 1.0 if (initial_a and name_b > 0) or (initial_b and name_a > 0) else 0.0
    f[28] = 1.0 if general and made > 0 else 0.0
    word = np.zeros(64, np.uint8)
    n = _glue(A, ids, 0, size, word)
    if n > 0:
        peq = np.zeros(CODES, np.uint64)
        _masks(peq, word, n)
        m = _glue(B, other, 0, many, word)
        if m > 0:
            f[16] = _edits(peq, n, word, m) / max(n, m)
    if kind == ORGANISATION and (
        _acronym(A, ids, used_a, size, B, other, many) or _acronym(B, other, used_b, many, A, ids, size)
    ):
        f[26] = 1.0
        f[11] = f[12] = f[13] = f[29] = 0.0  # the short form accounts for what looked left over
