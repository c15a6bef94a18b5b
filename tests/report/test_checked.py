"""How results were checked, in words."""

import pytest

from bench.report.checked import of_errors, sentence
from bench.store.checks import Against, Check, Closeness


def test_an_analysed_tolerance_against_a_reference_needs_no_word():
    assert sentence(Check()) is None
    assert sentence(None) is None


@pytest.mark.parametrize("against", [Against.REFERENCE, Against.EXTENDED])
def test_a_tolerance_that_the_problem_gives_is_not_said_to_be_analysed(against):
    told = sentence(Check(against=against, closeness=Closeness.ANALYSED, dtype="float64"))
    assert told is None or "within the problem's own tolerance" in told
    assert "analys" not in of_errors({"S": Check()})


def test_what_results_are_held_against_comes_before_how_close_they_had_to_be():
    told = sentence(Check(against=Against.EXTENDED, closeness=Closeness.MEASURED))
    assert told == "Results are verified against the baseline in extended precision, within a measured tolerance."


def test_where_results_agree_with_each_other_only_it_is_said_why_and_what_would_show_more():
    said = sentence(Check(against=Against.BASELINE, closeness=Closeness.MEASURED, dtype="float64"))
    assert said == (
        "Results are held against the baseline's, within a measured tolerance, for there is no `reference`: a function "
        "of that name, called as the others are, would show which is right."
    )
