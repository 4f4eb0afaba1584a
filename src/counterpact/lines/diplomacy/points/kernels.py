"""Inner loops of the item response model: value, gradient and curvature products in one pass over the votes.

One vote of state-year `u` on wording `j` is 0 no, 1 abstain, 2 yes, 3 absent. With Φ the normal distribution
function, L the logistic one, η = β_j θ_u and cuts γ_j < γ_j + e^{κ_j}:

    P(no) = Φ(γ_j − η),  P(no or abstain) = Φ(γ_j + e^{κ_j} − η)      given that the state votes,
    P(present) = L(s_u + c_j + δ_j θ_u).

Item parameters stand in rows (β, γ, κ, c, δ); those of state-years in rows (θ, s).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

FloatArray = Any  # numba-compiled signatures; shapes are stated in the docstrings


@njit(cache=True, fastmath=True, inline="always")
def _logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-min(max(x, -30.0), 30.0)))


@njit(cache=True, fastmath=True, inline="always")
def _below(x: float) -> float:
    return 0.5 * math.erfc(-0.7071067811865476 * min(max(x, -25.0), 25.0))


@njit(cache=True, fastmath=True, inline="always")
def _density(x: float) -> float:
    return 0.3989422804014327 * math.exp(-0.5 * min(x * x, 625.0))


@njit(cache=True, fastmath=True)
def evaluate(
    unit: FloatArray,
    item: FloatArray,
    vote: FloatArray,
    who: FloatArray,
    what: FloatArray,
    gaps: FloatArray,
    grad_who: FloatArray,
    grad_what: FloatArray,
    curve: FloatArray,
) -> float:
    """Negative log likelihood; `gaps` = e^κ (J); adds its gradient to `grad_who` (U×2) and `grad_what` (J×5).

    `curve` (N×6) receives, per vote, the curvature in the two cut distances (aa, ab, bb) and in the presence logit,
    then the slopes in the common cut distance and in the presence logit.
    """  # fmt: skip
    total = 0.0
    product = 1.0  # of probabilities: one logarithm for many votes
    for n in range(len(vote)):
        u, j, y = unit[n], item[n], vote[n]
        theta, delta = who[u, 0], what[j, 4]
        present = _logistic(who[u, 1] + what[j, 3] + delta * theta)
        curve[n, 3] = present * (1.0 - present)
        if y == 3:
            product *= 1.0 - present
            g = present
            both = 0.0
            curve[n, 0], curve[n, 1], curve[n, 2] = 0.0, 0.0, 0.0
        else:
            g = present - 1.0
            a = what[j, 1] - what[j, 0] * theta
            b = a + gaps[j]
            if y == 2:
                p = _below(-b)
                ga, gb = 0.0, _density(b) / p
                curve[n, 0], curve[n, 1], curve[n, 2] = 0.0, 0.0, gb * (gb - b)
            elif y == 0:
                p = _below(a)
                ga, gb = -_density(a) / p, 0.0
                curve[n, 0], curve[n, 1], curve[n, 2] = ga * (ga - a), 0.0, 0.0
            else:
                p = _below(-a) - _below(-b) if a > 0.0 else _below(b) - _below(a)  # the side that keeps its digits
                p = max(p, 1e-100)
                ga, gb = _density(a) / p, -_density(b) / p
                curve[n, 0], curve[n, 1], curve[n, 2] = ga * (ga - a), ga * gb, gb * (gb - b)
            product *= present * p
            both = ga + gb
            grad_who[u, 0] -= what[j, 0] * both
            grad_what[j, 0] -= theta * both
            grad_what[j, 1] += both
            grad_what[j, 2] += gaps[j] * gb
        curve[n, 4], curve[n, 5] = both, g
        grad_who[u, 0] += delta * g
        grad_who[u, 1] += g
        grad_what[j, 3] += g
        grad_what[j, 4] += theta * g
        if product < 1e-150:
            total -= math.log(product)
            product = 1.0
    return total - math.log(product)


@njit(cache=True, fastmath=True)
def curvature(
    unit: FloatArray,
    item: FloatArray,
    who: FloatArray,
    what: FloatArray,
    gaps: FloatArray,
    curve: FloatArray,
    by_who: FloatArray,
    by_what: FloatArray,
) -> None:
    """Adds the diagonal blocks: `by_who` (U×3: θθ, θs, ss) and `by_what` (J×5×5)."""  # fmt: skip
    for n in range(len(unit)):
        u, j = unit[n], item[n]
        theta, beta, delta = who[u, 0], what[j, 0], what[j, 4]
        aa, ab, bb, pp = curve[n, 0], curve[n, 1], curve[n, 2], curve[n, 3]
        whole = aa + 2.0 * ab + bb
        by_who[u, 0] += beta * beta * whole + delta * delta * pp
        by_who[u, 1] += delta * pp
        by_who[u, 2] += pp
        gap = gaps[j]
        half = gap * (ab + bb)
        by_what[j, 0, 0] += theta * theta * whole
        by_what[j, 0, 1] -= theta * whole
        by_what[j, 0, 2] -= theta * half
        by_what[j, 1, 1] += whole
        by_what[j, 1, 2] += half
        by_what[j, 2, 2] += gap * gap * bb
        by_what[j, 3, 3] += pp
        by_what[j, 3, 4] += theta * pp
        by_what[j, 4, 4] += theta * theta * pp


@njit(cache=True, fastmath=True)
def product(
    unit: FloatArray,
    item: FloatArray,
    who: FloatArray,
    what: FloatArray,
    gaps: FloatArray,
    curve: FloatArray,
    step_who: FloatArray,
    step_what: FloatArray,
    out_who: FloatArray,
    out_what: FloatArray,
) -> None:
    """Adds the exact Hessian × step, but for the second derivative of e^κ, to `out_who` (U×2), `out_what` (J×5)."""
    for n in range(len(unit)):
        u, j = unit[n], item[n]
        theta, beta, delta = who[u, 0], what[j, 0], what[j, 4]
        d_theta = step_who[u, 0]
        dp = step_who[u, 1] + step_what[j, 3] + theta * step_what[j, 4] + delta * d_theta
        gp = curve[n, 3] * dp
        da = step_what[j, 1] - theta * step_what[j, 0] - beta * d_theta
        db = da + gaps[j] * step_what[j, 2]
        ga = curve[n, 0] * da + curve[n, 1] * db
        gb = curve[n, 1] * da + curve[n, 2] * db
        both = ga + gb
        bend, lean = curve[n, 4], curve[n, 5]  # the products βθ and δθ bend
        out_who[u, 0] += delta * gp - beta * both - bend * step_what[j, 0] + lean * step_what[j, 4]
        out_who[u, 1] += gp
        out_what[j, 0] -= theta * both + bend * d_theta
        out_what[j, 1] += both
        out_what[j, 2] += gaps[j] * gb
        out_what[j, 3] += gp
        out_what[j, 4] += theta * gp + lean * d_theta


@njit(cache=True)
def chains(first: FloatArray, diagonal: FloatArray, links: FloatArray, right: FloatArray, out: FloatArray) -> None:
    """Solve one symmetric block-tridiagonal system per state, 2×2 blocks: `diagonal` (U×3), `links` (U×2, to the
    year before, 0 at the first year of a state), right hand side and solution (U×2). `first`: starts of the states."""
    n = len(right)
    pivot = np.empty((n, 3))
    y = np.empty((n, 2))
    for k in range(len(first)):
        end = first[k + 1] if k + 1 < len(first) else n
        for u in range(first[k], end):
            p, q, r = diagonal[u, 0], diagonal[u, 1], diagonal[u, 2]
            y[u, 0], y[u, 1] = right[u, 0], right[u, 1]
            if u > first[k]:
                a, b, c = pivot[u - 1]
                det = a * c - b * b
                l0, l1 = links[u, 0], links[u, 1]
                p -= l0 * l0 * c / det
                q += l0 * l1 * b / det
                r -= l1 * l1 * a / det
                z0 = (c * y[u - 1, 0] - b * y[u - 1, 1]) / det
                z1 = (a * y[u - 1, 1] - b * y[u - 1, 0]) / det
                y[u, 0] -= l0 * z0
                y[u, 1] -= l1 * z1
            pivot[u, 0], pivot[u, 1], pivot[u, 2] = p, q, r
        for v in range(end - first[k]):
            u = end - 1 - v
            r0, r1 = y[u, 0], y[u, 1]
            if u + 1 < end:
                r0 -= links[u + 1, 0] * out[u + 1, 0]
                r1 -= links[u + 1, 1] * out[u + 1, 1]
            a, b, c = pivot[u]
            det = a * c - b * b
            out[u, 0] = (c * r0 - b * r1) / det
            out[u, 1] = (a * r1 - b * r0) / det


@njit(cache=True)
def chain_variances(first: FloatArray, diagonal: FloatArray, links: FloatArray, out: FloatArray) -> None:
    """Diagonal of the inverse for θ of each state's scalar tridiagonal matrix (`diagonal`, `links`: U): `out` (U)."""
    n = len(diagonal)
    down = np.empty(n)
    up = np.empty(n)
    for k in range(len(first)):
        end = first[k + 1] if k + 1 < len(first) else n
        for u in range(first[k], end):
            down[u] = diagonal[u] - (links[u] ** 2 / down[u - 1] if u > first[k] else 0.0)
        for v in range(end - first[k]):
            u = end - 1 - v
            up[u] = diagonal[u] - (links[u + 1] ** 2 / up[u + 1] if u + 1 < end else 0.0)
            out[u] = 1.0 / (down[u] + up[u] - diagonal[u])
