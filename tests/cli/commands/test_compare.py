"""`implbench compare` on real versions of a real problem: on a simulated machine, and once with real workers."""

import json
import os
import re
import shutil
import signal
import sys
from pathlib import Path
from random import Random

import psutil
import pytest

from bench.cli.main import main
from bench.errors import Exit
from bench.measure.environments import Environment
from bench.measure.scratch import SCRATCH
from bench.store.records import Role
from bench.store.worker_records import Outcome, Peak
from bench.versions import builds, reads
from tests import noise
from tests.repositories import commit, edit, git, repository, says
from tests.simulated import Simulation
from tests.started import gone, started, until, workers
from tests.truth import Truth
from tests.warned import warnings

CHECKOUT = Path(__file__).parents[3]

#: What no gate on any machine may end with where both sides compute the same and right.
NO_ALARM = (Exit.FINE, Exit.UNDECIDED)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A repository of three kernels, with one commit."""
    place = repository(tmp_path / "repository", "honest", "honest_too", "copying")
    monkeypatch.chdir(place)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    return place


def compared(capsys, *arguments):
    """Return exit code and JSON of a comparison of HEAD with the working tree."""
    code = main(["compare", "HEAD", "--budget", "30", "--json", *arguments])
    out, err = capsys.readouterr()
    assert out, err
    return code, json.loads(out)


def state(folder):
    """Return what a repository must be like before and after."""
    return git(folder, "worktree", "list"), git(folder, "status", "--porcelain")


def any_child(process):
    """Return the processes that a command has started: git, before there are workers."""
    return psutil.Process(process.pid).children(recursive=True)


def verdicts(found):
    return {one["id"].split("[")[1].split("-")[0]: one["verdict"] for one in found["benchmarks"]}


@pytest.mark.slow
def test_versions_are_measured_by_real_workers_and_a_wrong_one_comes_before_any_time(folder, capsys):
    edit(folder, "honest", "        return np.dot(x.T, y)", "        np.empty(1000)\n        return np.dot(x.T, y)")
    edit(folder, "honest_too", "x.T @ y", "x[:-1].T @ y[:-1]")
    code, found = compared(capsys, "--margin", "50%", "--budget", "1")
    assert (code, verdicts(found)["honest_too"]) == (Exit.WRONG, "wrong")
    assert [one["name"] for one in found["skipped"]] == ["product[copying-M-float64-C-1t-retain]"]
    measured, wrong = sorted(found["benchmarks"], key=lambda one: one["verdict"] == "wrong")
    assert "allocations of arrays a call: 1 -> 2" in measured["counts"]
    assert "bytes of these a call: 240 -> 8,240" in measured["counts"]
    assert measured["ratio_head_over_base"]["value"] > 0
    assert re.search(r"HEAD is wrong: product\[\d, \d\] is off by .* times the tolerance", wrong["reason"])
    assert wrong["ratio_head_over_base"] is None


@pytest.mark.parametrize("bent", [noise.QUIET, noise.SHARED], ids=["quiet", "shared"])
def test_a_version_that_does_its_work_twice_is_named_as_slower(folder, capsys, simulated, bent):
    simulated(noise=bent)
    says(folder, "honest", SECONDS=0.002)
    code, found = compared(capsys)
    assert (code, verdicts(found)) == (Exit.REGRESSION, {"honest": "slower"})
    (one,) = found["benchmarks"]
    assert one["suspect"]
    low, high = one["ratio_head_over_base"]["interval"]
    assert 1.8 < low < 2 < high < 2.2


def test_a_version_that_does_half_its_work_is_named_as_faster(folder, capsys, simulated):
    simulated(noise=noise.QUIET)
    says(folder, "honest", SECONDS=0.002)
    commit(folder, "slow")
    says(folder, "honest", SECONDS=0.001)
    code, found = compared(capsys)
    assert (code, verdicts(found)) == (Exit.FINE, {"honest": "faster"})


@pytest.mark.parametrize("slower", [1.06, 1.1, 1.3])
def test_the_one_of_several_that_became_slower_is_named_alone(folder, capsys, simulated, slower):
    simulated(noise=noise.QUIET)
    for name, factor in (("honest", 1.0), ("honest_too", slower), ("copying", 1.0)):
        says(folder, name, SECONDS=0.001 * factor)
    code, found = compared(capsys, "--budget", "90")
    assert code == Exit.REGRESSION
    assert [name for name, verdict in verdicts(found).items() if verdict == "slower"] == ["honest_too"]
    assert set(verdicts(found).values()) <= {"slower", "equivalent"}


@pytest.mark.parametrize("model", noise.MODELS)
@pytest.mark.parametrize("seed", range(3))
def test_the_same_code_is_measured_on_demand_and_never_called_slower(folder, capsys, simulated, model, seed):
    simulated(noise=noise.MODELS[model], seed=seed)
    code, found = compared(capsys, "--all", "--seed", str(seed))
    assert code in NO_ALARM
    assert len(found["benchmarks"]) == 3
    assert "slower" not in verdicts(found).values()
    assert found["noise_floor"]["interval"] is not None
    if model == "quiet":
        assert (code, set(verdicts(found).values())) == (Exit.FINE, {"equivalent"})


def test_what_the_budget_does_not_pay_for_is_undecided_and_never_passed(folder, capsys, simulated):
    simulated(noise=noise.QUIET)
    says(folder, "honest", SECONDS=5.0)
    code, found = compared(capsys)
    assert (code, verdicts(found)) == (Exit.UNDECIDED, {"honest": "undecided"})


def test_more_page_faults_are_a_finding_by_count(folder, capsys, simulated):
    simulated(noise=noise.QUIET)
    says(folder, "honest", FAULTS=935)
    _, found = compared(capsys)
    (one,) = found["benchmarks"]
    assert one["counts"][0].startswith("minor page faults a call: 0 -> 935 in all ")


def test_a_version_that_was_wrong_before_cannot_be_compared(folder, capsys, simulated):
    simulated()
    says(folder, "honest", OUTCOME="wrong")
    commit(folder, "wrong")
    says(folder, "honest", OUTCOME="ok")
    code, found = compared(capsys)
    assert (code, verdicts(found)) == (Exit.NOTHING_MEASURED, {"honest": "not comparable"})


@pytest.mark.parametrize("outcome", ["wrong", "failed", "crashed", "timeout", "out-of-memory"])
def test_whatever_a_version_ends_with_comes_before_any_time(folder, capsys, simulated, outcome):
    simulated(noise=noise.QUIET)
    says(folder, "honest", OUTCOME=outcome)
    says(folder, "honest_too", SECONDS=0.002)
    code, found = compared(capsys, "--budget", "300")
    assert (code, verdicts(found)) == (Exit.WRONG, {"honest": "wrong", "honest_too": "slower"})


def test_rounds_that_do_not_count_are_told_and_held_again(folder, capsys, simulated):
    simulated(noise=noise.QUIET, discarded=dict.fromkeys((0, 3), "the clock jumped by 3 s"))
    says(folder, "honest", SECONDS=0.001)
    code, found = compared(capsys, "--impl", "honest")
    (one,) = found["benchmarks"]
    assert (code, one["verdict"], one["rounds"]) == (Exit.FINE, "equivalent", 8)
    assert warnings(found) == [f"{one['id']}: rounds that do not count: 2, because the clock jumped by 3 s"]


def test_that_a_remembered_answer_cannot_be_told_is_told(folder, capsys, simulated):
    simulated(doubt="its inputs are the same for every seed")
    says(folder, "honest", SECONDS=0.001)
    _, found = compared(capsys, "--impl", "honest")
    assert warnings(found) == [f"{found['benchmarks'][0]['id']}: its inputs are the same for every seed"]


def test_a_version_that_is_wrong_in_a_round_that_does_not_count_is_wrong(folder, capsys, simulated):
    def law(arm, source, index):
        outcomes = {Role.CASE: Outcome.WRONG, Role.BASELINE: Outcome.NOT_MEASURED} if not simulation.held else {}
        return Truth(outcome=outcomes.get(arm.role, Outcome.OK), reason="so it ended")

    simulation = simulated(truth=law, discarded={0: "the worker of base was ended"})
    says(folder, "honest", SECONDS=0.001)
    code, found = compared(capsys, "--impl", "honest")
    assert (code, verdicts(found)) == (Exit.WRONG, {"honest": "wrong"})
    assert "so it ended" in found["benchmarks"][0]["reason"]
    assert len(simulation.held) == 1


def test_comments_alone_leave_nothing_to_measure(folder, capsys):
    edit(folder, "honest", "    return step", "    # that is all\n    return step")
    code, found = compared(capsys)
    assert (code, found["benchmarks"]) == (Exit.NOTHING_MEASURED, [])
    assert {one["reason"] for one in found["skipped"]} == {"the same code on both sides (--all measures it)"}


def test_the_answer_is_written_for_a_pull_request(folder, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    (tmp_path / "summary.md").write_text("before\n")
    assert main(["compare", "HEAD", "--markdown", str(tmp_path / "page.md")]) == Exit.NOTHING_MEASURED
    page = (tmp_path / "page.md").read_text()
    assert page.startswith("# implbench compare\n\nNothing was measured: the same code on both sides")
    assert (tmp_path / "summary.md").read_text() == "before\n" + page
    assert "Nothing was measured" in capsys.readouterr().out


def test_a_revision_that_does_not_exist_is_one_sentence(folder, capsys):
    assert main(["compare", "no-such-branch"]) == Exit.USAGE
    assert capsys.readouterr().err == (
        "implbench: 'no-such-branch': neither a revision of this repository nor a folder; its branches are main\n"
    )


def test_a_summary_that_cannot_be_written_is_a_note_behind_the_answer(folder, capsys, monkeypatch, simulated):
    simulated(noise=noise.QUIET)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "/no/such/folder/file")
    says(folder, "honest", SECONDS=0.002)
    assert main(["compare", "HEAD", "--quiet"]) == Exit.REGRESSION
    said = capsys.readouterr()
    assert said.out.startswith("Slower: `product[honest-")
    assert said.err == "implbench: GITHUB_STEP_SUMMARY=/no/such/folder/file: not written: No such file or directory\n"


def test_a_name_that_is_not_utf8_anywhere_in_the_repository_is_no_matter(folder, capsys, simulated):
    simulated(noise=noise.QUIET)
    (folder / os.fsdecode(b"caf\xe9.txt")).write_text("x")
    commit(folder, "a name in Latin-1")
    says(folder, "honest", SECONDS=0.002)
    assert compared(capsys)[0] == Exit.REGRESSION


def test_problems_of_one_name_have_figures_of_their_own(folder, capsys, simulated):
    simulated(noise=noise.QUIET)
    for place in ("a", "b"):
        shutil.copytree(folder / "product", folder / place / "rows")
    commit(folder, "two of one name")
    for place, seconds in (("a", 0.003), ("b", 0.0010001)):
        says(folder, f"../{place}/rows/honest", SECONDS=seconds)
    code, found = compared(capsys, "--budget", "90")
    assert code == Exit.REGRESSION
    assert {one["id"].partition("-")[0]: one["verdict"] for one in found["benchmarks"]} == {
        "a/rows[honest": "slower",
        "b/rows[honest": "equivalent",
    }


def test_a_problem_that_gives_no_inputs_in_head_is_its_failure(folder, capsys, simulated):
    simulated(inputs_reason="failed: KeyError")
    says(folder, "honest", SECONDS=0.002)
    code, found = compared(capsys)
    assert (code, set(verdicts(found).values())) == (Exit.WRONG, {"wrong"})
    assert "cannot be verified: failed: KeyError" in found["benchmarks"][0]["reason"]


def test_what_vanished_is_told_and_never_passed(folder, capsys, simulated):
    simulated(noise=noise.QUIET)
    (folder / "product" / "honest.py").unlink()
    assert main(["compare", "HEAD", "--all"]) == Exit.WRONG
    told = capsys.readouterr().out
    assert told.startswith("Not a question of speed: 1 benchmark of HEAD failed. `product/honest`: vanished from HEAD")


def test_where_base_fails_in_everything_the_answer_is_that_nothing_could_be_compared(folder, capsys, simulated):
    simulated()
    says(folder, "honest", OUTCOME="failed", REASON="KeyError: 'x'")
    commit(folder, "broken")
    says(folder, "honest", OUTCOME="ok")
    assert main(["compare", "HEAD"]) == Exit.NOTHING_MEASURED
    assert capsys.readouterr().out.startswith("Nothing could be compared: `product[honest-")


def test_the_rule_about_tests_is_told_where_nothing_else_is_found(folder, capsys):
    (folder / "tests").mkdir()
    git(folder, "mv", "product", "tests/product")
    commit(folder, "move")
    assert main(["compare", "HEAD"]) == Exit.NOTHING_MEASURED
    told = capsys.readouterr().out
    assert "there is no problem in either version" in told
    assert "--problem" in told
    assert "`tests/product`" in told


def test_a_dry_run_says_what_would_be_measured_and_how_long_that_takes(folder, capsys, simulated):
    machine = simulated()
    says(folder, "honest", SECONDS=0.002)
    assert main(["compare", "HEAD", "--dry-run"]) == Exit.FINE
    told = capsys.readouterr().out
    assert told.startswith("Would measure 1 benchmark: `product[honest-M-float64-C-1t-retain]`, in 75 s (up to 150 s ")
    assert "Not measured, the same code on both sides" in told
    assert not any(worker.bursts for held in machine.held for worker in held.workers)
    code, found = compared(capsys, "--dry-run", "--all")
    assert (code, len(found["benchmarks"]), found["seconds"]) == (Exit.FINE, 3, 30)


def test_the_problems_of_another_version_measure_both(folder, capsys, simulated):
    simulated(noise=noise.QUIET)
    git(folder, "tag", "today")
    shutil.rmtree(folder / "product")
    (folder / "code.txt").write_text("as it was before there were benchmarks")
    commit(folder, "older")
    assert main(["compare", "HEAD", "HEAD", "--all"]) == Exit.NOTHING_MEASURED
    assert "there is no problem" in capsys.readouterr().out
    arguments = ["compare", "HEAD", "HEAD", "--all", "--problems-from", "today", "--json"]
    assert main(arguments) == Exit.FINE
    assert len(json.loads(capsys.readouterr().out)["benchmarks"]) == 3


@pytest.mark.parametrize("slowdown", [1.5, 2.0])
def test_on_a_busy_machine_what_is_slower_by_far_is_never_left_undecided(folder, capsys, simulated, slowdown):
    machine = simulated(noise=noise.SHARED, start_s=0.7)
    says(folder, "honest", SECONDS=0.001 * slowdown)
    code, found = compared(capsys, "--budget", "11")
    assert (code, verdicts(found)) == (Exit.REGRESSION, {"honest": "slower"})
    assert machine.clock() < 1 + 2 * 11 + 10  # twice the budget, and what comes before it


def test_time_beyond_the_budget_is_told(folder, capsys, simulated):
    simulated(noise=noise.QUIET, start_s=0.7)
    says(folder, "honest", SECONDS=0.0013)
    main(["compare", "HEAD", "--budget", "11"])
    assert "s longer than its budget: a benchmark was not decided by then." in capsys.readouterr().out


def test_a_problem_whose_path_cannot_be_written_is_told(folder, capsys):
    shutil.copytree(folder / "product", folder / os.fsdecode(b"caf\xe9"))
    commit(folder, "a folder in Latin-1")
    assert main(["compare", "HEAD", "--all", "--dry-run"]) == Exit.FINE
    assert "its path is not UTF-8: rename it" in capsys.readouterr().out


@pytest.mark.parametrize("options", [(), ("--all",)])
def test_compiled_sources_that_nobody_built_leave_it_undecided(folder, capsys, simulated, options):
    simulated(noise=noise.QUIET)
    (folder / "mine").mkdir()
    (folder / "mine" / "_speedups.c").write_text("int fast;\n")
    commit(folder, "speedups")
    (folder / "mine" / "_speedups.c").write_text("int slow;\n")
    code, found = compared(capsys, *options)
    assert code == Exit.UNDECIDED
    assert warnings(found)[0].startswith("mine/_speedups.c differs between the versions")
    assert bool(found["benchmarks"]) == bool(options)
    assert all("--build 'pip install {source}'" in one["reason"] for one in found["skipped"])


def test_versions_are_compared_in_each_environment(folder, capsys, simulated, monkeypatch):
    def truth(arm, source, index):
        slower = arm.role == Role.CASE and source.environment.label == "numpy 2.4.6"
        return 0.0015 if slower else 0.001

    simulated(noise=noise.QUIET, truth=truth)
    both = tuple(Environment(label=label) for label in ("numpy 2.3.5", "numpy 2.4.6"))
    monkeypatch.setattr(builds, "ready", lambda asked, tell: both)
    edit(folder, "honest", "np.dot(x.T, y)", "np.dot(x.T, y) * 1")
    code, found = compared(capsys, "--env", "numpy==2.3.5", "--env", "numpy==2.4.6", "--impl", "honest")
    assert code == Exit.REGRESSION
    assert {one["id"].rpartition("-")[2]: one["verdict"] for one in found["benchmarks"]} == {
        "numpy 2.3.5]": "equivalent",
        "numpy 2.4.6]": "slower",
    }


@pytest.mark.parametrize("is_built", [True, False])
def test_where_reading_cannot_be_seen_what_was_built_counts_as_loaded(folder, capsys, simulated, monkeypatch, is_built):
    simulated(noise=noise.QUIET)
    monkeypatch.setattr(reads, "are_recorded", lambda folder: False)
    names = ("fast.c", "fast.so") if is_built else ("fast.c",)
    for text in ("one", "two"):
        for name in names:
            (folder / name).write_text(text)
        if text == "one":
            commit(folder, "sources")
    code, _ = compared(capsys, "--all")
    assert code == (Exit.FINE if is_built else Exit.UNDECIDED)


def test_sources_that_a_worker_compiles_are_compared(folder, capsys, monkeypatch):
    (folder / "fast.pyx").write_text("one = 1\n")
    commit(folder, "sources")
    (folder / "fast.pyx").write_text("one = 2\n")

    def compiling(arm, source, index):
        (source.own.tree / "fast.pyx").read_bytes()
        return 0.003

    Simulation(truth=compiling).everywhere(monkeypatch)
    code, found = compared(capsys, "--impl", "honest")
    assert (code, verdicts(found), found["skipped"]) == (Exit.FINE, {"honest": "equivalent"}, [])


@pytest.fixture
def packaged(folder):
    """The repository with a package in src/ that one of its kernels uses, and the same package installed elsewhere."""
    for place in (folder / "src", folder.parent / "installed"):
        (place / "mine").mkdir(parents=True)
        (place / "mine" / "__init__.py").write_text("")
        (place / "mine" / "kernel.py").write_text("EXTRA = 0\n")
    edit(folder, "honest", "import numpy as np", "import importlib\n\nimport numpy as np")
    edit(folder, "honest", "np.dot(x.T, y)", "np.dot(x.T, y) + importlib.import_module('mine.kernel').EXTRA")
    commit(folder, "with a package")
    return folder


def test_each_versions_own_package_is_read_though_another_copy_is_installed(packaged, capsys, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(packaged.parent / "installed"))
    (packaged / "src" / "mine" / "kernel.py").write_text("EXTRA = 0 * 1\n")
    code, found = compared(capsys, "--dry-run", "--impl", "honest,copying")
    assert code == Exit.FINE
    assert [one.partition("-")[0] for one in found["benchmarks"]] == ["product[honest"]
    assert {one["reason"] for one in found["skipped"]} == {"the same code on both sides (--all measures it)"}


def test_code_that_comes_from_elsewhere_ends_the_comparison_with_both_places(packaged, capsys):
    elsewhere = packaged.parent / "installed"
    (packaged / "src").rename(packaged / "code")
    edit(packaged, "honest", "import importlib\n", f"import importlib\nimport sys\nsys.path.insert(0, '{elsewhere}')\n")
    assert main(["compare", "HEAD", "--impl", "honest"]) == Exit.WRONG
    said = capsys.readouterr().err
    assert f"mine was loaded from {elsewhere}/mine/__init__.py and not from this version's files in " in said
    assert "--path" in said
    assert main(["compare", "HEAD", "--impl", "honest", "--path", "code", "--dry-run", "--quiet"]) == Exit.FINE


@pytest.mark.parametrize("at", ["starting", "pass 1", "pass 2", "counting"])
def test_an_interrupt_at_any_moment_leaves_no_worktree_and_no_file(folder, tmp_path, monkeypatch, at):
    class Interrupted(Simulation):
        def say(self, doing):
            super().say(doing)
            if doing.startswith(at):
                raise KeyboardInterrupt

    Interrupted().everywhere(monkeypatch)
    monkeypatch.setenv(SCRATCH, str(tmp_path))
    before = state(folder), sorted(tmp_path.iterdir())
    assert main(["compare", "HEAD", "--all", "--markdown", str(tmp_path / "page.md")]) == Exit.INTERRUPTED
    assert (state(folder), sorted(tmp_path.iterdir())) == before


def test_a_reader_who_leaves_changes_nothing_of_the_exit_code(folder, tmp_path, simulated, monkeypatch):
    simulated(noise=noise.QUIET)
    says(folder, "honest", SECONDS=0.002)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as nobody_reads:
        monkeypatch.setattr(sys, "stdout", nobody_reads)
        assert main(["compare", "HEAD", "--budget", "30"]) == Exit.REGRESSION
    assert "Slower" in (tmp_path / "summary.md").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "found"), [(signal.SIGINT, any_child), (signal.SIGHUP, workers), (signal.SIGTERM, workers)]
)
def test_a_signal_ends_it_with_every_worker_and_leaves_nothing(folder, tmp_path, number, found):
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT), SCRATCH: str(tmp_path)}
    before = state(folder), sorted(tmp_path.iterdir())
    command = [sys.executable, "-m", "bench", "compare", "HEAD", "--all", "--budget", "600"]
    with started(command, folder, env=environment) as process:
        children = until(process, lambda: found(process))
        process.send_signal(number)
    assert process.returncode == Exit.INTERRUPTED
    assert gone(children)
    assert (state(folder), sorted(tmp_path.iterdir())) == before


def test_what_needs_more_in_head_than_is_here_is_never_passed(folder, capsys, simulated):
    simulated(noise=noise.QUIET)
    edit(folder, "honest", 'REQUIRES = ("numpy",)', 'REQUIRES = ("numpy", "no_such_distribution")')
    says(folder, "honest_too", SECONDS=0.001)
    code, found = compared(capsys)
    assert (code, [one["outcome"] for one in found["skipped"] if one["outcome"]]) == (Exit.UNDECIDED, ["unavailable"])


def peaks(folder, base, head):
    """Have an implementation say how much memory it takes in BASE and in HEAD, and the same time."""
    says(folder, "honest", SECONDS=0.001, PEAK=base)
    commit(folder, "base")
    says(folder, "honest", SECONDS=0.0010001, PEAK=head)


@pytest.fixture
def repository_told(folder, capsys, simulated):
    """Return a function that compares two versions by what they say of their memory."""

    def told(base, head, *arguments):
        simulated(noise=noise.QUIET)
        peaks(folder, base, head)
        return compared(capsys, *arguments)

    return told


MB = 1_000_000


@pytest.mark.parametrize(
    ("took", "more", "code", "said"),
    [
        ((50 * MB, 60 * MB), (), Exit.FINE, "larger"),
        ((50 * MB, 60 * MB), ("--gate-memory",), Exit.REGRESSION, "larger"),
        ((50 * MB, 60 * MB), ("--gate-memory", "--memory-margin", "30%"), Exit.FINE, "equivalent"),
        ((0, 60 * MB), ("--gate-memory",), Exit.REGRESSION, "larger"),
        ((1 * MB, 3 * MB), ("--gate-memory",), Exit.FINE, "equivalent"),
        ((50 * MB, 50 * MB + 65536), ("--gate-memory",), Exit.FINE, "equivalent"),
        ((60 * MB, 50 * MB), ("--gate-memory",), Exit.FINE, "smaller"),
        (("nobody tells", "nobody tells"), (), Exit.FINE, None),
        (("nobody tells", "nobody tells"), ("--gate-memory",), Exit.UNDECIDED, None),
    ],
)
def test_a_larger_peak_of_memory_is_told_and_a_regression_on_demand(repository_told, took, more, code, said):
    base, head = took
    ended, found = repository_told(base, head, *more)
    (one,) = found["benchmarks"]
    assert (ended, one["verdict"], one["memory"]["verdict"]) == (code, "equivalent", said)
    assert found["memory"]["gated"] == ("--gate-memory" in more)
    if isinstance(base, int) and min(base, head) > 4 * MB:
        assert one["memory"]["ratio_head_over_base"]["value"] == pytest.approx(head / base)
    else:
        assert one["memory"]["ratio_head_over_base"] is None


def test_of_many_benchmarks_each_has_the_rounds_that_a_gate_of_memory_takes(folder, capsys, simulated):
    same = Truth(seconds=0.001, peak=Peak(resident_bytes=5 * MB))
    simulated(noise=noise.QUIET, truth=lambda arm, source, index: same)
    for number in range(13):
        shutil.copy(folder / "product" / "honest.py", folder / "product" / f"honest_{number:02}.py")
    commit(folder, "many")
    code, found = compared(capsys, "--all", "--gate-memory", "--budget", "300")
    assert (code, len(found["benchmarks"])) == (Exit.FINE, 16)
    assert {one["rounds"] for one in found["benchmarks"]} == {9}


def test_peaks_that_vary_by_more_than_the_margin_are_undecided_and_no_alarm(folder, capsys, simulated):
    def law(arm, source, index):
        return Truth(seconds=0.001, peak=Peak(resident_bytes=round(50 * MB * generator.uniform(0.8, 1.25))))

    generator = Random(7)
    simulated(noise=noise.QUIET, truth=law)
    code, found = compared(capsys, "--all", "--gate-memory", "--impl", "honest")
    (one,) = found["benchmarks"]
    assert (code, one["memory"]["verdict"]) == (Exit.UNDECIDED, "undecided")


def test_whose_memory_grew_is_named_in_the_answer(folder, capsys, simulated):
    simulated(noise=noise.QUIET)
    peaks(folder, 50 * MB, 60 * MB)
    assert main(["compare", "HEAD", "--budget", "30", "--gate-memory", "--quiet"]) == Exit.REGRESSION
    told = capsys.readouterr().out
    assert told.startswith("More memory at the peak: `product[honest-M]` by 20.00 % [")
    assert "(50.0 MB -> 60.0 MB), against a margin of 10 %" in " ".join(told.split())
