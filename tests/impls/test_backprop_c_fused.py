"""backprop in C: right at every width of vectors, number of threads and memory order; compiled once, loaded whole."""

import os
import platform
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from bench.machine import hardware

Load = Callable[[str, str], ModuleType]
Arrange = Callable[..., dict[str, Any]]
Worst = Callable[..., float]

FOLDER = Path(__file__).parents[2] / "impls" / "backprop"
SIZES = (  # whole vectors and not, of both; one column left over; less than a tile; more than a block
    {"m": 100, "n": 16, "p": 9},
    {"m": 77, "n": 64, "p": 16},
    {"m": 130, "n": 81, "p": 49},
    {"m": 5, "n": 3, "p": 17},
    {"m": 600, "n": 33, "p": 1},
)
NARROWER = (("-march=x86-64-v3", "-fopenmp"), ("-march=x86-64",))

pytestmark = [pytest.mark.slow, pytest.mark.machine]

every_dtype = pytest.mark.parametrize("dtype", ["float64", "float32"])
every_size = pytest.mark.parametrize("size", SIZES, ids=str)


@pytest.fixture(autouse=True)
def cache_of_the_tests(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is compiled is kept for as long as the tests run, and nowhere else."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture
def c_fused(load: Load) -> ModuleType:
    module = load("backprop", "c_fused")
    if reason := module.unavailable():
        pytest.skip(reason)
    return module


@pytest.fixture
def building(c_fused: ModuleType) -> ModuleType:
    found: ModuleType = c_fused.building
    return found


@pytest.fixture
def unoptimised(building: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compile in a third of the time, where how it is compiled is not the point."""
    monkeypatch.setattr(building, "COMMON", tuple(flag for flag in building.COMMON if flag != "-O3"))


@pytest.fixture
def empty(unoptimised: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A cache of this test's own; the folder that the libraries will be in."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "implbench"


@pytest.fixture(scope="session")
def problem(load: Load) -> ModuleType:
    return load("backprop", "problem")


# Right


@every_size
@every_dtype
@pytest.mark.parametrize("layout", ["C", "F", "CFCFF"])
def test_it_is_right_at_any_number_of_units(
    *,
    problem: ModuleType,
    c_fused: ModuleType,
    arranged: Arrange,
    worst: Worst,
    size: dict[str, int],
    dtype: str,
    layout: str,
) -> None:
    inputs = arranged(problem.inputs(size, dtype, "random", 1), layout)
    assert worst(problem, inputs, c_fused.prepare(inputs)(), dtype) <= 1


@every_dtype
def test_it_is_right_on_parts_of_larger_arrays(
    problem: ModuleType, c_fused: ModuleType, worst: Worst, dtype: str
) -> None:
    inputs = problem.inputs({"m": 90, "n": 64, "p": 25}, dtype, "random", 1)
    for name, part in (("x", np.s_[::2]), ("a1", np.s_[:, ::3]), ("a2", np.s_[::-1]), ("theta2", np.s_[:, ::-1])):
        shape = inputs[name].shape
        whole = np.zeros([3 * length for length in shape], dtype)[part][: shape[0], : shape[1]]
        whole[...] = inputs[name]
        inputs[name] = whole
    assert worst(problem, inputs, c_fused.prepare(inputs)(), dtype) <= 1


@every_dtype
@pytest.mark.parametrize("m", [1, 64, 65, 257, 1000])
def test_two_threads_give_the_same_right_answer_each_time(
    problem: ModuleType, c_fused: ModuleType, worst: Worst, dtype: str, m: int
) -> None:
    inputs = problem.inputs({"m": m, "n": 64, "p": 25}, dtype, "random", 1)
    c_fused.prepare(inputs)  # so that the library is there to be limited
    with threadpool_limits(2):
        if c_fused.building.library(dtype).threads_now() != 2:
            pytest.skip("the compiler knows no OpenMP")
        step = c_fused.prepare(inputs)
        first, again = step(), step()
    assert worst(problem, inputs, first, dtype) <= 1
    assert all((one == other).all() for one, other in zip(first, again, strict=True))
    with threadpool_limits(1):
        assert worst(problem, inputs, step(), dtype) <= 1


@pytest.mark.skipif(platform.machine() != "x86_64", reason="these are flags of x86-64")
@pytest.mark.parametrize("flags", NARROWER, ids=lambda flags: flags[0])
@every_dtype
def test_it_is_right_with_narrower_vectors(
    *,
    problem: ModuleType,
    c_fused: ModuleType,
    worst: Worst,
    monkeypatch: pytest.MonkeyPatch,
    flags: tuple[str, ...],
    dtype: str,
) -> None:
    if "-march=x86-64-v3" in flags and "avx2" not in (hardware.cpu()["simd"] or ()):
        pytest.skip("this CPU has no AVX2, or does not tell")
    monkeypatch.setattr(c_fused.building, "CHOICES", [flags])
    for size in (*SIZES, {"m": 257, "n": 64, "p": 25}):
        inputs = problem.inputs(size, dtype, "random", 1)
        assert worst(problem, inputs, c_fused.prepare(inputs)(), dtype) <= 1, size


def test_an_unhelpful_number_stays_in_its_row(problem: ModuleType, c_fused: ModuleType) -> None:
    """Vectors reach beyond rows; no answer may depend on what lies there, nor lose a NaN or an infinity."""
    inputs = problem.inputs({"m": 20, "n": 16, "p": 11}, "float64", "random", 1)
    inputs["a2"][3, 4], inputs["x"][5, 6] = np.nan, np.inf
    grad_w1, grad_w2, grad_b1, grad_b2 = c_fused.prepare(inputs)()
    assert np.isnan(grad_w2[:, 4]).all()
    assert np.isnan(grad_b1[4])
    assert grad_b2[6] == -np.inf
    assert np.isfinite(np.delete(grad_b2, 6)).all()
    assert not np.isfinite(grad_w1).any()  # every unit's delta2 of sample 5
    assert np.isfinite(np.delete(np.delete(grad_w2, 4, axis=1), 6, axis=0)).all()


def test_other_dtypes_are_not_supported(c_fused: ModuleType) -> None:
    assert c_fused.unsupported(SimpleNamespace(dtype="float64")) is None
    assert c_fused.unsupported(SimpleNamespace(dtype="complex128")) == "is written for float64 and float32"


# Compiled and kept


@pytest.mark.parametrize("variables", [{"PATH": ""}, {"CC": "no-such-compiler"}])
def test_without_a_compiler_it_is_unavailable(
    load: Load, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    monkeypatch.delenv("CC", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert load("backprop", "c_fused").unavailable() == "needs a C compiler (cc)"


def test_a_compiler_that_fails_is_quoted(building: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    compiler = tmp_path / "cc"
    compiler.write_text("#!/bin/sh\necho no licence >&2\nexit 1\n")
    compiler.chmod(0o700)
    monkeypatch.setenv("CC", str(compiler))
    with pytest.raises(RuntimeError, match=r"^kernel\.c does not compile: no licence\Z"):
        building.library("float64")


def test_flags_that_the_compiler_does_not_take_are_left_out(
    building: ModuleType, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "CHOICES", [("--no-such-flag",), *building.CHOICES])
    assert building.library("float64").threads_now() >= 1
    assert len(list(empty.iterdir())) == 1


def test_what_was_compiled_is_used_again(building: ModuleType, empty: Path) -> None:
    building.library("float32")
    (before,) = [(file.name, file.stat().st_ino, file.stat().st_mtime_ns) for file in empty.iterdir()]
    building.library("float32")
    assert [(file.name, file.stat().st_ino, file.stat().st_mtime_ns) for file in empty.iterdir()] == [before]


def test_source_flags_and_compiler_tell_libraries_apart(building: ModuleType, tmp_path: Path) -> None:
    command = [*building.compiler(), *building.COMMON]
    sources = building.SOURCES
    keys = [building.made_from([*command, f"-DREAL={name}"], sources) for name in ("float", "double")]
    keys.append(building.made_from([*command, "-DREAL=float", "-D__VERSION__=another"], sources))
    changed = tmp_path / "tiles.h"
    changed.write_bytes(sources[1].read_bytes() + b"\n")
    keys.append(building.made_from([*command, "-DREAL=float"], (sources[0], changed, *sources[2:])))
    assert len(set(keys)) == 4


@pytest.mark.parametrize("damage", [lambda whole: whole[: len(whole) // 2], lambda _: b"", lambda whole: whole + b"!"])
def test_a_damaged_library_is_compiled_again(
    building: ModuleType, empty: Path, damage: Callable[[bytes], bytes]
) -> None:
    building.library("float32")
    (file,) = empty.iterdir()
    whole = file.read_bytes()
    file.unlink()  # and not written over: it is loaded
    file.write_bytes(damage(whole))
    assert building.library("float32").threads_now() >= 1
    (again,) = empty.iterdir()
    assert again.name == building.named(again.name.split("-")[0], again.read_bytes())


def test_builders_at_the_same_time_do_no_harm(empty: Path, building: ModuleType) -> None:
    program = (
        "import sys; from pathlib import Path; from bench.problems.implementation import load\n"
        "building = load(Path(sys.argv[1]), 'c_fused').building; building.COMMON = sys.argv[2:]\n"
        "print(building.library('float32').threads_now())"
    )
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    builders = [
        subprocess.Popen(
            [sys.executable, "-c", program, FOLDER, *building.COMMON],
            cwd=FOLDER.parents[1],
            env=environment,
            stdout=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    assert [builder.communicate(timeout=300)[0] for builder in builders] == [b"1\n"] * 3
    assert building.library("float32").threads_now() >= 1
    assert {file.suffix for file in empty.iterdir()} == {".so"}


@pytest.mark.usefixtures("unoptimised")
def test_without_a_cache_it_compiles_all_the_same(
    problem: ModuleType, c_fused: ModuleType, worst: Worst, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", os.devnull)
    inputs = problem.inputs({"m": 7, "n": 4, "p": 3}, "float32", "random", 1)
    assert worst(problem, inputs, c_fused.prepare(inputs)(), "float32") <= 1


def test_nothing_is_written_beside_the_source() -> None:
    files = {file.name for file in (FOLDER / "c_fused").iterdir()} - {"__pycache__"}
    assert files == {"__init__.py", "building.py", "kernel.c", "tiles.h", "vectors.h"}
