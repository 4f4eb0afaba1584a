"""How good forecasts were: classes are no, abstain and yes among votes cast."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.int8]
BINS = 15


def accuracy(truth: Codes, guess: Codes) -> float:
    """Share right; NaN of nothing."""
    return float((truth == guess).mean()) if len(truth) else float("nan")


def macro_f1(truth: Codes, guess: Codes, classes: int = 3) -> float:
    """Mean over classes of 2·right / (said + true); a class neither said nor true is left out."""
    found = []
    for k in range(classes):
        both, either = ((truth == k) & (guess == k)).sum(), (truth == k).sum() + (guess == k).sum()
        if either:
            found.append(2.0 * both / either)
    return float(np.mean(found)) if found else float("nan")


def calibration_error(truth: Codes, chance: Array, bins: int = BINS) -> list[float]:
    """Per class: mean distance of chance and frequency over `bins` bins of equal mass (by rank of the chance)."""
    out = []
    for k in range(chance.shape[1]):
        order = np.argsort(chance[:, k], kind="stable")
        parts = [part for part in np.array_split(order, bins) if len(part)]
        gaps = [len(part) * abs(float(chance[part, k].mean()) - float((truth[part] == k).mean())) for part in parts]
        out.append(sum(gaps) / max(len(truth), 1))
    return out


def brier(truth: Codes, chance: Array) -> float:
    """Mean over votes of the squared distance to what happened, summed over classes (0 to 2; Brier 1950)."""
    if not len(truth):
        return float("nan")
    hit = np.zeros_like(chance)
    hit[np.arange(len(truth)), truth] = 1.0
    return float(((chance - hit) ** 2).sum(axis=1).mean())
