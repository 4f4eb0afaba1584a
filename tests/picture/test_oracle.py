"""The same linear programs in other people's code: cobra (flux variability) and hopsy (uniform draws)."""

from __future__ import annotations

import numpy as np
import pytest

from counterpact.picture.system import System

# cobra 0.32.1, model "textbook" (E. coli core, 95 reactions), flux_variability_analysis(fraction_of_optimum=0.9).
FRACTION = 0.9


@pytest.mark.oracle
@pytest.mark.needs("cobra")
def test_bounds_agree_with_flux_variability_analysis_of_the_textbook_model():
    from cobra.flux_analysis import flux_variability_analysis
    from cobra.io import load_model

    model = load_model("textbook")
    expected = flux_variability_analysis(model, fraction_of_optimum=FRACTION, processes=1)
    biomass = next(r for r in model.reactions if r.objective_coefficient)
    system = System()
    for reaction in model.reactions:
        system.column(reaction.id, lower=reaction.lower_bound, upper=reaction.upper_bound, scale=10.0)
    for metabolite in model.metabolites:
        terms = {system.keys[r.id]: r.get_coefficient(metabolite) for r in metabolite.reactions}
        system.row(terms, 0.0, 0.0)
    growth = {system.keys[biomass.id]: 1.0}
    best = system.best(growth, True)
    assert best is not None
    assert best[0] == pytest.approx(0.8739215, abs=1e-6)  # Orth, Fleming & Palsson 2010: 0.874 / h on glucose
    again = System(system.keys, system.lowers, system.uppers, system.scales, system.rows)
    again.row(growth, FRACTION * best[0], np.inf)
    for name, row in expected.iterrows():
        low, high = again.spread({again.keys[name]: 1.0})
        assert low == pytest.approx(row["minimum"], abs=1e-4)
        assert high == pytest.approx(row["maximum"], abs=1e-4)


@pytest.mark.oracle
@pytest.mark.needs("hopsy")
def test_draws_agree_with_hopsy():
    import hopsy

    from tests.picture.test_sample import corner

    ours = corner(4, 4000)
    A = np.vstack([np.ones((1, 4)), -np.eye(4)])
    problem = hopsy.Problem(A, np.r_[10.0, np.zeros(4)])
    chains = [hopsy.MarkovChain(problem, starting_point=np.ones(4)) for _ in range(4)]
    rngs = [hopsy.RandomNumberGenerator(seed=s) for s in range(4)]
    _, draws = hopsy.sample(chains, rngs, n_samples=2000, thinning=10)
    theirs = np.asarray(draws).reshape(-1, 4).T
    assert np.abs(ours.mean(axis=1) - theirs.mean(axis=1)).max() < 0.15
    assert np.abs(np.cov(ours) - np.cov(theirs)).max() < 0.3
