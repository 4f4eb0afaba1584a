from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpact.errors import CaseError, Problem, UnitError
from counterpact.quantity import Factor, Period, Quantity, format_number

numbers = st.floats(-1e9, 1e9, allow_nan=False)


@st.composite
def quantities(draw: st.DrawFn, unit: str = "barrel") -> Quantity:
    low, high = sorted((draw(numbers), draw(numbers)))
    return Quantity(low, high, unit)


@given(quantities(), quantities(), st.floats(0, 1), st.floats(0, 1))
def test_sums_and_differences_hold_every_pair_of_values(a: Quantity, b: Quantity, s: float, t: float) -> None:
    x, y = a.low + s * a.width, b.low + t * b.width
    slack = 1e-6 * (1 + abs(x) + abs(y))
    assert (a + b).low - slack <= x + y <= (a + b).high + slack
    assert (a - b).low - slack <= x - y <= (a - b).high + slack


@given(quantities(), st.floats(0.01, 100), st.floats(0, 1), st.floats(0, 1), st.floats(1, 3))
def test_conversion_is_an_interval_and_comes_back_wider(
    a: Quantity, low: float, s: float, t: float, spread: float
) -> None:
    factor = Factor("per tonne", "barrel", "tonne", low, low * spread)
    there = a.convert(factor)
    value = (a.low + s * a.width) * (low + t * (low * spread - low))
    assert there.low - 1e-6 * (1 + abs(value)) <= value <= there.high + 1e-6 * (1 + abs(value))
    back = there.convert(factor)
    assert back.low <= a.low + 1e-6 * (1 + abs(a.low))
    assert back.high >= a.high - 1e-6 * (1 + abs(a.high))


def test_the_published_oil_caps_agree_only_with_a_named_factor() -> None:
    # UNSCR 2397 states the crude cap twice: 4 million barrels or 525,000 tonnes.
    cap = Quantity.exact(525_000, "tonne")
    with pytest.raises(UnitError, match="Name a conversion factor"):
        _ = cap + Quantity.exact(4e6, "barrel")
    barrels = cap.convert(Factor("barrels per tonne of crude", "tonne", "barrel", 7.3, 7.7))
    assert Quantity.exact(4e6, "barrel") in barrels


def test_periods_know_their_days_and_precision() -> None:
    assert Period("2024").days == 366
    assert str(Period("2023-09", "2025-03")) == "2023-09 to 2025-03"
    assert Period("2024-02") in Period("2024")
    assert Period("2024-12-04", open_end=True).overlaps(Period("2026"))
    assert list(Period("2023-09", "2025-03").years) == [2023, 2024, 2025]
    with pytest.raises(ValueError, match="ends"):
        Period("2025", "2024")
    with pytest.raises(ValueError, match="not a date"):
        Period("Sep-23")


def test_at_least_is_only_a_lower_bound() -> None:
    claim = Quantity.at_least(20_000, "container")
    assert math.isinf(claim.high)
    assert claim.overlaps(Quantity.exact(28_000, "container"))
    assert not claim.overlaps(Quantity.exact(16_000, "container"))


def test_an_error_says_where_why_and_what_to_do() -> None:
    error = CaseError(
        [
            Problem(
                "channels.csv",
                31,
                "good",
                '"refined oils" is not a good of this case',
                'Did you mean "refined oil"?',
                "Goods are defined in goods.csv",
            )
        ]
    )
    assert str(error) == (
        'channels.csv, row 31, column "good": "refined oils" is not a good of this case. '
        'Did you mean "refined oil"? Goods are defined in goods.csv.'
    )
    assert error.exit_code == 3


@given(st.floats(0, 1e12, allow_nan=False))
def test_formatted_numbers_are_within_one_percent(value: float) -> None:
    text = format_number(value).replace(",", "")
    number = float(text.split()[0]) * {"m": 1e6, "bn": 1e9}.get(text.split()[-1], 1)
    assert number == pytest.approx(value, rel=0.01, abs=1e-6)
