"""A file that is changed, or that Python would import before others or run, ends a run; what honest code makes, not."""

import os
import py_compile
import subprocess
import sys

import pytest

from bench.errors import ImplbenchError
from bench.measure import importable, verifiers
from bench.measure.untouched import Untouched


@pytest.fixture
def folder(tmp_path):
    """A problem's folder."""
    (tmp_path / "helper.py").write_text("")
    (tmp_path / "problem.py").write_text("import helper")
    return tmp_path


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The folder of what is installed."""
    place = tmp_path / "installed"
    (place / "numpy").mkdir(parents=True)
    (place / "there.pth").write_text("")
    monkeypatch.setattr(importable, "installed_in", lambda python: (place, tmp_path / "absent"))
    return place


@pytest.fixture
def untouched(folder, installed):
    found = Untouched()
    found.add_interpreter(sys.executable)
    found.add_code(folder.glob("*.py"))
    found.require()
    return found


def write(file):
    file.parent.mkdir(exist_ok=True)
    file.write_text("")


@pytest.mark.parametrize(
    "name", ["helper/__init__.py", "helper.cpython-311-x86_64-linux-gnu.so", "numpy.py", "numpy/__init__.py"]
)
def test_a_module_that_comes_before_another_is_named_with_what_to_do(untouched, folder, name):
    write(folder / name)
    with pytest.raises(
        ImplbenchError, match=rf"{name.partition('/')[0]}: came while .*; remove it, unless it is yours"
    ):
        untouched.require()


@pytest.mark.parametrize("name", ["new.pth", "sitecustomize.py", "usercustomize.so"])
def test_so_is_what_runs_at_the_start_of_each_interpreter(untouched, installed, name):
    write(installed / name)
    with pytest.raises(ImplbenchError, match=rf"{name}: came while .* runs it at its start"):
        untouched.require()


def test_so_is_one_where_no_folder_was_before(untouched, tmp_path):
    write(tmp_path / "absent" / "new.pth")
    with pytest.raises(ImplbenchError, match="came while"):
        untouched.require()


def test_one_that_was_there_must_stay_as_it_was(untouched, installed):
    (installed / "there.pth").write_text("import os")
    with pytest.raises(ImplbenchError, match=r"there\.pth: was changed while"):
        untouched.require()


@pytest.mark.parametrize(
    "name",
    [
        *("__pycache__/helper.cpython-311.pyc", "build/helper.o", "helper.c", "helper.txt", "_fast.so", "cache/x.bin"),
        *("helper/data.bin", "new.py", "installed/other.py"),
    ],
)
def test_what_honest_code_leaves_beside_its_files_hurts_nobody(untouched, folder, name):
    write(folder / name)
    untouched.require()


def test_compiled_files_of_a_package_are_no_package_though_installed_ones_have_them_too(folder, tmp_path, monkeypatch):
    (tmp_path / "site" / "__pycache__").mkdir(parents=True)
    monkeypatch.setattr(importable, "installed_in", lambda python: (tmp_path / "site",))
    untouched = Untouched()
    untouched.add_interpreter(sys.executable)
    untouched.add_code([folder / "problem.py"])
    write(folder / "__pycache__" / "__init__.cpython-311.pyc")
    untouched.require()


def test_the_folders_of_installed_packages_are_found():
    assert any((folder / "pytest").is_dir() for folder in importable.installed_in(sys.executable))


def test_byte_code_older_than_its_source_is_made_anew_before_it_is_remembered(tmp_path, monkeypatch):
    file = tmp_path / "own.py"
    file.write_text("def done():\n    return 1\n")
    py_compile.compile(str(file))
    file.write_text("def done():\n    return 1 + 1\n")
    os.utime(file, (1e9, 1e9))
    monkeypatch.setattr(verifiers, "PACKAGE", tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    untouched = verifiers.Verifiers(timeout_s=1.0).untouched
    subprocess.run([sys.executable, "-c", "import own"], cwd=tmp_path, env={}, check=True)
    untouched.require()
    py_compile.compile(str(file), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    with pytest.raises(ImplbenchError, match=r"own.*pyc: was changed"):
        untouched.require()
