"""What is recorded about the place of a run, and what must not be."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import bench
from bench.machine import environment, hardware

ROOT = Path(bench.__file__).parents[1]


def git(folder, *arguments):
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    # Without git's own variables: in a hook they would lead to the checkout's repository.
    environ = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "GIT_CONFIG_GLOBAL")}
    command = [shutil.which("git") or "git", *who, "-C", str(folder), *arguments]
    subprocess.run(command, check=True, capture_output=True, env=environ)


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository with one commit of the folder of a problem."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    folder = tmp_path / "repository" / "problem"
    folder.mkdir(parents=True)
    (folder / "problem.py").write_text("one")
    git(folder.parent, "init", "--quiet")
    git(folder.parent, "add", ".")
    git(folder.parent, "commit", "--quiet", "-m", "one")
    return folder.parent


def test_a_capture_is_json_and_survives_the_round_trip():
    captured = environment.capture()
    assert json.loads(json.dumps(captured)) == captured
    assert captured["cpu"]["logical"] == os.cpu_count()
    assert captured["memory_bytes"] > 2**20
    assert captured["cpus_allowed"] == list(hardware.allowed_cpus())
    assert captured["python"]["version"] == sys.version.split()[0]


def test_a_capture_imports_no_numerical_library():
    script = (
        "import sys; from bench.machine import environment, load; environment.capture(); load.snapshot();"
        "print(sorted({'numpy', 'scipy', 'pandas', 'threadpoolctl', 'matplotlib', 'numba', 'jax'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_two_captures_have_one_fingerprint_whatever_the_clock_does(monkeypatch):
    monkeypatch.setattr(hardware, "frequency_hz", lambda: 1e9)
    slow = environment.capture()
    monkeypatch.setattr(hardware, "frequency_hz", lambda: 5e9)
    fast = environment.capture()
    assert slow["cpu"]["frequency_hz"] != fast["cpu"]["frequency_hz"]
    assert slow["fingerprint"] == fast["fingerprint"]


def test_no_token_is_ever_captured(monkeypatch):
    for name in (
        "SECRET_TOKEN",
        "JAX_SERVICE_TOKEN",
        "TORCH_HUB_AUTH",
        "CUDA_API_KEY",
        "OMP_PASSWORD",
        "SOMETHING_ELSE",
    ):
        monkeypatch.setenv(name, "hush-hush")
    assert "hush-hush" not in json.dumps(environment.capture())


def test_the_variables_that_explain_results_are_captured(monkeypatch):
    named = {
        "OPENBLAS_CORETYPE": "Haswell",
        "MALLOC_TOP_PAD_": "1",
        "GLIBC_TUNABLES": "glibc.malloc.top_pad=1",
        "OMP_NUM_THREADS": "2",
        "PYTHONHASHSEED": "0",
    }
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    assert named.items() <= environment.capture()["variables"].items()


def test_what_is_not_installed_is_missing():
    asked = [
        "numpy",
        "implbench-no-such-distribution",
        "pytest_benchmark",
        "Pytest.Benchmark",
        "numpy>=2",
        "psutil[test]",
    ]
    assert environment.missing(asked) == ("implbench-no-such-distribution",)
    assert environment.missing([]) == ()
    assert environment.missing(["=="]) == ("==",)


def test_versions_are_those_of_the_distributions_that_are_installed(monkeypatch):
    monkeypatch.setattr(environment, "DISTRIBUTIONS", ("numpy", "implbench-no-such-distribution"))
    import numpy as np

    assert environment.capture()["distributions"] == {"numpy": np.__version__}


def test_the_commit_of_a_clean_checkout_is_told(repository):
    found = environment.capture(repository / "problem")["commit"]
    assert len(found["id"]) == 40
    assert found["dirty"] is False


def test_a_changed_file_anywhere_in_the_repository_makes_it_dirty(repository):
    (repository / "harness.py").write_text("one")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "two")
    assert environment.commit(repository / "problem")["dirty"] is False
    (repository / "harness.py").write_text("two")
    assert environment.commit(repository / "problem")["dirty"] is True


def test_an_untracked_file_makes_it_dirty_in_the_folder_but_not_beside_it(repository):
    (repository / "run.json").write_text("{}")
    assert environment.commit(repository / "problem")["dirty"] is False
    (repository / "problem" / "new.py").write_text("")
    assert environment.commit(repository / "problem")["dirty"] is True


def test_the_commit_is_that_of_the_folder_even_inside_a_git_hook(repository, tmp_path, monkeypatch):
    expected = environment.commit(repository)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    assert environment.commit(repository) == expected


def test_where_there_is_no_commit_or_no_git_the_commit_is_unknown(repository, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    git(tmp_path, "init", "--quiet", "empty")
    assert environment.commit(tmp_path / "empty") is None
    assert environment.commit(tmp_path / "no such folder") is None
    assert environment.capture()["commit"] is None
    monkeypatch.setenv("PATH", "")
    assert environment.commit(repository) is None


def test_the_numeric_stack_tells_the_blas_that_numpy_uses():
    import numpy as np

    found = environment.numeric_stack()
    assert found["numpy"] == np.__version__
    assert found["blas"]["name"]
    assert set(found["blas"]) == {"name", "version", "kernel", "threads"}
    assert json.loads(json.dumps(found)) == found


def test_a_blas_that_threadpoolctl_does_not_see_has_the_name_it_was_built_with_and_an_unknown_kernel(monkeypatch):
    import threadpoolctl

    monkeypatch.setattr(threadpoolctl, "threadpool_info", list)
    assert environment._blas({"name": "accelerate", "version": "1"}) == {
        "name": "accelerate",
        "version": "1",
        "kernel": None,
        "threads": None,
    }


def test_the_simd_tier_is_the_highest_found_and_unknown_where_numpy_does_not_tell():
    assert environment._simd({"baseline": ["X86_V2"], "found": ["X86_V3", "X86_V4"]})["tier"] == "X86_V4"
    assert environment._simd({"baseline": ["X86_V2"]})["tier"] == "X86_V2"
    assert set(environment._simd({}).values()) == {None}
