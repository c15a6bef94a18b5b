"""How results were checked, in words."""

from bench.report.checked import sentence
from bench.store.checks import Against, Check, Closeness


def test_an_analysed_tolerance_against_a_reference_needs_no_word():
    assert sentence(Check()) is None
    assert sentence(None) is None


def test_where_results_agree_with_each_other_only_it_is_said_why_and_what_would_show_more():
    said = sentence(Check(against=Against.BASELINE, closeness=Closeness.MEASURED, dtype="float64"))
    assert said == (
        "Results are held against the baseline's, within a measured tolerance, for there is no `reference`: a function "
        "of that name, called as the others are, would show which is right."
    )
