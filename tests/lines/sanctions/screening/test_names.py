"""Names: folding, scripts, legal forms, and the distance checked against another program."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from counterpact.lines.sanctions.screening.align import CODES, LETTERS, _edits, _masks
from counterpact.lines.sanctions.screening.entry import country, read_date
from counterpact.lines.sanctions.screening.names import MAX_PARTS, parse
from counterpact.lines.sanctions.screening.pairs import compare
from counterpact.lines.sanctions.screening.parts import TRANSLATE
from counterpact.lines.sanctions.screening.skeleton import hard
from counterpact.lines.sanctions.screening.transliterate import to_latin
from counterpact.lines.sanctions.screening.weights import weights


def points(one: str, two: str, kind: str = "person") -> float:
    return float(compare(parse(one, kind), parse(two, kind), kind)[0] @ weights().alert)


@settings(deadline=None)
@given(st.text("abcdefghij", max_size=LETTERS), st.text("abcdefghij", max_size=LETTERS))
def test_the_bit_vector_distance_is_that_of_another_program(one: str, two: str) -> None:
    a, b = (
        np.frombuffer(text.translate(TRANSLATE).encode("latin-1").ljust(LETTERS, b"\0"), np.uint8)
        for text in (one, two)
    )
    masks = np.zeros(CODES, np.uint64)
    _masks(masks, a, len(one))
    assert _edits(masks, len(one), b, len(two)) == OSA.distance(one, two)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(["person", "organisation", "vessel"]))
def test_an_equal_name_is_never_beaten_and_nothing_crashes(one: str, two: str, kind: str) -> None:
    best = points("Anna Beispiel", "Anna Beispiel")
    assert points(one, two, kind) <= best + 1e-9
    if any(len(part) > 1 for part in parse(one, kind).parts):  # initials alone are held against a name
        assert points(one, one, kind) == pytest.approx(best)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("김정은", "Kim Jong Un"), ("习近平", "Xi Jinping"), ("Сергей Лавров", "Sergey Lavrov"),
        ("محمد", "Mohammed"), ("Mao Zedong", "Mao Tsetung"), ("Wolodymyr Selenskyj", "Volodymyr Zelenskyy"),
        ("RamiMakhlouf", "Rami Makhlouf"), ("Lavrov, Sergey", "Sergey LAVROV"), ("Ig0r Sech1n", "Igor Sechin"),
        ("عبد الرحمن", "Abd al Rahman"),
    ],
)  # fmt: skip
def test_one_name_in_two_writings_scores_above_a_stranger(one: str, two: str) -> None:
    assert points(one, two) > points(one, "Peter Miller") + 3


def test_a_han_name_with_another_syllable_is_another_name() -> None:
    assert points("柳颖", "Li Ying") < points("李颖", "Li Ying") - 3


def test_legal_forms_and_numbers() -> None:
    assert parse("Siemens Aktiengesellschaft", "organisation").form == parse("Siemens AG", "organisation").form
    assert parse("Brigade Forty-Four", "organisation").parts == ("brigade", "44")
    assert parse("Fund XIV", "organisation").parts[-1] == "14"
    same = compare(parse("Bong 6", "vessel"), parse("Bong 5", "vessel"), "vessel")[0] @ weights().same
    assert same < 0


@pytest.mark.parametrize(
    "text", ["", " ", "x", "\u202e\u200f", "\x00\x01", "a" * 10_000, "ا" * 9_999, "!!!", "Анна Müller 김"]
)
def test_odd_names_are_cut_and_not_feared(text: str) -> None:
    assert len(parse(text, "person").parts) <= MAX_PARTS
    points(text, "Anna Beispiel")


def test_control_characters_and_direction_marks_change_nothing() -> None:
    assert parse("Ki\u202em\x00 Jong\u200b Un").parts == ("kim", "jong", "un")


def test_scripts_without_rules_of_our_own_keep_their_consonants() -> None:
    assert hard(to_latin("ბარაკ").replace("'", "")) == hard("barak")


def test_dates_and_countries() -> None:
    assert read_date("1965")[0].year == 1965  # type: ignore[union-attr]
    first, last, why = read_date("00.00.1970")
    assert (str(first), str(last)) == ("1970-01-01", "1970-12-31")
    assert "zero" in why
    assert read_date("soon")[:2] == (None, None)
    assert country("Korea, North") == "kp"
