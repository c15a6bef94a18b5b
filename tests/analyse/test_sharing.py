"""Who hands out its inputs where the baseline hands out copies is named, and accepted by no judge."""

import pytest
from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.analyse.findings import findings
from bench.analyse.sharing import handed_out, told
from bench.report.sections import threats
from bench.stats.judging import Decision
from bench.versions.judgement import decided, said
from tests.builders import Spec, make_run

SPECS = Spec(name="copies", ms=10.0, baseline=True), Spec(name="hands_out", ms=8.0)


def shared(own, baseline=(), rounds=8):
    """Return a run whose candidate, and baseline, share these of their inputs."""
    run = make_run(SPECS, rounds=rounds)
    of = {arm.name: own if arm.case.implementation == "hands_out" else baseline for arm in run.arms}
    rounds = tuple(
        replace(one, workers=tuple(replace(worker, shares=tuple(of[worker.arm])) for worker in one.workers))
        for one in run.rounds
    )
    return replace(run, rounds=rounds, settings=replace(run.settings, accept_at=0.03))


@pytest.mark.parametrize(
    ("own", "baseline", "named"),
    [
        (["x"], [], ("x",)),
        (["parts of x", "x"], [], ("x",)),
        (["x"], ["parts of x"], ("x",)),
        (["parts of x"], [], ("parts of x",)),
        (["parts of x"], ["x"], ()),
        (["x"], ["x"], ()),
        (["x", "y"], ["x"], ("y",)),
        ([], ["x"], ()),
        (["its own elements"], [], ("its own elements",)),
        (["its own elements"], ["its own elements"], ()),
    ],
)
def test_what_the_baseline_hands_out_too_saves_nothing(own, baseline, named):
    (group,) = findings(shared(own, baseline))
    (rival,) = group.rivals
    assert handed_out(rival, group) == named


def test_what_is_handed_out_is_told_in_words():
    assert told(("parts of rows", "x", "y")) == "memory of its input `x`, `y` and parts of its input `rows`"
    assert told(("its own elements",)) == "elements that lie in each other's memory"


def test_a_remark_says_what_is_saved_and_the_judge_rejects():
    run = shared(["x"])
    remark = "`hands_out` returns memory of its input `x`, where `copies` returns a copy: that is what it saves."
    assert remark in threats.section(Analysis(run)).paragraphs
    found = said(run)
    assert (found.decision, len(decided(run))) == (Decision.REJECT, 1)
    assert said(shared(["x"], rounds=1)).reason == found.reason
    assert found.reason == "returns memory of its input `x`, where the baseline returns a copy"


def test_nothing_is_said_where_the_baseline_does_so_too():
    run = shared(["x"], ["x"])
    assert not [one for one in threats.section(Analysis(run)).paragraphs if "saves" in one]
    assert said(run).decision == Decision.ACCEPT
