"""Risk over scenarios: mean, CVaR (upper tail), worst of those drawn, greatest regret, share that fails its threshold.

Mean, CVaR and worst are max_q Σ q_s v_s over a set of weights q, so a reply's cut weighted by any allowed q is a
valid lower bound on the risk (Artzner, Delbaen, Eber & Heath 1999; CVaR as in Rockafellar & Uryasev 2002).
Regret (Savage 1951) is the worst of v_s − v_s*, v_s* the least that any package leaves in scenario s. Satisficing
(Simon 1956) counts the probability of the scenarios whose v_s does not fall to v_s(0)·(1 − threshold).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from counterpact.errors import UsageError
from counterpact.strategy.instance import Vector

KINDS = ("mean", "cvar", "worst", "regret", "satisfice")


@dataclass(frozen=True)
class Risk:
    """How scenarios are weighed. `alpha` is the level of the tail: .9 = the mean of the worst tenth.

    `threshold`: share of today's risk that must go in a scenario for it not to count as failed (satisfice).
    """

    kind: str = "mean"
    alpha: float = 0.9
    threshold: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise UsageError(f"{self.kind!r} is not a risk attitude. Choose one of {', '.join(KINDS)}.")
        if not 0 <= self.alpha < 1:
            raise UsageError(f"the tail level must lie in [0, 1), not {self.alpha}.")

        if self.kind == "satisfice" and not 0 < self.threshold < 1:
            raise UsageError(f"the share of risk to take away must lie between 0 and 1, not {self.threshold}.")

    @classmethod
    def named(cls, text: str) -> Risk:
        """A risk attitude by short name: `mean`, `worst`, `cvar90`, `regret`, `satisfice20` … Raises `UsageError`.

        >>> Risk.named("cvar90")
        Risk(kind='cvar', alpha=0.9, threshold=0.0)
        """
        tail = text.removeprefix("cvar")
        if text != tail and tail.isdigit() and 0 < int(tail) < 100:
            return cls("cvar", int(tail) / 100)
        share = text.removeprefix("satisfice")
        if text != share and share.isdigit() and 0 < int(share) < 100:
            return cls("satisfice", threshold=int(share) / 100)
        if text in ("mean", "worst", "regret"):
            return cls(text)
        raise UsageError(
            f'"{text}" is not a risk attitude. Choose mean, worst, regret, cvar with a level as in cvar90, or '
            "satisfice with the percentage of today's risk that must go, as in satisfice20"
        )

    @property
    def around(self) -> Risk:
        """The attitude for questions around a package (loopholes, shares of the lines): regret and satisficing are
        measured against other packages or today, so what is around them is told by the worst and the mean."""
        return {"regret": Risk("worst"), "satisfice": Risk("mean")}.get(self.kind, self)

    def weights(self, values: Vector, probability: Vector) -> Vector:
        """The worst allowed weights q (S,) for these values (S,); they sum to 1.

        >>> Risk("cvar", 0.5).weights(np.array([1.0, 3.0, 2.0]), np.array([0.25, 0.25, 0.5]))
        array([0. , 0.5, 0.5])
        """
        share: Vector = probability / probability.sum()
        if self.kind in ("mean", "satisfice"):
            return share
        order = np.argsort(-values, kind="stable")
        q: Vector = np.zeros_like(share)
        if self.kind in ("worst", "regret"):
            q[order[0]] = 1.0
            return q
        capped = share[order] / (1 - self.alpha)
        before = np.concatenate([[0.0], np.cumsum(capped)[:-1]])
        q[order] = np.clip(1.0 - before, 0.0, capped)
        return q

    def value(self, values: Vector, probability: Vector) -> float:
        """The risk of the values (S,): for regret of v − v*, for satisficing of 1 where a scenario fails, else 0.

        >>> Risk("cvar", 0.5).value(np.array([1.0, 3.0, 2.0]), np.array([0.25, 0.25, 0.5]))
        2.5
        """
        return float(self.weights(values, probability) @ values)

    def __str__(self) -> str:
        words = {
            "mean": "mean",
            "worst": "worst of those drawn",
            "cvar": f"mean of the worst {1 - self.alpha:.0%}",
            "regret": "greatest regret of those drawn",
            "satisfice": f"share of scenarios that keep more than {1 - self.threshold:.0%} of today's risk",
        }
        return words[self.kind]
