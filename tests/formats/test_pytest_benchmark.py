"""pytest-benchmark's JSON: what its own `compare` says of an export, and what an import keeps."""

import json
import statistics

import pytest
from msgspec.structs import replace

from bench import formats
from bench.analyse.findings import findings
from bench.errors import ImplbenchError
from bench.formats import identifying, pytest_benchmark
from bench.formats.imported import Origin
from bench.formats.timed_cases import timed
from bench.problems.case import Size
from bench.store.worker_records import Outcome
from tests.builders import USUAL, Spec, make_case, make_run, samples

ORIGIN = Origin(file="o.json", sha256="ab" * 32, modified="2026-11-23T10:00:00Z")

MINIMAL = {
    "machine_info": {"cpu": {"brand_raw": "Some CPU", "count": 2}, "system": "Linux", "machine": "x86_64"},
    "commit_info": {"id": "ab" * 20, "dirty": True, "project": "theirs"},
    "benchmarks": [
        {
            "name": "test_a",
            "fullname": "tests/test_a.py::test_a",
            "group": None,
            "params": None,
            "stats": {"iterations": 10, "data": [1e-6, 1.5e-6, 2e-6]},
        }
    ],
    "datetime": "2026-11-23T12:00:00.5+02:00",
    "version": "5.3.1",
}


def read(document):
    return formats.read(json.dumps(document).encode(), ORIGIN)


def minimal(**changes):
    return MINIMAL | {"benchmarks": [MINIMAL["benchmarks"][0] | changes]}


def exported(*runs):
    return json.loads(pytest_benchmark.export(runs))


def test_compare_of_the_tool_reads_an_export(run, tmp_path, tool):
    (tmp_path / "o.json").write_bytes(pytest_benchmark.export([run]))
    printed = tool(
        "pytest_benchmark", "compare", "o.json", "--group-by=param:dtype", "--csv=o.csv", "--columns=min,median,rounds"
    )
    assert "'dtype=float64': 3 tests" in printed
    assert "backprop[row_major-M-float64-C-1t]" in printed
    table = (tmp_path / "o.csv").read_text().splitlines()
    assert table[0].startswith("name,param:dtype,param:implementation,param:layout,param:m,param:n")
    assert len(table) == 4


def test_a_round_has_one_value_and_it_is_the_median_of_its_process(run):
    (first, *_) = exported(run)["benchmarks"]
    (one, *_) = timed([run])
    assert first["name"] == one.finding.arm.case.id
    assert first["stats"]["data"] == list(one.seconds)
    assert first["stats"]["rounds"] == len(run.rounds) == 8
    assert first["stats"]["median"] == statistics.median(one.seconds) == one.finding.seconds_per_call.value


def test_a_discarded_round_and_a_case_without_a_time_are_not_in_it():
    benchmarks = exported(make_run(USUAL, discarded=(2, 3)))["benchmarks"]
    assert [one["params"]["implementation"] for one in benchmarks] == ["loop_hoisted", "row_major", "inplace"]
    assert {one["stats"]["rounds"] for one in benchmarks} == {6}


def test_what_comes_back_are_the_same_cases_and_the_same_samples_in_the_same_rounds(run):
    back = formats.read(pytest_benchmark.export([run]), ORIGIN)
    assert [arm.case for arm in back.arms] == [one.finding.arm.case for one in timed([run])]
    for arm in back.arms:
        assert samples(back, arm) == samples(run, arm)
    before = {one.arm.name: one.seconds_per_call for one in findings(run)[0].findings}
    assert all(one.seconds_per_call == before[one.arm.name] for one in findings(back)[0].findings)


@pytest.mark.parametrize(
    "changes", [{"allocator": "retain"}, {"data": "random"}, {"size": Size(name="m=7", values={"m": 7})}]
)
def test_sizes_allocators_and_kinds_of_data_come_back_too(changes):
    case = replace(make_case(USUAL[0]), **changes)
    assert identifying.restored(case.id, parameters(case)) == case


def parameters(case):
    """Return what an export says of a case."""
    (one, *_) = timed([make_run(USUAL[:1], again=False)])
    arm = replace(one.finding.arm, case=case)
    return replace(one, finding=replace(one.finding, arm=arm)).parameters


