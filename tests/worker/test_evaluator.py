"""Who evaluates the frames of Python functions is told by where its code lies."""

import ctypes
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import numpy as np
import pytest

from bench.worker import evaluator
from bench.worker.evaluator import _NAMES, is_evaluated_by_other, is_installed
from bench.worker.hooks import hooks


def address_of(function):
    return ctypes.cast(function, ctypes.c_void_p).value


def test_nobody_evaluates_frames_but_python_itself():
    assert is_evaluated_by_other() is False
    assert hooks()["a frame evaluator (PEP 523)"] is False


@pytest.mark.skipif(sys.platform == "win32", reason="nothing tells where an address lies")
def test_a_library_is_installed_where_packages_are_and_not_elsewhere():
    core = Path(np.__file__).parent / "_core"
    library = next(file for suffix in EXTENSION_SUFFIXES for file in core.glob(f"_multiarray_umath*{suffix}"))
    assert is_installed(address_of(ctypes.PyDLL(str(library)).PyInit__multiarray_umath))
    assert not is_installed(address_of(ctypes.CDLL(None).malloc))
    assert not is_installed(address_of(ctypes.CFUNCTYPE(None)(lambda: None)))


@pytest.mark.parametrize(("installed", "told"), [(True, False), (False, True)])
@pytest.mark.skipif(not hasattr(ctypes.pythonapi, _NAMES[1]), reason="the interpreter does not tell who evaluates")
def test_another_than_pythons_own_is_told_unless_it_is_installed(monkeypatch, installed, told):
    monkeypatch.setattr(evaluator, "_NAMES", (*_NAMES[:2], "PyErr_Clear"))  # so Python's own is another
    monkeypatch.setattr(evaluator, "is_installed", lambda _: installed)
    assert is_evaluated_by_other() is told
