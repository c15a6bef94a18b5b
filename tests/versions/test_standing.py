"""How a benchmark stands where a side did not end well: who is blamed, and who is not."""

import pytest
from msgspec.structs import replace

from bench.cli.exit_codes import exit_code_of_comparison
from bench.errors import Exit
from bench.report.sections.comparison import sections, sentence
from bench.store.records import Role
from bench.store.worker_records import Outcome
from bench.versions.benchmarks import arm_name
from bench.versions.comparison import acquitted, compared
from bench.versions.standing import Standing, fate
from bench.worker.outcome import OF_ANOTHER_VERSION
from tests.versions.test_comparison import MARGIN, comparison, measured

OTHER = f"{OF_ANOTHER_VERSION}result is 1, expected 2"


def ended(name="f", **reasons):
    """Make up a benchmark of whose sides some are wrong, for these reasons."""
    one = measured(3.0)
    benchmark = one.benchmark
    case = replace(benchmark.case, implementation=name)
    head = replace(benchmark.head, problem=replace(benchmark.head.problem, baseline="f"))
    said = {arm_name(benchmark.case.id, Role[side.upper()]): reason for side, reason in reasons.items()}
    first = one.screening[0]
    workers = tuple(
        replace(
            worker,
            arm=worker.arm.replace(benchmark.case.id, case.id),
            outcome=Outcome.WRONG if worker.arm in said else Outcome.OK,
            reason=said.get(worker.arm),
        )
        for worker in first.workers
    )
    return replace(
        one, benchmark=replace(benchmark, case=case, head=head), screening=(replace(first, workers=workers),)
    )


@pytest.mark.parametrize(
    ("reasons", "standing", "said"),
    [
        (
            {"baseline": OTHER},
            Standing.DIFFERENT,
            "HEAD and BASE give different results; BASE's, held against HEAD's: result is 1, expected 2",
        ),
        ({"again": OTHER}, Standing.DIFFERENT, "HEAD and BASE give different results; BASE's, held"),
        ({"baseline": "result is off"}, Standing.NOT_COMPARABLE, "BASE is wrong: result is off"),
        ({"case": "result is off"}, Standing.WRONG, "HEAD is wrong: result is off"),
        ({"case": "is random", "baseline": OTHER}, Standing.WRONG, "HEAD and BASE are wrong: is random"),
    ],
)
def test_who_is_wrong_is_said_only_where_it_is_known(reasons, standing, said):
    stands, outcome, reason = fate(ended(**reasons))
    assert (stands, outcome) == (standing, Outcome.WRONG)
    assert reason.startswith(said)


def test_a_change_of_results_fails_and_says_what_to_do_where_it_was_meant():
    found = comparison(ended(baseline=OTHER))
    assert exit_code_of_comparison(found) == Exit.WRONG
    assert sentence(found).startswith("Not a question of speed: the results of 1 benchmark changed. `backprop[f-")
    assert "a `reference`" in sections(found)[0].paragraphs[1]


def test_who_is_held_against_what_has_changed_is_not_blamed():
    changed, beside = ended(baseline=OTHER), ended("g", case="result is off", baseline=OTHER)
    broken = ended("h", case="result is off")
    ones = (changed, beside, broken)
    found = acquitted([compared(one, MARGIN, None) for one in ones], ones)
    assert [one.standing for one in found] == [Standing.DIFFERENT, Standing.NOT_COMPARABLE, Standing.WRONG]
    assert found[1].reason == f"held against {found[0].name}, of which HEAD and BASE give different results"
    alone = acquitted([compared(beside, MARGIN, None)], [beside])
    assert alone[0].reason == "HEAD and BASE are wrong: result is off"
