"""Have the chains forgotten where they began? Rank-normalised split R-hat and effective sample sizes.

Vehtari, Gelman, Simpson, Carpenter & Bürkner 2021, "Rank-normalization, folding, and localization: an improved
R-hat for assessing convergence of MCMC", Bayesian Analysis 16(2). Checked in the tests against arviz.
Every function takes draws of shape (chains, draws) and returns a number without unit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Draws = NDArray[np.float64]


def _split(x: Draws) -> Draws:
    half = x.shape[1] // 2
    return np.vstack([x[:, :half], x[:, -half:]])


def _z_scale(x: Draws) -> Draws:
    from scipy.special import ndtri

    _, place, count = np.unique(x, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    ranks = (last - (count - 1) / 2)[place].reshape(x.shape)
    return np.asarray(ndtri((ranks - 0.375) / (x.size + 0.25)), float)


def _constant(x: Draws) -> bool:
    return bool(np.ptp(x) <= 1e-12 * max(1e-300, float(np.abs(x).max())))


def _rhat(x: Draws) -> float:
    n = x.shape[1]
    within = float(x.var(axis=1, ddof=1).mean())
    between = n * float(x.mean(axis=1).var(ddof=1))
    if within <= 0:
        return 1.0 if between <= 0 else float("inf")
    return float(np.sqrt((between / within + n - 1) / n))


def rhat(x: Draws) -> float:
    """Rank-normalised split R-hat: the worse of bulk and folded; 1 for a quantity that does not vary."""
    if _constant(x):
        return 1.0
    split = _split(x)
    folded = np.abs(split - np.median(split))
    return max(_rhat(_z_scale(split)), _rhat(_z_scale(folded)))


def _autocovariance(x: Draws) -> Draws:
    n = x.shape[1]
    centred = x - x.mean(axis=1, keepdims=True)
    size = 2 ** int(np.ceil(np.log2(2 * n)))
    spectrum = np.fft.rfft(centred, size, axis=1)
    return np.asarray(np.fft.irfft(np.abs(spectrum) ** 2, size, axis=1)[:, :n] / n, float)


def ess(x: Draws) -> float:
    """Effective sample size of the mean, Geyer's initial monotone sequence over all chains."""
    chains, n = x.shape
    if _constant(x):
        return float(chains * n)
    acov = _autocovariance(x)
    mean_var = float(acov[:, 0].mean()) * n / (n - 1.0)
    var_plus = mean_var * (n - 1.0) / n
    if chains > 1:
        var_plus += float(x.mean(axis=1).var(ddof=1))
    rho = np.zeros(n)
    rho[0] = 1.0
    even, odd = 1.0, 1.0 - (mean_var - float(acov[:, 1].mean())) / var_plus
    rho[1] = odd
    t = 1
    while t < n - 3 and even + odd > 0:
        even = 1.0 - (mean_var - float(acov[:, t + 1].mean())) / var_plus
        odd = 1.0 - (mean_var - float(acov[:, t + 2].mean())) / var_plus
        if even + odd >= 0:
            rho[t + 1], rho[t + 2] = even, odd
        t += 2
    last = t - 2
    if even > 0:
        rho[last + 1] = even
    for t in range(1, last - 1, 2):
        if rho[t + 1] + rho[t + 2] > rho[t - 1] + rho[t]:
            rho[t + 1] = rho[t + 2] = (rho[t - 1] + rho[t]) / 2.0
    tau = -1.0 + 2.0 * float(rho[: last + 1].sum()) + float(rho[last + 1])
    tau = max(tau, 1 / np.log10(chains * n))
    return float(chains * n / tau)


def ess_bulk(x: Draws) -> float:
    """Effective sample size of the rank-normalised draws."""
    return ess(_z_scale(_split(x)))


def ess_tail(x: Draws) -> float:
    """The lesser effective sample size of the 5 % and 95 % quantiles."""
    split = _split(x)
    return min(ess((x_low).astype(float)) for x_low in (split <= np.quantile(split, q) for q in (0.05, 0.95)))
