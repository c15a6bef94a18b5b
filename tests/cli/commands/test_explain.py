"""`implbench explain` with real workers, on implementations of which the counts are known."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from bench.analyse import explanation
from bench.analyse.analysis import Analysis
from bench.analyse.findings import findings
from bench.cli.main import main
from bench.errors import Exit
from bench.report import sections
from bench.store import documents
from bench.store.journal import Journal
from bench.store.worker_records import CallKind
from tests.explained import COSTS

pytestmark = pytest.mark.slow

FAKES = str(Path(__file__).parents[2] / "fakes" / "counted")

M = 100

#: What a run may end with in which nothing failed, on however noisy a machine.
NO_FAILURE = (Exit.FINE, Exit.UNDECIDED)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return tmp_path_factory.mktemp("explain") / "results"


@pytest.fixture(scope="module")
def explained(results):
    """Return the exit code of a short run, and its document."""
    code = main(["explain", FAKES, "--rounds", "1", "--budget", "1", "--results", str(results)])
    return code, documents.read(documents.find(results, None))


@pytest.fixture
def told(explained, results, capsys):
    """Return what the stored run is explained with, as JSON: implementation -> rung."""
    return rungs(capsys, explained[1].id, results)


def rungs(capsys, run, results):
    assert main(["explain", FAKES, "--run", run, "--results", str(results), "--json"]) in NO_FAILURE
    (group,) = json.loads(capsys.readouterr().out)["groups"]
    return {one["implementation"]: one for one in group["rungs"]}


@pytest.fixture
def costly(explained, tmp_path):
    """Return the document of the same run on a machine where calls take 0.8 of a loop's time, and little else any."""
    run = explained[1]
    (first,) = run.rounds
    loop = next(one for one in first.workers if "[row_by_row-" in one.arm and one.arm.endswith("]"))
    call_ns = min(ns / burst.number for burst in loop.bursts for ns in burst.sample_ns) * 0.8 / (6 * M)
    costs = replace(COSTS, call_ns=dict.fromkeys(CallKind, call_ns), product_flops_per_s=1e15, pass_bytes_per_s=1e15)
    workers = tuple(
        one if one.costs is None else replace(one, costs=costs, bursts=steady(one)) for one in first.workers
    )
    with Journal(tmp_path / "costly", replace(run, rounds=())) as journal:
        journal.append(replace(first, workers=workers))
        return journal.close()[1]


def steady(worker):
    """Return its bursts as they would be if none had been disturbed."""
    least = min(ns / burst.number for burst in worker.bursts for ns in burst.sample_ns)
    return tuple(
        replace(one, sample_ns=(round(least * one.number),) * len(one.sample_ns), minor_faults=0)
        for one in worker.bursts
    )


def test_numpy_calls_and_allocated_bytes_are_those_that_there_are(explained, told):
    assert explained[0] in NO_FAILURE
    counts = {
        name: (one["numpy_calls"], one["indexings"], one["allocations"], one["allocated_bytes"])
        for name, one in told.items()
    }
    assert counts == {
        "row_by_row": (3 * M, 3 * M, 1 + 2 * M, 8 * (30 + M * 35)),
        "whole": (2, 0, 2, 8 * (30 + M * 5)),
        "buffered": (2, 0, 1, 8 * 30),
        "plain_only": (None, None, 2, 8 * (30 + M * 5)),
    }


def test_products_have_their_shapes_orders_and_share_of_the_work(told):
    (dot,) = (call for call in told["whole"]["calls"] if call["kind"] == "product")
    assert dot["operands"] == ["(6, 100) F", "(100, 5) C"]
    assert told["whole"]["blas_share"] == pytest.approx(60 / 65)
    assert told["row_by_row"]["blas_share"] == 0


def test_a_loop_over_rows_is_bound_by_the_overhead_of_calls(costly, capsys):
    found = rungs(capsys, str(costly), costly.parent)["row_by_row"]
    assert found["cause"] == "call overhead"
    assert found["shares"]["call overhead"] == pytest.approx(0.8, rel=0.01)


def test_the_time_at_the_smallest_size_is_measured_too(told):
    assert all(one["smallest_s"] > 0 for one in told.values())


def test_costs_were_measured_in_the_worker(told):
    costs = told["whole"]["costs"]
    assert costs["call_ns"]["element-wise"] > 0
    assert costs["product_flops_per_s"] > 0


def test_the_terminal_is_told_why(costly, capsys, tmp_path):
    page = tmp_path / "why.md"
    where = ["--run", str(costly), "--results", str(costly.parent), "--markdown", str(page)]
    assert main(["explain", FAKES, *where]) in NO_FAILURE
    printed = capsys.readouterr().out
    assert "`row_by_row` is overhead-bound: 300 NumPy calls and 300 slices or indices, about 80 %" in printed
    assert "`row_by_row` is overhead-bound" in page.read_text()


def test_a_report_of_such_a_run_says_why(explained):
    run = explained[1]
    assert "Why" in [one.title for one in sections.sections(Analysis(run))]


def test_a_run_without_counts_is_refused_with_the_remedy(explained, results, tmp_path, capsys):
    first = explained[1].rounds[0]
    silent = replace(first, workers=tuple(replace(one, counts=None, costs=None) for one in first.workers))
    with Journal(tmp_path, replace(explained[1], rounds=())) as journal:
        journal.append(silent)
        journal.close()
    latest = documents.find(tmp_path, None)
    assert main(["explain", FAKES, "--run", str(latest), "--results", str(tmp_path)]) == Exit.USAGE
    assert "holds no counts; implbench explain counted makes a run that does" in capsys.readouterr().err


def test_a_run_of_another_problem_is_refused(explained, results, capsys):
    assert main(["explain", "matmul", "--run", explained[1].id, "--results", str(results)]) == Exit.USAGE
    assert "is a run of counted, not of matmul" in capsys.readouterr().err


def test_an_implementation_that_dies_of_being_observed_is_ok_and_only_its_calls_are_unknown(explained):
    found = {one.arm.case.implementation: one for one in findings(explained[1])[0].findings}
    assert found["plain_only"].outcome == "ok"
    (ladder,) = explanation.ladders(explained[1], findings(explained[1]))
    seen = {one.finding.arm.case.implementation: one.worker for one in ladder.rungs}
    assert seen["plain_only"].calls is None
    assert seen["plain_only"].functions
    assert seen["whole"].calls
    assert ladder.uncounted == ()
