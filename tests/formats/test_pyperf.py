"""pyperf's JSON: what pyperf says of an export, and what an import keeps."""

import gzip
import json

import pytest
from msgspec.structs import replace

from bench import formats
from bench.analyse.findings import findings
from bench.errors import ImplbenchError
from bench.formats import pyperf
from bench.formats.imported import Origin
from bench.formats.timed_cases import timed
from tests.builders import Spec, make_run, samples

ORIGIN = Origin(file="o.json", sha256="ab" * 32, modified="2026-11-23T10:00:00Z")

#: As pyperf 2.10 writes it, shortened: a calibration, then two processes.
THEIRS = {
    "version": "1.0",
    "metadata": {
        "unit": "second",
        "loops": 4096,
        "cpu_model_name": "Some CPU",
        "cpu_count": 2,
        "perf_version": "2.10.0",
    },
    "benchmarks": [
        {
            "metadata": {"name": "sum"},
            "runs": [
                {"warmups": [[1, 1.3e-06]], "metadata": {"calibrate_loops": 4096, "date": "2026-11-23 13:32:13.38"}},
                {"values": [3.8e-07, 3.7e-07], "metadata": {"date": "2026-11-23 13:32:14.475386"}},
                {"values": [3.9e-07, 3.6e-07], "metadata": {"date": "2026-11-23 13:32:15.475386", "inner_loops": 2}},
            ],
        }
    ],
}


def read(document):
    return formats.read(json.dumps(document).encode(), ORIGIN)


def theirs(**changes):
    return THEIRS | {"benchmarks": [THEIRS["benchmarks"][0] | changes]}


def test_pyperf_shows_and_compares_the_files_of_an_export(run, written, tool):
    folder = written(pyperf.export([run]))
    shown = tool("pyperf", "show", "--quiet", "row_major.json", cwd=folder)
    assert shown.startswith("Mean +- std dev: 3.04 ms")
    compared = tool("pyperf", "compare_to", "--quiet", "loop_hoisted.json", "row_major.json", cwd=folder)
    assert "[loop_hoisted] 72.9 ms" in compared
    assert "24.00x faster" in compared
    assert "Number of run with values: 8" in tool("pyperf", "stats", "row_major.json", cwd=folder)


def test_a_file_that_pyperf_itself_wrote_is_read(tmp_path, tool):
    few = ["--processes=2", "--values=3", "--warmups=1", "--min-time=0.001", "--loops=16"]
    tool("pyperf", "timeit", *few, "--name=a sum", "sum(range(10))", "--output=o.json", "--quiet")
    data = (tmp_path / "o.json").read_bytes()
    run = formats.read(data, ORIGIN)
    values = [value for one in json.loads(data)["benchmarks"][0]["runs"] for value in one.get("values", [])]
    assert [len(one.workers[0].bursts[0].sample_ns) for one in run.rounds] == [3, 3]
    assert samples(run, run.arms[0]) == pytest.approx(values, abs=1e-9)
    assert run.environment["imported"]["from"].startswith("pyperf 2.")


def test_pyperf_takes_names_and_machines_that_are_hostile_or_not_known(hostile, written, tool):
    folder = written(pyperf.export([hostile]))
    for path in folder.rglob("*.json"):
        assert "Mean" in tool("pyperf", "show", path)
    folder = written(pyperf.export([make_run()]), "unknown")
    assert "Mean" in tool("pyperf", "show", folder / "inplace.json")


def test_each_implementation_is_a_file_and_each_round_a_process_with_one_value(run):
    files = pyperf.export([run])
    assert list(files) == ["loop_hoisted.json", "row_major.json", "inplace.json"]
    (one, *_) = timed([run])
    (benchmark,) = json.loads(files["loop_hoisted.json"])["benchmarks"]
    assert [process["values"] for process in benchmark["runs"]] == [[seconds] for seconds in one.seconds]


def test_files_pair_by_the_name_of_what_is_the_same_in_all_implementations():
    layouts = [Spec(name=name, layout=layout) for name in ("dot", "matmul") for layout in ("CC", "FC")]
    files = {name: json.loads(data) for name, data in pyperf.export([make_run(layouts, problem="matmul")]).items()}
    names = [[one["metadata"]["name"] for one in file["benchmarks"]] for file in files.values()]
    assert names == [["matmul-M-float64-CC-1t", "matmul-M-float64-FC-1t"]] * 2


def test_two_implementations_whose_files_would_be_one_are_told():
    with pytest.raises(ImplbenchError, match=r"two implementations would be written to a-b\.json"):
        pyperf.export([make_run([Spec(name="a b"), Spec(name="a/b")])])


def test_what_comes_back_are_the_same_cases_with_one_value_a_round(run):
    (one, *_) = timed([run])
    back = formats.read(pyperf.export([run])["loop_hoisted.json"], ORIGIN)
    assert [arm.case for arm in back.arms] == [one.finding.arm.case]
    assert samples(back, back.arms[0]) == pytest.approx(one.seconds, abs=1e-9)
    assert len(back.rounds) == 8
    assert back.created == run.created
    assert back.problem.name == "backprop"


