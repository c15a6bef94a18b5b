"""Whether what is measured by is what it was."""

import builtins
import functools
import sys
import time

import numpy as np
import pytest

from bench.worker import keeping, sampling
from bench.worker.integrity import Integrity
from bench.worker.outcome import Unfit


def test_as_long_as_nothing_is_replaced_nothing_is_said():
    one = Integrity()
    np.something_new = lambda: None
    try:
        one.require()
    finally:
        del np.something_new


@pytest.mark.parametrize(
    ("owner", "name", "told"),
    [
        (time, "perf_counter_ns", "time.perf_counter_ns"),
        (builtins, "len", "builtins.len"),
        (np, "ascontiguousarray", "numpy.ascontiguousarray"),
        (np, "sort", "numpy.sort"),
        (keeping, "keep", "keeping.keep"),
        (sampling.Sampler, "samples", "sampling.Sampler.samples"),
    ],
)
def test_what_is_replaced_is_named(monkeypatch, owner, name, told):
    one = Integrity()
    known = getattr(owner, name)
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, functools.partial(known))
        with pytest.raises(Unfit, match=f"replaced .*{told}, which it is measured by"):
            one.require()
    one.require()


def test_that_threads_take_turns_otherwise_is_told_after_each_burst():
    one, known = Integrity(), sys.getswitchinterval()
    sys.setswitchinterval(known / 2)
    try:
        with pytest.raises(Unfit, match="setswitchinterval"):
            one.require_unseen()
    finally:
        sys.setswitchinterval(known)
    one.require()


def test_a_buffer_of_another_size_is_told():
    one, known = Integrity(), np.getbufsize()
    np.setbufsize(16)
    try:
        with pytest.raises(Unfit, match=f"one of 16 elements, not {known}"):
            one.require()
    finally:
        np.setbufsize(known)
    one.require()


def test_so_is_a_function_that_has_got_other_code(monkeypatch):
    one = Integrity()
    monkeypatch.setattr(keeping.keep, "__code__", (lambda *_, **__: "0" * 32).__code__)
    with pytest.raises(Unfit, match=r"keeping\.keep"):
        one.require()
