"""Finding and scoring candidates for many queries: compiled, over arrays that lie in a memory map.

Stage one adds up, over the keys a query shares with each listed name, the rarity of the key (log of names per key):
trigrams of the parts, consonant skeletons, sets of spellings. Stage two matches the best of them part by part.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from counterpact.lines.sanctions.screening.align import (
    CODES,
    FEATURES,
    K_FORM,
    K_NUMBER,
    K_PARTICLE,
    MOST,
    _masks,
    align,
)
from counterpact.lines.sanctions.screening.measure import measure

TRIGRAMS = CODES**3
SOUNDS = 1 << 15
SETS = 1 << 11
KEYS = TRIGRAMS + SOUNDS + SETS
MOST_KEYS = 256
CANDIDATES = 24
"""Listed names compared in full for each query; on the training names more changed no result."""


@njit(cache=True)
def keys_of(table: Any, ids: Any, size: int, out: Any) -> int:
    """Keys of a name, each once; returns their number (at most 256)."""
    letters, lengths, hard, sets, kinds = table[0], table[1], table[3], table[4], table[5]
    at = 0
    for i in range(size):
        r = ids[i]
        if kinds[r] == K_FORM:
            continue
        n = lengths[r]
        before, here = 0, int(letters[r, 0])
        for k in range(n):
            after = int(letters[r, k + 1]) if k + 1 < n else 0
            at = _add(out, at, (before * CODES + here) * CODES + after)
            before, here = here, after
        if kinds[r] != K_PARTICLE and hard[r] != 0:
            at = _add(out, at, TRIGRAMS + (hard[r] ^ (hard[r] >> 17)) % SOUNDS)
        for k in range(3):
            if sets[r, k] >= 0:
                at = _add(out, at, TRIGRAMS + SOUNDS + sets[r, k] % SETS)
    # Where words are joined or split, the letters that meet are the same as inside a word.
    for i in range(size - 1):
        a, b = ids[i], ids[i + 1]
        if kinds[a] == K_NUMBER or kinds[b] == K_NUMBER or lengths[a] < 2 or lengths[b] < 2:
            continue
        y, z = int(letters[a, lengths[a] - 2]), int(letters[a, lengths[a] - 1])
        c, d = int(letters[b, 0]), int(letters[b, 1])
        at = _add(out, at, (y * CODES + z) * CODES + c)
        at = _add(out, at, (z * CODES + c) * CODES + d)
    return at


@njit(cache=True)
def _add(out: Any, at: int, key: int) -> int:
    if at >= MOST_KEYS:
        return at
    for k in range(at):
        if out[k] == key:
            return at
    out[at] = key
    return at + 1


@njit(cache=True)
def all_keys(table: Any, start: Any, parts: Any, names: int) -> tuple[Any, Any]:
    """Keys of every name one after another, and where each name's begin."""
    ends = np.zeros(names + 1, np.int64)
    buffer = np.zeros(MOST_KEYS, np.int64)
    room = np.zeros(max(1024, names * 40), np.int32)
    at = 0
    for i in range(names):
        n = keys_of(table, parts[start[i] : start[i + 1]], start[i + 1] - start[i], buffer)
        if at + n > len(room):
            more = np.zeros(2 * len(room) + n, np.int32)
            more[:at] = room[:at]
            room = more
        for k in range(n):
            room[at + k] = buffer[k]
        at += n
        ends[i + 1] = at
    return room[:at], ends


@njit(cache=True)
def postings(keys: Any, ends: Any, names: int) -> tuple[Any, Any]:
    """Names of each key (inverted): where each key's names begin, and the names."""
    start = np.zeros(KEYS + 1, np.int32)
    for k in keys:
        start[k + 1] += 1
    for k in range(KEYS):
        start[k + 1] += start[k]
    at = start[:-1].copy()
    found = np.zeros(len(keys), np.int32)
    for i in range(names):
        for j in range(ends[i], ends[i + 1]):
            found[at[keys[j]]] = i
            at[keys[j]] += 1
    return start, found


