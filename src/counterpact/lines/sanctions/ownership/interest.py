"""Economic interest: what share of an entity's profit reaches the listed persons, along all chains. Another question.

    y = d (I − D)⁻¹,   y_a = Σ_o (1[o listed] + y_o) D_oa      (Brioschi, Buzzacchi & Colombo 1989; Baldone et al. 1997)

D_oa is the share of a that o holds. An entity may be blocked with a small interest (a chain of halves) and free with a
large one (three times fifteen and a rest that is scattered), so the two are never mixed.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy.sparse import csc_matrix, csr_matrix, diags_array, identity

from counterpact.errors import Problem, SourceError
from counterpact.lines.sanctions.ownership.graph import Holdings


def interest(holdings: Holdings, listed: Iterable[str]) -> dict[str, tuple[float, float]]:
    """Least and greatest economic interest of the listed persons in every entity they reach (fractions).

    The greatest takes each band at its top, held to the whole. Raises `SourceError` if a circle of entities holds
    itself wholly: its profit then belongs to nobody.
    """
    place = holdings.place
    seeds = np.array(sorted(place[name] for name in set(listed) if name in place), dtype=np.int64)
    low, high = (_flow(holdings, seeds, share) for share in (holdings.low, _fitted(holdings)))
    reached = np.setdiff1d(np.flatnonzero(high > 1e-12), seeds)
    return {holdings.ids[i]: (float(low[i]), float(min(1.0, high[i]))) for i in reached}


def _fitted(holdings: Holdings) -> np.ndarray:
    """Greatest shares, none above what the least shares of the other holders leave."""
    mine = holdings.kind == 0
    total = np.bincount(holdings.asset[mine], holdings.low[mine], minlength=len(holdings.ids))
    room = 1.0 - (total[holdings.asset] - holdings.low)
    top: np.ndarray = np.where(mine, np.minimum(holdings.high, np.maximum(room, holdings.low)), 0.0)
    sums = np.bincount(holdings.asset, top, minlength=len(holdings.ids))
    return top / np.maximum(1.0, sums)[holdings.asset]


def _flow(holdings: Holdings, seeds: np.ndarray, share: np.ndarray) -> np.ndarray:
    from scipy.sparse.linalg import splu

    count, mine = len(holdings.ids), holdings.kind == 0
    kept = mine & ~np.isin(holdings.asset, seeds)  # what listed persons hold in one another changes nothing
    D = csr_matrix((share[kept], (holdings.owner[kept], holdings.asset[kept])), shape=(count, count))
    direct = np.asarray(D[seeds].sum(axis=0)).ravel() if len(seeds) else np.zeros(count)
    rows = np.ones(count)
    rows[seeds] = 0.0
    inner = csc_matrix(diags_array(rows) @ D)
    try:
        y: np.ndarray = splu((identity(count, format="csc") - inner.T).tocsc()).solve(direct)
    except RuntimeError:
        y = np.full(count, np.nan)
    if not np.all(np.isfinite(y)) or (len(y) and np.abs(y).max() > 1e6):
        raise SourceError(
            Problem(
                "", what="a circle of entities holds itself wholly, so its profit belongs to nobody",
                do="Check the shares in the circle; one of them must leave room for an outside holder",
            )
        )  # fmt: skip
    return y
