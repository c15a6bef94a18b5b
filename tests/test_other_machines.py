"""The harness on machines that are made up: fewer or more CPUs, no /proc, another BLAS or none, no extended precision.

Clocks of coarser steps and slower CPUs are in test_runner, where they are to change no verdict.
"""

import json
from pathlib import Path

import numpy as np
import pytest
import threadpoolctl

from bench.cli.main import main
from bench.errors import Exit
from bench.machine import environment, hardware, load
from bench.problems import implementation, problem
from bench.problems.case import Case, Size
from bench.worker import correctness
from bench.worker.outcome import Unfit
from bench.worker.outputs import leaves_of, named
from bench.worker.protocol import CaseSpec, Start, WriteInputs
from bench.worker.values.comparison import Expected
from tests import noise
from tests.verified import VerifiedBench, write_inputs

CHECKOUT = Path(__file__).parent.parent
FAKES = CHECKOUT / "tests" / "fakes" / "product"
TEMPLATES = CHECKOUT / "bench" / "templates" / "folder"


@pytest.fixture
def without_proc(monkeypatch, tmp_path):
    """Take away /proc and /sys, what psutil and the C library tell, and the setting of affinity."""
    monkeypatch.setattr(hardware.cpu, "__defaults__", (tmp_path,))
    for function in (hardware.caches, hardware.turbo, hardware.huge_pages, hardware.cpu_quota):
        monkeypatch.setattr(function, "__defaults__", (tmp_path,))
    for module in (hardware, load):
        monkeypatch.setattr(module, "frequency_hz", lambda: None)
    monkeypatch.setattr(load, "load_average", lambda: None)
    monkeypatch.delattr(hardware.os, "sched_getaffinity", raising=False)


def run(capsys, tmp_path, *arguments):
    words = ["run", str(FAKES), "--impl", "honest_too", "--size", "S", "--json", "--results", str(tmp_path)]
    code = main([*words, *arguments])
    return code, capsys.readouterr()


@pytest.mark.parametrize(("cpus", "most"), [((0,), 1), ((3, 5), 2), (tuple(range(64)), 64)])
def test_as_many_threads_can_be_asked_for_as_there_are_cpus(capsys, tmp_path, simulated, cpus, most):
    simulated(cpus=cpus, noise=noise.QUIET)
    code, _ = run(capsys, tmp_path, "--threads", str(most))
    assert code == Exit.FINE
    code, printed = run(capsys, tmp_path, "--threads", str(most + 1))
    assert code == Exit.USAGE
    assert f"--threads {most + 1}: expected 1 to {most}, the number of CPUs" in printed.err


def test_without_proc_what_is_known_is_captured_and_the_rest_is_unknown(without_proc):
    captured = environment.capture()
    assert json.loads(json.dumps(captured)) == captured
    assert captured["cgroup"] == {"cpus": None}
    assert captured["cpu"]["governor"] is None
    assert captured["fingerprint"] == environment.capture()["fingerprint"]
    assert captured["cpus_allowed"] == list(hardware.allowed_cpus()) != []


def test_without_proc_doctor_says_what_it_can(without_proc, capsys, tmp_path):
    assert main(["doctor", "--json", "--results", str(tmp_path)]) == Exit.FINE
    assert json.loads(capsys.readouterr().out)


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("blas", ["mkl", "blis", "accelerate", None])
def test_a_run_on_another_blas_or_on_none_that_can_be_seen_is_reported_as_any_other(capsys, tmp_path, simulated, blas):
    simulated(blas=blas, noise=noise.QUIET)
    code, _ = run(capsys, tmp_path / "results")
    assert code == Exit.FINE
    (document,) = (tmp_path / "results").glob("*.json")
    assert main(["report", str(document), "--output", str(tmp_path / "reports")]) == Exit.FINE
    (page,) = (tmp_path / "reports").glob("*/report.md")
    assert "`honest_too`" in page.read_text()


def test_a_blas_that_cannot_be_seen_is_that_which_numpy_was_built_with(monkeypatch):
    monkeypatch.setattr(threadpoolctl, "threadpool_info", list)
    blas = environment.numeric_stack()["blas"]
    assert blas["name"] == np.show_config(mode="dicts")["Build Dependencies"]["blas"].get("name")
    assert (blas["kernel"], blas["threads"]) == (None, None)


@pytest.fixture
def double_alone(monkeypatch):
    """A machine whose longdouble is no wider than double: arm64 of Apple, MSVC."""
    monkeypatch.setattr(np, "longdouble", np.float64)


@pytest.mark.parametrize(("name", "outcome"), [("honest", None), ("honest_too", None), ("dropped_sample", "wrong")])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_without_extended_precision_right_is_right_and_wrong_is_wrong(double_alone, tmp_path, name, outcome, dtype):
    size = Size(name="S", values={"m": 200})
    case = Case(
        problem="product", implementation=name, size=size, dtype=dtype, layout="C", threads=1, allocator="default",
        data="uniform",
    )  # fmt: skip
    inputs = tmp_path / "inputs"
    spec = CaseSpec(case=case, folder=FAKES, importable=FAKES, inputs=inputs, outputs=("product",))
    write_inputs(WriteInputs(spec=spec, seed=1, other_data="uniform"))
    bench = VerifiedBench(Start(spec=spec, implementation=name, layout={"x": "C", "y": "C"}))
    if outcome is None:
        bench.start()
        assert bench.finish().verification[0].error_over_tolerance < 1
    else:
        with pytest.raises(Unfit, match="times the tolerance") as caught:
            bench.start()
        assert caught.value.outcome == outcome


@pytest.mark.parametrize("folder", [TEMPLATES, problem.BUNDLED / "matmul"], ids=lambda folder: folder.name)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_references_without_extended_precision_are_still_within_the_tolerance(double_alone, folder, dtype):
    module, found = implementation.load(folder, "problem"), problem.read(folder)
    inputs = module.inputs(module.SIZES["S"], dtype, found.data[0], 1)
    step = implementation.load(folder, found.baseline).prepare(inputs)
    roundoff = float(np.finfo(dtype).eps) / 2
    expected = Expected(
        leaves=leaves_of(module.reference(inputs), judged=False),
        tolerance=module.tolerance(inputs, roundoff),
        dtypes=dict.fromkeys(found.outputs, dtype),
        strict=True,
    )
    errors = correctness.check(leaves_of(named(step(), found.outputs), judged=False), expected)
    assert all(one.error_over_tolerance < 1 for one in errors)