@njit(cache=True)
def candidates(keys: Any, count: int, start: Any, names_of: Any, rarity: Any, norm: Any, sums: Any, touched: Any,
               best: Any, limit: int) -> int:  # fmt: skip
    """The `limit` listed names that share most with the query's keys, into `best`; returns how many.

    `sums` (names,) must be 0 and is left so; `touched` (names,) is scratch.
    """
    most = max(2000, len(norm) // 12)
    marked = 0
    used = 0
    for turn in range(2):
        if turn == 1 and used > 2:
            break
        for k in range(count):
            key = keys[k]
            size = start[key + 1] - start[key]
            if size == 0 or (size > most) != (turn == 1):
                continue
            used += 1
            gain = rarity[key]
            for j in range(start[key], start[key + 1]):
                name = names_of[j]
                if sums[name] == 0:
                    touched[marked] = name
                    marked += 1
                sums[name] += gain
    # The best by share; a heap would be no faster at this size.
    kept = 0
    worst = 0.0
    values = np.zeros(limit, np.float32)
    for k in range(marked):
        name = touched[k]
        value = sums[name] * norm[name]
        sums[name] = 0
        if kept < limit:
            values[kept] = value
            best[kept] = name
            kept += 1
            if kept == limit:
                worst = values.min()
        elif value > worst:
            at = values.argmin()
            values[at] = value
            best[at] = name
            worst = values.min()
    return kept


@njit(cache=True)
def search(Q: Any, q_start: Any, q_parts: Any, q_forms: Any, q_kinds: Any, T: Any, start: Any, parts: Any, forms: Any,
           kinds: Any, key_start: Any, key_names: Any, rarity: Any, norm: Any, beta: Any, least: float, limit: int,
           ) -> tuple[Any, Any, Any]:  # fmt: skip
    """Hits of many queries: (query, listed name, points), with points ≥ `least` (log-odds of an alert).

    `q_kinds`: kind code of a query, −1 = any; a query of a known kind meets names of that kind only (code 3 = any).
    """
    names = len(norm)
    sums = np.zeros(names, np.float32)
    touched = np.zeros(names, np.int32)
    keys = np.zeros(MOST_KEYS, np.int64)
    best = np.zeros(limit, np.int32)
    peqs = np.zeros((MOST, CODES), np.uint64)
    links = np.zeros((2 * MOST, 6), np.int64)
    f = np.zeros(FEATURES, np.float64)
    room = 1024
    hits = np.zeros((room, 2), np.int32)
    points = np.zeros(room, np.float32)
    at = 0
    for q in range(len(q_start) - 1):
        ids = q_parts[q_start[q] : q_start[q + 1]]
        size = len(ids)
        if size == 0:
            continue
        count = keys_of(Q, ids, size, keys)
        found = candidates(keys, count, key_start, key_names, rarity, norm, sums, touched, best, limit)
        if found == 0:
            continue
        for i in range(size):
            _masks(peqs[i], Q[0][ids[i]], Q[1][ids[i]])
        for c in range(found):
            name = best[c]
            kind = kinds[name]
            if q_kinds[q] >= 0 and kind < 3 and q_kinds[q] != kind:
                continue
            other = parts[start[name] : start[name + 1]]
            many = len(other)
            made = align(Q, ids, size, peqs, T, other, many, links)
            measure(Q, ids, size, q_forms[q], T, other, many, forms[name], kind, links, made, f)
            value = 0.0
            for k in range(FEATURES):
                value += beta[k] * f[k]
            if made > 0 and value >= least:
                if at == room:
                    room *= 2
                    more = np.zeros((room, 2), np.int32)
                    more[:at] = hits
                    hits = more
                    longer = np.zeros(room, np.float32)
                    longer[:at] = points
                    points = longer
                hits[at, 0] = q
                hits[at, 1] = name
                points[at] = value
                at += 1
    return hits[:at, 0], hits[:at, 1], points[:at]