def test_a_foreign_file_is_one_process_and_so_one_round():
    run = read(MINIMAL)
    (one,) = run.rounds
    (worker,) = one.workers
    assert [burst.sample_ns for burst in worker.bursts] == [(10000, 15000, 20000)]
    assert worker.bursts[0].number == 10
    assert run.created == "2026-11-23T10:00:00Z"
    assert run.environment["imported"]["from"] == "pytest-benchmark 5.3.1"
    assert run.environment["commit"] == {"id": "ab" * 20, "dirty": True}
    assert run.arms[0].case.id == "theirs[tests/test_a.py::test_a]"
    assert "imported from pytest-benchmark 5.3.1" in run.warnings[0]


#: What pytest-benchmark stores by itself, of version 2.5 as of 5.3: no samples.
STORED = {"rounds": 900, "iterations": 4, "min": 0.9e-3, "max": 1.4e-3, "mean": 1.1e-3, "median": 1.05e-3, "iqr": 1e-4}


def test_statistics_without_samples_are_one_value_the_median_and_the_run_says_so():
    run = read(minimal(stats=STORED))
    (burst,) = run.rounds[0].workers[0].bursts
    assert (burst.number, burst.sample_ns) == (4, (4_200_000,))
    assert run.environment["imported"]["statistic"] == "median"
    assert (
        "1 of 1 times are the median that pytest-benchmark 5.3.1 stored in the place of its samples"
        in (run.warnings[1])
    )
    found = findings(run)[0].ok[0].seconds_per_call
    assert found.value == pytest.approx(1.05e-3)
    assert found.interval is None


def test_a_file_with_samples_says_nothing_of_a_statistic():
    run = read(MINIMAL)
    assert run.environment["imported"]["statistic"] is None
    assert len(run.warnings) == 1


def test_the_oldest_files_which_name_neither_cpu_nor_project_are_read():
    old = {name: MINIMAL["benchmarks"][0][name] for name in ("name", "fullname", "group")} | {"stats": STORED}
    machine = {"node": "box", "processor": "x86_64", "machine": "x86_64", "system": "Linux"}
    run = read(
        {"machine_info": machine, "commit_info": {"id": "ab" * 20}, "benchmarks": [old], "datetime": "2015-08-15"}
    )
    assert run.problem.name == "pytest-benchmark"
    assert run.environment["cpu"]["model"] is None
    assert run.environment["host"] == "box"
    assert run.created == "2015-08-15T00:00:00Z"


def test_the_cpu_is_read_from_where_older_files_name_it():
    assert read(MINIMAL | {"machine_info": {"cpu": {"brand": "CPU B"}}}).environment["cpu"]["model"] == "CPU B"
    windows = {"processor": "Intel64 Family 6, GenuineIntel", "machine": "AMD64"}
    assert read(MINIMAL | {"machine_info": windows}).environment["cpu"]["model"] == windows["processor"]


def test_no_revision_is_taken_from_a_word_that_names_none():
    assert read(MINIMAL | {"commit_info": {"id": "unversioned"}}).environment["commit"] is None


def test_one_bad_benchmark_is_left_out_by_name_and_the_others_are_imported():
    bad = {"fullname": "t.py::bad", "stats": {"iterations": 1, "data": [-1.0]}}
    run = read(MINIMAL | {"benchmarks": [bad, *MINIMAL["benchmarks"], {"name": "t", "stats": None}, 3]})
    assert [arm.title for arm in run.arms] == ["tests/test_a.py::test_a"]
    assert [(one.title, one.outcome) for one in run.left] == [
        ("t.py::bad", Outcome.UNSUPPORTED),
        ("t", Outcome.UNSUPPORTED),
        ("benchmark 4", Outcome.UNSUPPORTED),
    ]
    assert run.left[0].reason.startswith("has a sample of -1.0 s")


def test_half_a_surrogate_pair_is_left_out_of_a_name_and_costs_no_more_than_its_benchmark():
    good = MINIMAL["benchmarks"][0] | {"group": "\ud800", "extra_info": {"\ud800": "\udfff"}}
    run = read(MINIMAL | {"benchmarks": [good, "\ud800"]})
    assert [arm.case.problem for arm in run.arms] == ["theirs"]
    assert [one.title for one in run.left] == ["benchmark 2"]


def test_the_second_benchmark_of_a_name_is_left_out():
    run = read(MINIMAL | {"benchmarks": MINIMAL["benchmarks"] * 2})
    assert len(run.arms) == 1
    (left,) = run.left
    assert left.reason == "has the name of one before it in the file"
    assert left.case.id != run.arms[0].case.id


