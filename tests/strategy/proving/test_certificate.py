from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import counterpact.strategy.proving.certificate as certificate
from counterpact.strategy.solving.package import Request, design
from counterpact.strategy.solving.risk import Risk
from tests.strategy.instances import best_by_hand, small


@pytest.fixture(scope="module")
def solved():
    instance = small(1, measures=6)
    return instance, design(instance, Request(risk=Risk("cvar", 0.5), gap=1e-6))


def test_a_good_package_passes_with_the_same_bound(solved):
    instance, package = solved
    found = certificate.check(instance, package)
    assert found.passed
    assert found.upper_bound == pytest.approx(package.upper_bound, abs=1e-9)
    assert found.upper_bound >= best_by_hand(instance, Risk("cvar", 0.5))[0] - 1e-6


def test_the_lower_bound_is_proven_for_small_instances_only_when_it_holds(solved):
    instance, package = solved
    proven = certificate.check(instance, package, nodes=5000)
    assert proven.lower_bound_status == "proven"
    raised = replace(package, lower_bound=package.upper_bound + 0.01)
    assert certificate.check(instance, raised, nodes=5000).lower_bound_status == "solver-claimed"


@pytest.mark.parametrize("size", [0.5, 3.0])
def test_tampered_duals_fail_or_still_bound(solved, size):
    instance, package = solved
    rng = np.random.default_rng(0)
    noise = package.sweep.duals + rng.normal(0, size, package.sweep.duals.shape)
    found = certificate.check(instance, replace(package, sweep=replace(package.sweep, duals=noise)))
    assert not found.passed
    assert found.upper_bound >= package.upper_bound - 1e-9


def test_tampered_plans_claims_and_choices_fail(solved):
    instance, package = solved
    plans = package.sweep.plans.copy()
    plans[0, 0] = instance.scenarios[0].ceiling  # everything at once breaks the rows
    assert not certificate.check(instance, replace(package, sweep=replace(package.sweep, plans=plans))).passed
    plans[0, 0] = np.nan
    assert not certificate.check(instance, replace(package, sweep=replace(package.sweep, plans=plans))).passed
    assert not certificate.check(instance, replace(package, upper_bound=package.upper_bound - 0.01)).passed
    assert not certificate.check(instance, replace(package, z=np.ones(6))).passed  # over budget
    assert not certificate.check(instance, replace(package, z=package.z * 0.5)).passed
    idle = replace(package.sweep, plans=np.zeros_like(plans))
    assert not certificate.check(instance, replace(package, sweep=idle)).passed  # a plan far below its bound


def test_the_checker_does_not_touch_the_solver():
    tree = ast.parse(Path(certificate.__file__).read_text(encoding="utf-8"))
    names = {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    names |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    solver = ("highspy", *(f"counterpact.strategy.solving.{m}" for m in ("linear", "stack", "reply", "master", "risk")))
    assert not [n for n in names if n.startswith(solver)]
