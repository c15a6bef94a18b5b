"""Where nothing could be compared: each reason once, and what to do next."""

import pytest
from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.report.sections import advice, answer, brief, threats
from bench.store.checks import Against, Check, Closeness
from bench.store.worker_records import Outcome
from tests.builders import Spec, make_run, make_sizes

BASE = Spec(name="base", ms=10.0, baseline=True)
WRONG = Spec(name="rows", outcome=Outcome.WRONG, reason="[3] is 2.5, expected 2")


def ended(outcome, reason="why"):
    """Return a run in which all implementations end so."""
    arms = [replace(one, outcome=outcome, reason=reason) for one in (BASE, Spec(name="rows"))]
    return make_run(arms)


def shown(run):
    """Return all that a terminal shows in words."""
    return "\n".join(text for section in brief(Analysis(run)) for text in section.paragraphs)


def steps(run):
    return [line.text for line in advice.lines(Analysis(run))]


def test_where_nothing_has_a_time_each_reason_is_told_once_and_those_with_the_same_one_together():
    text = shown(make_run([replace(BASE, outcome=Outcome.FAILED, reason="needs x"), WRONG]))
    assert text.count("[3] is 2.5, expected 2") == text.count("needs x") == 1
    assert "`base` and `rows` failed (ValueError: no)." in shown(ended(Outcome.FAILED, "ValueError: no"))


def test_where_the_baseline_alone_has_a_time_the_answer_says_what_became_of_the_others():
    text = shown(make_run([BASE, WRONG]))
    assert "nothing was compared with it: `rows` is wrong ([3] is 2.5, expected 2)." in text
    assert text.count("[3] is 2.5, expected 2") == 1


def test_where_the_baseline_has_no_time_its_reason_is_told_once_and_that_of_others_too():
    other = replace(WRONG, name="other", reason="[0] is 1, expected 0")
    run = make_run([replace(BASE, outcome=Outcome.WRONG, reason="it is NaN"), Spec(name="rows"), other])
    assert shown(run).count("it is NaN") == shown(run).count("[0] is 1, expected 0") == 1


def test_where_something_was_compared_the_reasons_stand_among_the_threats_and_nothing_else_is_advised():
    run = make_run([BASE, Spec(name="fast", ms=1.0), WRONG])
    assert answer.explained(*of_one_group(run)) == ()
    assert "No time for `rows`: wrong, [3] is 2.5, expected 2." in threats.section(Analysis(run)).paragraphs
    assert not any(text.startswith("Next:") for text in steps(run))


def of_one_group(run):
    analysis = Analysis(run)
    return analysis, analysis.groups[0]


def test_what_is_wrong_is_to_be_looked_at_and_may_be_tolerated():
    (text,) = steps(make_run([BASE, WRONG]))
    assert text == (
        "Next: start from the first difference named above; `implbench check backprop` compares again without timing "
        "anything, and where the difference is small enough for you, a `tolerance` in the problem accepts it."
    )


@pytest.mark.parametrize(
    "reason",
    [
        "gave the answer for the earlier contents of its inputs: the result is remembered, not computed",
        "it may remember results, or start from the last one, and its time is that of doing so",
    ],
)
def test_who_remembers_is_not_sent_to_a_difference_or_a_tolerance(reason):
    remembered = Spec(name="memo", outcome=Outcome.WRONG, reason=reason)
    (text,) = steps(make_run([BASE, remembered]))
    assert text == "Next: have each call compute its result from what it is given, and measure again."
    (text,) = steps(make_run([BASE, remembered, WRONG]))
    assert text.startswith("Next: start from the first difference")


@pytest.mark.parametrize("command", [("implbench.compare", "loop"), ("implbench", "time", "x + 1")])
def test_what_is_in_no_file_is_not_to_be_checked_by_a_command(command):
    run = make_run([BASE, WRONG])
    (text,) = steps(replace(run, settings=replace(run.settings, command=command)))
    assert text.startswith("Next: start from the first difference named above, and where the difference is small")


def test_where_nothing_is_rounded_no_tolerance_is_offered():
    run = make_run([BASE, WRONG])
    exact = Check(against=Against.BASELINE, closeness=Closeness.EQUAL, dtype="")
    (text,) = steps(replace(run, checks={arm.case.group: exact for arm in run.arms}))
    assert text.endswith("compares again without timing anything.")


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (Outcome.FAILED, "`implbench check backprop` calls each implementation again"),
        (Outcome.CRASHED, "find out what crashes"),
        (Outcome.TIMEOUT, "`--timeout 300`"),
        (Outcome.OUT_OF_MEMORY, "`--memory`"),
        (Outcome.UNAVAILABLE, "`implbench doctor`"),
        (Outcome.UNSUPPORTED, "support"),
        (Outcome.NOT_MEASURED, "`--budget 300`"),
    ],
)
def test_each_outcome_has_its_next_step(outcome, told):
    (text,) = steps(ended(outcome))
    assert text.startswith("Next: ")
    assert told in text


def test_the_gravest_outcome_is_begun_with():
    run = make_run([replace(BASE, outcome=Outcome.UNAVAILABLE, started=False), WRONG])
    assert "first difference" in " ".join(steps(run))


def test_who_ended_the_run_by_hand_is_told_how_to_go_on_and_nothing_of_its_time():
    (step,) = steps(make_run(rounds=0, interrupted=True))
    assert step.startswith("To go on where it was interrupted: ")


@pytest.mark.parametrize(
    ("words", "check"),
    [
        (("run", "rows.py", "--rounds", "6"), "implbench check rows.py"),
        (("explain", "rows.py:loop", "rows.py:fast"), "implbench check rows.py:loop rows.py:fast"),
        (("run", "--rounds", "6", "rows.py"), "implbench check"),
        (("run", ".../rows.py"), "implbench check"),
        (("compare", "main"), "implbench check"),
        ((), "implbench check"),
    ],
)
def test_the_command_that_checks_names_the_problem_as_the_user_did(words, check):
    run = make_run([BASE, WRONG])
    run = replace(run, settings=replace(run.settings, command=("implbench", *words)))
    assert f"`{check}` compares again" in " ".join(steps(run))


def test_the_sizes_of_a_sweep_are_stuck_only_if_nothing_was_compared_at_any():
    sizes = make_sizes(1, 2, 5)
    (text,) = steps(make_run([BASE, WRONG], sizes=sizes))
    assert text.startswith("Next: start from the first difference")
    some = Spec(name="rows", law=lambda case: 1.0 if case.size.values["m"] < 5 else None, reason="too large")
    assert not any(text.startswith("Next:") for text in steps(make_run([BASE, some], sizes=sizes)))