def test_each_foreign_process_is_a_round_and_calibrations_are_none():
    run = read(THEIRS)
    assert [[burst.number for worker in one.workers for burst in worker.bursts] for one in run.rounds] == [
        [4096],
        [8192],
    ]
    assert run.created == "2026-11-23T13:32:13Z"
    assert run.environment["imported"]["from"] == "pyperf 2.10.0"
    assert run.environment["cpu"] == {"model": "Some CPU", "logical": 2}
    assert samples(run, run.arms[0]) == pytest.approx([3.8e-07, 3.7e-07, 3.9e-07, 3.6e-07], rel=1e-3)
    (group,) = findings(run)
    assert group.ok[0].rounds == 2
    assert group.baseline is group.ok[0].log_ratio is None


def test_no_two_benchmarks_share_a_round_for_they_never_ran_side_by_side():
    other = THEIRS["benchmarks"][0] | {"metadata": {"name": "sort"}}
    run = read(THEIRS | {"benchmarks": [*THEIRS["benchmarks"], other]})
    assert [len(one.workers) for one in run.rounds] == [1, 1, 1, 1]
    assert len({one.index for one in run.rounds}) == 4


def test_without_a_date_the_run_is_as_old_as_its_file_and_says_that_it_does_not_know():
    run = read(theirs(runs=[{"values": [1.0]}]))
    assert run.created == ORIGIN.modified
    assert run.environment["imported"]["measured"] is None


def test_formats_5_and_6_are_read_and_are_the_same_run():
    common, (_calibration, *processes) = {"name": "sum"}, THEIRS["benchmarks"][0]["runs"]
    six = THEIRS | {"version": 6, "benchmarks": [{"metadata": common, "runs": processes}]}
    older = [{"samples": one["values"], "metadata": one["metadata"]} for one in processes]
    five = {"version": 5, "benchmarks": [{"common_metadata": common | THEIRS["metadata"], "runs": older}]}
    assert read(five) == replace(read(six), problem=read(five).problem)
    assert [burst.sample_ns for one in read(five).rounds for burst in one.workers[0].bursts] == [
        (1556480, 1515520),
        (3194880, 2949120),
    ]


def test_a_compressed_file_is_the_same_run():
    data = json.dumps(THEIRS).encode()
    assert formats.read(gzip.compress(data), ORIGIN) == formats.read(data, ORIGIN)


def test_what_is_no_time_is_left_out_by_name_and_the_rest_is_imported():
    memory = {"metadata": {"name": "rss", "unit": "byte"}, "runs": [{"values": [8085504]}]}
    run = read(THEIRS | {"benchmarks": [memory, *THEIRS["benchmarks"]]})
    assert [arm.case.id for arm in run.arms] == ["pyperf[sum]"]
    assert [(one.title, one.reason) for one in run.left] == [("rss", "is in bytes; only times can be imported")]


def test_loops_of_the_calibration_are_not_those_of_a_process_that_names_none():
    runs = [{"metadata": {"loops": 64}}, {"values": [1e-3]}]
    (one,) = read({"version": "1.0", "benchmarks": [{"metadata": {"name": "sum"}, "runs": runs}]}).rounds
    assert one.workers[0].bursts[0].number == 1


def test_a_machine_that_names_no_cpu_is_told_by_its_host_and_not_by_its_kernels_release():
    def machine(host, platform):
        about = {"hostname": host, "platform": platform, "cpu_count": 4}
        return read({"version": "1.0", "metadata": about, "benchmarks": THEIRS["benchmarks"]}).environment

    here, updated, other = (
        machine("a", "Linux-5.8.12-aarch64-with-glibc2.31"),
        machine("a", "Linux-6.1.0-aarch64-with-glibc2.36"),
        machine("b", "Linux-5.8.12-aarch64-with-glibc2.31"),
    )
    assert here["fingerprint"] == updated["fingerprint"] != other["fingerprint"]
    assert here["system"] == {"os": "Linux", "release": None, "architecture": "aarch64"}
    assert here["host"] == "a"


def test_the_commit_is_read_where_pyperformance_writes_it():
    run = read(THEIRS | {"metadata": THEIRS["metadata"] | {"commit_id": "7d4cc5a"}})
    assert run.environment["commit"] == {"id": "7d4cc5a", "dirty": None}


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (THEIRS | {"version": 4}, "found 4, expected 5, 6, '1.0'"),
        ({"benchmarks": []}, "found no version"),
        (THEIRS | {"benchmarks": []}, "holds no benchmark with a time"),
        (theirs(metadata={}), "the first, 'benchmark 1', has no name"),
        (theirs(metadata={"name": "\x1b[0m"}), "has no name"),
        (theirs(metadata={"name": "rss", "unit": "byte"}), "'rss', is in bytes; only times can be imported"),
        (theirs(metadata={"name": "n", "unit": "integer"}), "'n', is in integers; only times can be imported"),
        (theirs(runs=[]), "'sum', has no values"),
        (theirs(runs=[{"values": [-1.0]}]), "'sum', has a sample of -1.0 s"),
        (theirs(metadata={"name": "sum", "loops": 0}), "expected whole numbers of at least 1"),
        (theirs(metadata={"name": "sum", "loops": 10**30}), "samples of 1"),
        (theirs(runs=[{"values": "abc"}]), "Expected `array`, got `str`"),
        ({"benchmarks": 3}, "holds no benchmarks"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_sentence(document, told):
    with pytest.raises(ImplbenchError, match=told) as caught:
        read(document)
    assert "\n" not in str(caught.value)
