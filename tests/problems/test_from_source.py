"""A problem's modules are what their source says, whatever byte code lies beside them."""

import importlib.util
import marshal
import struct
import sys

import pytest

from bench.errors import ImplbenchError
from bench.measure.untouched import Untouched
from bench.problems import implementation


def planted(source, text):
    """Write byte code of another text that Python takes for that of a source."""
    status = source.stat()
    head = struct.pack("<III", 0, int(status.st_mtime) & 0xFFFFFFFF, status.st_size & 0xFFFFFFFF)
    place = source.parent / "__pycache__" / f"{source.stem}.{sys.implementation.cache_tag}.pyc"
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(importlib.util.MAGIC_NUMBER + head + marshal.dumps(compile(text, str(source), "exec")))
    return place


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a problem of two modules and a package, all of whose byte code says something else."""
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    (tmp_path / "_parts.py").write_text("SAID = 'parts'\n")
    (tmp_path / "fast.py").write_text("from ._parts import SAID\nfrom .inner import deep\n")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "__init__.py").write_text("")
    (tmp_path / "inner" / "deep.py").write_text("SAID = 'deep'\n")
    for file in tmp_path.rglob("*.py"):
        planted(file, f"raise SystemError('byte code of {file.stem}')")
    return tmp_path


def test_each_module_of_a_problem_is_what_its_source_says(folder):
    found = implementation.load(folder, "fast")
    assert (found.SAID, found.deep.SAID) == ("parts", "deep")
    assert found.__file__ == str(folder / "fast.py")


def test_other_modules_are_imported_as_ever(folder, monkeypatch):
    monkeypatch.syspath_prepend(folder)
    with pytest.raises(SystemError, match="byte code of _parts"):
        importlib.import_module("_parts")


def test_byte_code_of_the_harness_and_of_code_that_is_measured_stays_as_it_was(folder):
    known = Untouched()
    known.add_code([folder / "fast.py"])
    known.require()
    planted(folder / "fast.py", "raise SystemError('other')")
    with pytest.raises(ImplbenchError, match=r"fast.*\.pyc: was changed while it was being measured"):
        known.require()
