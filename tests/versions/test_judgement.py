"""What is said of a candidate, from runs that are made up."""

import pytest
from msgspec.structs import replace

from bench.analyse.remembering import OnNew
from bench.report import json_judgement
from bench.report.sections.judged import section
from bench.stats.judging import Decision
from bench.store.worker_records import Outcome
from bench.versions.judgement import BaselineFailed, Judgement, decided, said
from tests.builders import Spec, disturbed, make_run

LOOP = Spec(name="loop", ms=10.0, baseline=True)


def judged(*specs, rounds=8, **changes):
    run = make_run((LOOP, *specs), rounds=rounds, **changes)
    return replace(run, settings=replace(run.settings, accept_at=0.03))


def test_a_winner_is_accepted_and_needs_no_more_rounds():
    run = judged(Spec(name="fast", ms=8.0))
    assert (said(run).decision, said(run).rounds) == (Decision.ACCEPT, 8)
    assert len(decided(run)) == 1


def test_who_wins_by_its_shortest_calls_alone_is_left_undecided():
    run = disturbed(judged(Spec(name="fast", ms=8.0)), "fast")
    assert said(run).decision == Decision.UNDECIDED
    assert said(run).reason.startswith("faster by its shortest calls alone: by its usual ones (medians) it is 0.")
    assert said(run).needed.rounds is None


def test_a_problem_whose_inputs_are_always_the_same_lets_nobody_win():
    run = judged(Spec(name="fast", ms=8.0))
    run = replace(run, doubts={run.arms[0].case.group: "its inputs are the same for every seed"})
    assert (said(run).decision, said(run).reason) == (
        Decision.UNDECIDED,
        "faster, but its inputs are the same for every seed",
    )


def test_too_few_rounds_reject_nobody_but_who_is_hopeless():
    few = judged(Spec(name="near", ms=13.0), rounds=2)
    assert said(few).decision == Decision.UNDECIDED
    assert said(few).needed.rounds >= 6
    assert not decided(few)
    hopeless = said(judged(Spec(name="slow", ms=400.0), rounds=1))
    assert hopeless.decision == Decision.REJECT
    assert hopeless.reason.startswith("slower, 40 times or more")


@pytest.mark.parametrize(
    ("outcome", "decision"),
    [
        (Outcome.WRONG, Decision.REJECT),
        (Outcome.TIMEOUT, Decision.REJECT),
        (Outcome.UNSUPPORTED, Decision.REJECT),
        (Outcome.UNAVAILABLE, Decision.UNDECIDED),
    ],
)
def test_an_outcome_without_a_time_is_a_rejection_unless_it_is_the_machine_that_lacks_something(outcome, decision):
    found = said(judged(Spec(name="other", outcome=outcome, reason="so it ended")))
    assert (found.decision, found.outcome, found.reason) == (decision, outcome, "so it ended")
    assert (found.needed is None) == (decision == Decision.REJECT)


def test_a_baseline_without_a_time_judges_nobody():
    run = make_run((replace(LOOP, outcome=Outcome.FAILED, reason="raised"), Spec(name="fast", ms=8.0)))
    with pytest.raises(BaselineFailed, match="against its baseline: failed, raised"):
        said(run)


@pytest.mark.parametrize(("accept_at", "decision"), [(0.03, Decision.ACCEPT), (1.0, Decision.UNDECIDED)])
def test_who_gains_less_on_new_contents_is_accepted_for_that_alone_and_it_is_told(accept_at, decision):
    run = make_run((replace(LOOP, ms=1.0), Spec(name="fast", ms=0.3)), rounds=8)
    new = [
        replace(one, workers=(*one.workers[:-1], replace(one.workers[-1], met_ns=300_000, unmet_ns=600_000)))
        for one in run.rounds
    ]
    found = said(replace(run, rounds=tuple(new), settings=replace(run.settings, accept_at=accept_at)))
    assert (found.decision, found.on_new) == (decision, OnNew(share=pytest.approx(0.6, rel=0.01), prepares=False))
    if decision == Decision.UNDECIDED:
        assert "on contents that come again alone: on other ones it takes 0.60 times as long" in found.reason
        assert found.needed.remedy.startswith("another candidate: have each call compute its result")
    one = Judgement(
        candidate="fast",
        baseline="loop",
        attempt=1,
        accept_at=accept_at,
        screening=found,
        confirmation=None,
        seeds=(),
        documents=(),
    )
    assert json_judgement.of(one)["on_new_contents"]["share_of_baseline"] == pytest.approx(0.6, rel=0.01)
    assert "contents that it has not met before it takes 0.60 times as long as `loop`." in section(one).paragraphs[0]


def test_who_gains_on_contents_that_come_again_needs_another_candidate_and_no_more_time():
    run = make_run((replace(LOOP, ms=1.0), Spec(name="fast", ms=0.3)), rounds=8)
    new = [
        replace(one, workers=tuple(replace(worker, met_ns=300_000, unmet_ns=1_000_000) for worker in one.workers))
        for one in run.rounds
    ]
    found = said(replace(run, rounds=tuple(new)))
    assert (found.decision, found.outcome) == (Decision.UNDECIDED, Outcome.NOT_MEASURED)
    assert "on contents that come again" in found.reason
    assert found.needed.remedy.startswith("another candidate: have each call compute its result")
