"""Two names part by part: which matches which, and how. Compiled loops over small arrays.

A `Parts` table holds name parts as rows of letter codes (1–26 a–z, 27–36 0–9, 0 = end); names refer to rows. The edit
distance is the restricted Damerau–Levenshtein distance by bit vectors (Hyyrö, *A bit-vector algorithm for computing
Levenshtein and Damerau edit distances*, Nordic J. of Computing 10, 2003).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

LETTERS = 24
"""Letters of a part that count."""
SOUND = 20
CODES = 37
MOST = 16
"""Parts of a name."""
FEATURES = 32

EXACT, VARIANT, SOFT, HARD, TYPO1, TYPO2, WEAK, INITIAL, JOINED, SCRAMBLED = range(1, 11)
"""How two parts agree. JOINED: two to four parts of one name are one part of the other."""

K_PARTICLE, K_TITLE, K_GENERIC, K_NUMBER, K_INITIAL, K_PLACE, K_FORM, K_SYLLABIC = 1, 2, 3, 4, 5, 7, 8, 9


@njit(cache=True, inline="always")
def _masks(peq: Any, row: Any, length: int) -> None:
    for c in range(CODES):
        peq[c] = 0
    for i in range(length):
        peq[row[i]] |= np.uint64(1) << np.uint64(i)


@njit(cache=True)
def _edits(peq: Any, size: int, other: Any, length: int) -> int:
    """Edit distance of a word of `size` ≤ 64 letters (as bit masks) and another word."""
    if size == 0:
        return length
    one = np.uint64(1)
    vp = ~np.uint64(0)
    vn = np.uint64(0)
    d0 = np.uint64(0)
    before = np.uint64(0)
    last = one << np.uint64(size - 1)
    distance = size
    for j in range(length):
        pm = peq[other[j]]
        swap = (((~d0) & pm) << one) & before
        d0 = (((pm & vp) + vp) ^ vp) | pm | vn | swap
        hp = vn | ~(d0 | vp)
        hn = d0 & vp
        if hp & last:
            distance += 1
        if hn & last:
            distance -= 1
        hp = (hp << one) | one
        hn = hn << one
        vp = hn | ~(d0 | hp)
        vn = hp & d0
        before = pm
    return distance


@njit(cache=True)
def _bits(x: int) -> int:
    x = x - ((x >> 1) & 0x55555555)
    x = (x & 0x33333333) + ((x >> 2) & 0x33333333)
    return (((x + (x >> 4) & 0xF0F0F0F) * 0x1010101) & 0xFFFFFFFF) >> 24


@njit(cache=True)
def _same_letters(a: Any, b: Any, n: int) -> bool:
    counts = np.zeros(CODES, np.int8)
    for i in range(n):
        counts[a[i]] += 1
        counts[b[i]] -= 1
    for c in range(CODES):  # noqa: SIM110 - a compiled loop
        if counts[c] != 0:
            return False
    return True


@njit(cache=True)
def _pair(A: Any, i: int, peq: Any, B: Any, j: int) -> tuple[float, int, int]:
    """Similarity, how, and edits of two parts."""
    letters_a, len_a, soft_a, hard_a, sets_a, kind_a, mask_a = A[0], A[1], A[2], A[3], A[4], A[5], A[6]
    letters_b, len_b, soft_b, hard_b, sets_b, kind_b, mask_b = B[0], B[1], B[2], B[3], B[4], B[5], B[6]
    n, m = len_a[i], len_b[j]
    longer = max(n, m)
    if n == m:
        same = True
        for k in range(n):
            if letters_a[i, k] != letters_b[j, k]:
                same = False
                break
        if same:
            return 1.0, EXACT, 0
    if kind_a[i] == K_NUMBER or kind_b[j] == K_NUMBER:
        return 0.0, 0, longer
    for k in range(3):
        if sets_a[i, k] < 0:
            break
        for h in range(3):
            if sets_b[j, h] < 0:
                break
            if sets_a[i, k] == sets_b[j, h]:
                return 0.93, VARIANT, 0
    if kind_a[i] == K_INITIAL or kind_b[j] == K_INITIAL:
        if n == 1 and m == 1:
            return 0.0, 0, 1
        if letters_a[i, 0] == letters_b[j, 0] and kind_a[i] != K_PARTICLE and kind_b[j] != K_PARTICLE:
            return 0.55, INITIAL, 0
        return 0.0, 0, longer
    soft = soft_a[i] == soft_b[j]
    hard = hard_a[i] == hard_b[j] and hard_a[i] != 0
    if not soft and not hard:
        differing = _bits(mask_a[i] ^ mask_b[j])
        if differing > longer or abs(n - m) > longer // 2:
            return 0.0, 0, longer
    edits = _edits(peq, n, letters_b[j], m)
    near = 1.0 - edits / longer
    if soft and n > 1 and m > 1 and near > 0.3:
        return max(0.9, near), SOFT, edits
    if (kind_a[i] == K_SYLLABIC or kind_b[j] == K_SYLLABIC) and not hard:
        return 0.0, 0, edits
    if edits == 1:
        return max(near, 0.6), TYPO1, 1
    if hard and near > 0.3:
        return max(0.7 + 0.25 * near, near), HARD, edits
    if edits == 2 and longer >= 5:
        return near, TYPO2, 2
    if n == m and n >= 4 and _same_letters(letters_a[i], letters_b[j], n):
        return 0.7, SCRAMBLED, 2
    if near >= 0.5:
        return near, WEAK, edits
    return 0.0, 0, edits


@njit(cache=True)
def _glue(table: Any, ids: Any, start: int, count: int, out: Any) -> int:
    """Letters of neighbouring parts as one word; 0 if it gets too long."""
    letters, lengths = table[0], table[1]
    at = 0
    for k in range(start, start + count):
        n = lengths[ids[k]]
        if at + n > 60:
            return 0
        for c in range(n):
            out[at + c] = letters[ids[k], c]
        at += n
    return at


@njit(cache=True)
def _join(A: Any, ids: Any, size: int, B: Any, other: Any, many: int, best_a: Any, best_b: Any, options: Any, at: int,
          flipped: int) -> int:  # fmt: skip
    """Options that match neighbouring parts of one name with one part of the other; returns the new count."""
    lengths_b, kinds_b, letters_b = B[1], B[5], B[0]
    word = np.zeros(64, np.uint8)
    peq = np.zeros(CODES, np.uint64)
    for count in range(2, min(size, 4) + 1):
        for start in range(size - count + 1):
            total = 0
            lowest = 2.0
            for k in range(start, start + count):
                total += A[1][ids[k]]
                lowest = min(lowest, best_a[k])
            if lowest > 0.95:  # each has an equal already
                continue
            for j in range(many):
                m = lengths_b[other[j]]
                if abs(total - m) > 2 or m < 4 or best_b[j] > 0.95 or kinds_b[other[j]] == K_NUMBER:
                    continue
                n = _glue(A, ids, start, count, word)
                if n == 0:
                    continue
                _masks(peq, word, n)
                edits = _edits(peq, n, letters_b[other[j]], m)
                near = 1.0 - edits / max(n, m)
                if near >= 0.8 and at < options.shape[0]:
                    options[at, 0] = near + 0.02
                    options[at, 1] = start
                    options[at, 2] = j
                    options[at, 3] = JOINED
                    options[at, 4] = edits
                    options[at, 5] = count
                    options[at, 6] = flipped
                    at += 1
    return at


@njit(cache=True)
def align(A: Any, ids: Any, size: int, peqs: Any, B: Any, other: Any, many: int, links: Any) -> int:
    """Match the parts of two names, best pairs first.

    `A`, `B`: tables; `ids`, `other`: rows of the parts; `peqs` (size, 37): bit masks of the first name's parts.
    `links` (≥ 32, 6) is filled with (first part, how many, other part, how many, how, edits); returns their number.
    """
    options = np.zeros((128, 7), np.float32)
    best_a = np.zeros(MOST, np.float32)
    best_b = np.zeros(MOST, np.float32)
    at = 0
    for i in range(size):
        for j in range(many):
            near, how, edits = _pair(A, ids[i], peqs[i], B, other[j])
            if how > 0 and at < 100:
                options[at, 0] = near - 0.001 * abs(i - j)
                options[at, 1] = i
                options[at, 2] = j
                options[at, 3] = how
                options[at, 4] = edits
                options[at, 5] = 1
                at += 1
                best_a[i] = max(best_a[i], near)
                best_b[j] = max(best_b[j], near)
    if size > 1:
        at = _join(A, ids, size, B, other, many, best_a, best_b, options, at, 0)
    if many > 1:
        at = _join(B, other, many, A, ids, size, best_b, best_a, options, at, 1)
    used_a = np.zeros(MOST, np.bool_)
    used_b = np.zeros(MOST, np.bool_)
    made = 0
    while made < links.shape[0]:
        chosen = -1
        for k in range(at):
            if options[k, 0] > 0 and (chosen < 0 or options[k, 0] > options[chosen, 0]):
                first, second = int(options[k, 1]), int(options[k, 2])
                count = int(options[k, 5])
                free = True
                if options[k, 6] == 0:
                    free = not used_b[second]
                    for c in range(first, first + count):
                        free = free and not used_a[c]
                else:
                    free = not used_a[second]
                    for c in range(first, first + count):
                        free = free and not used_b[c]
                if free:
                    chosen = k
                else:
                    options[k, 0] = 0
        if chosen < 0:
            break
        first, second, count = int(options[chosen, 1]), int(options[chosen, 2]), int(options[chosen, 5])
        if options[chosen, 6] == 0:
            for c in range(first, first + count):
                used_a[c] = True
            used_b[second] = True
            links[made, 0], links[made, 1], links[made, 2], links[made, 3] = first, count, second, 1
        else:
            for c in range(first, first + count):
                used_b[c] = True
            used_a[second] = True
            links[made, 0], links[made, 1], links[made, 2], links[made, 3] = second, 1, first, count
        links[made, 4] = int(options[chosen, 3])
        links[made, 5] = int(options[chosen, 4])
        options[chosen, 0] = 0
        made += 1
    return made