def test_numbers_that_json_does_not_know_cost_no_more_than_their_benchmark():
    bad = {"fullname": "t.py::bad", "stats": {"median": float("nan")}}
    run = read(MINIMAL | {"benchmarks": [*MINIMAL["benchmarks"], bad | {"extra_info": {"x": float("inf")}}]})
    assert [one.reason.partition(" s ")[0] for one in run.left] == ["has a sample of nan"]


def test_groups_of_a_foreign_file_stay_apart():
    other = MINIMAL["benchmarks"][0] | {"fullname": "tests/test_a.py::test_b", "group": "products"}
    run = read(MINIMAL | {"benchmarks": [*MINIMAL["benchmarks"], other]})
    assert [group.name.partition("-")[0] for group in findings(run)] == ["theirs", "products"]


def test_two_files_of_one_machine_have_one_fingerprint_that_is_not_implbenchs_own(run):
    assert read(MINIMAL).environment["fingerprint"] == read(minimal(group="x")).environment["fingerprint"]
    assert read(MINIMAL | {"machine_info": {}}).environment["fingerprint"] is None
    unnamed = [read(MINIMAL | {"machine_info": {"node": node, "system": "Linux"}}) for node in ("a", "b", "a")]
    first, second, third = (one.environment["fingerprint"] for one in unnamed)
    assert first == third != second
    back = formats.read(pytest_benchmark.export([run]), ORIGIN)
    assert back.environment["fingerprint"] != run.environment["fingerprint"]


def test_a_file_that_pytest_benchmark_itself_wrote_is_read(pytester):
    pytester.makepyfile("def test_it(benchmark): benchmark.pedantic(lambda: 1, rounds=3, iterations=2)")
    pytester.runpytest_subprocess("--benchmark-json=o.json", "-p", "no:implbench").assert_outcomes(passed=1)
    data = (pytester.path / "o.json").read_bytes()
    run = formats.read(data, ORIGIN)
    assert [len(samples(run, arm)) for arm in run.arms] == [3]
    assert samples(run, run.arms[0]) == pytest.approx(json.loads(data)["benchmarks"][0]["stats"]["data"], abs=1e-9)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (minimal(stats={"iterations": 1}), "has neither samples nor their median"),
        (minimal(stats={"iterations": 0, "data": [1.0]}), "samples of 0 calls; expected a whole number of at least 1"),
        (minimal(stats={"iterations": 1, "data": [0.0]}), "has a sample of 0.0 s in 1 calls; expected a time above 0"),
        (minimal(stats={"iterations": 1, "data": [1e-12]}), "has a sample of 0 ns; expected a time above 0"),
        (minimal(stats={"iterations": 1, "data": [1e300]}), "below 31 years"),
        (minimal(stats={"iterations": 10**30, "data": [1e300]}), "samples of 1000000000000000000000000000000 calls"),
        (minimal(stats={"iterations": 1, "data": ["1"]}), r"Expected `float`, got `str`"),
        (minimal(stats=None), r"Expected `object`, got `null`"),
        (minimal(fullname=3), r"Expected `str`, got `int`"),
        (minimal(extra_info={"implbench_samples": [{"round": 0}]}), "missing required field `bursts`"),
        (minimal(extra_info={"implbench_samples": []}), "has no rounds"),
        (
            minimal(extra_info={"implbench_samples": [{"round": 0, "bursts": [{"calls": 1, "sample_ns": [-1]}]}]}),
            "has a sample of -1 ns",
        ),
        (MINIMAL | {"benchmarks": []}, "holds no benchmark with a time"),
        (minimal(fullname=" "), "has no name"),
        (MINIMAL | {"benchmarks": [3]}, r"the first, 'benchmark 1', Expected `object`, got `int`"),
        ({"machine_info": {}}, "holds no benchmarks"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_sentence(document, told):
    with pytest.raises(ImplbenchError, match=told) as caught:
        read(document)
    assert "\n" not in str(caught.value)


def test_runs_of_two_machines_or_commits_do_not_share_a_file(run):
    other = make_run([Spec(name="a", baseline=True)], problem="other")
    with pytest.raises(ImplbenchError, match="come from 2 machines"):
        pytest_benchmark.export([run, other])
