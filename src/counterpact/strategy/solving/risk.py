"""Risk over scenarios: mean, CVaR (upper tail) and the worst of those drawn, with exact probabilities.

All three are max_q Σ q_s v_s over a set of weights q, so a reply's cut weighted by any allowed q is a valid lower
bound on the risk (Artzner, Delbaen, Eber & Heath 1999; CVaR as in Rockafellar & Uryasev 2002).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from counterpact.errors import UsageError
from counterpact.strategy.instance import Vector

KINDS = ("mean", "cvar", "worst")


@dataclass(frozen=True)
class Risk:
    """How scenarios are weighed. `alpha` is the level of the tail: .9 = the mean of the worst tenth."""

    kind: str = "mean"
    alpha: float = 0.9

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise UsageError(f"{self.kind!r} is not a risk attitude. Choose one of {', '.join(KINDS)}.")
        if not 0 <= self.alpha < 1:
            raise UsageError(f"the tail level must lie in [0, 1), not {self.alpha}.")

    @classmethod
    def named(cls, text: str) -> Risk:
        """A risk attitude from its short name: `mean`, `worst`, `cvar90`, `cvar95` … Raises `UsageError`.

        >>> Risk.named("cvar90")
        Risk(kind='cvar', alpha=0.9)
        """
        tail = text.removeprefix("cvar")
        if text != tail and tail.isdigit() and 0 < int(tail) < 100:
            return cls("cvar", int(tail) / 100)
        if text in ("mean", "worst"):
            return cls(text)
        raise UsageError(f'"{text}" is not a risk attitude. Choose mean, worst, or cvar with a level, as in cvar90')

    def weights(self, values: Vector, probability: Vector) -> Vector:
        """The worst allowed weights q (S,) for these values (S,); they sum to 1.

        >>> Risk("cvar", 0.5).weights(np.array([1.0, 3.0, 2.0]), np.array([0.25, 0.25, 0.5]))
        array([0. , 0.5, 0.5])
        """
        share: Vector = probability / probability.sum()
        if self.kind == "mean":
            return share
        order = np.argsort(-values, kind="stable")
        q: Vector = np.zeros_like(share)
        if self.kind == "worst":
            q[order[0]] = 1.0
            return q
        capped = share[order] / (1 - self.alpha)
        before = np.concatenate([[0.0], np.cumsum(capped)[:-1]])
        q[order] = np.clip(1.0 - before, 0.0, capped)
        return q

    def value(self, values: Vector, probability: Vector) -> float:
        """The risk of the values (S,).

        >>> Risk("cvar", 0.5).value(np.array([1.0, 3.0, 2.0]), np.array([0.25, 0.25, 0.5]))
        2.5
        """
        return float(self.weights(values, probability) @ values)

    def __str__(self) -> str:
        words = {"mean": "mean", "worst": "worst of those drawn", "cvar": f"mean of the worst {1 - self.alpha:.0%}"}
        return words[self.kind]
