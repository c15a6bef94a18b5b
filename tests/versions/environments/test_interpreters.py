"""Interpreters, found as uv and pyenv name them."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench.errors import ImplbenchError
from bench.versions.environments import interpreters


@pytest.fixture
def pyenv(tmp_path, monkeypatch):
    """Interpreters that say which they are, as pyenv has them; and no other on the path."""

    def add(name, version, folder=tmp_path / "versions"):
        place = folder / name / "bin"
        place.mkdir(parents=True)
        (place / "python").write_text(f'#!/bin/sh\necho \'["{version}", "CPython", "{place}/python"]\'\n')
        (place / "python").chmod(0o755)
        return place / "python"

    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.setattr(interpreters, "uv", lambda: None)
    return add


def test_the_newest_of_a_version_is_found(pyenv):
    for version in ("3.12.1", "3.12.10", "3.12.9", "3.1.2"):
        pyenv(version, version)
    found = interpreters.find("3.12")
    assert found.text == "CPython 3.12.10"
    assert found.path.parent.parent.name == "3.12.10"
    assert interpreters.find("3.12.9").version == "3.12.9"


def test_an_interpreter_can_be_named_by_its_path(pyenv, tmp_path):
    place = pyenv("mine", "3.14.0", tmp_path / "elsewhere")
    assert interpreters.find(str(place)).version == "3.14.0"


def test_that_of_the_harness_is_found_without_a_name():
    found = interpreters.find(None)
    assert found.version == ".".join(map(str, sys.version_info[:3]))
    assert found.path.exists()


def test_one_that_is_not_there_is_told_with_those_that_are(pyenv):
    pyenv("3.12.1", "3.12.1")
    with pytest.raises(ImplbenchError, match=r"--python 3\.99: there is no such interpreter here; there are 3\.12\.1 "):
        interpreters.find("3.99")


def test_one_that_is_too_old_for_a_worker_is_told(pyenv):
    pyenv("3.10.13", "3.10.13")
    with pytest.raises(ImplbenchError, match=r"is CPython 3\.10\.13, and a worker needs Python 3\.11 or newer"):
        interpreters.find("3.10")


@pytest.mark.parametrize("text", ["#!/bin/sh\nexit 3\n", "#!/bin/sh\necho hello\n", "no program\n"])
def test_what_is_no_interpreter_is_told(pyenv, tmp_path, text):
    place = pyenv("broken", "3.12.1")
    place.write_text(text)
    with pytest.raises(ImplbenchError, match="does not start as an interpreter of Python does"):
        interpreters.find(str(place))


def test_uv_is_asked_last(pyenv, monkeypatch, tmp_path):
    place = pyenv("hidden", "3.13.2", tmp_path / "uv")
    monkeypatch.setattr(interpreters, "uv", lambda: "uv")
    run = subprocess.run

    def of_uv(command, **how):
        if command[0] == "uv":
            return subprocess.CompletedProcess(command, 0, stdout=f"{place}\n")
        return run(command, **how)

    monkeypatch.setattr(subprocess, "run", of_uv)
    assert interpreters.find("3.13").path == Path(place)
