"""The most memory that is resident while something is done, on systems that are made up and on this one."""

from pathlib import Path

import pytest

from bench.machine import resident
from bench.machine.resident import Watch

STATUS = Path("/proc/self/status")
MIB = 2**20


@pytest.fixture
def told(tmp_path):
    """Return a function that says what is resident now and the mark, in MiB, as Linux does."""

    def told(now, most):
        text = f"Name:\tpython\nVmHWM:\t  {most * 1024} kB\nVmRSS:\t  {now * 1024} kB\nThreads:\t1\n"
        (tmp_path / "status").write_text(text)

    return told


def test_the_peak_is_how_far_the_mark_rose_above_what_was_there(told, tmp_path):
    told(now=100, most=100)
    with Watch(tmp_path) as watch:
        told(now=120, most=150)
    assert (watch.peak_bytes, watch.reason) == (50 * MIB, None)
    assert (tmp_path / "clear_refs").read_text() == "5"


def test_of_several_the_largest_counts(told, tmp_path):
    watch = Watch(tmp_path)
    for most in (110, 140, 120):
        told(now=100, most=100)
        with watch:
            told(now=100, most=most)
    assert watch.peak_bytes == 40 * MIB


def test_a_mark_that_stays_above_what_was_there_tells_nothing(told, tmp_path):
    told(now=100, most=130)
    with Watch(tmp_path) as watch:
        told(now=100, most=150)
    assert (watch.peak_bytes, watch.reason) == (None, resident.RAISED)


def test_a_mark_that_cannot_be_lowered_serves_where_it_stands_at_what_was_there(told, tmp_path):
    (tmp_path / "clear_refs").mkdir()
    told(now=100, most=102)
    with Watch(tmp_path) as watch:
        told(now=100, most=150)
    assert watch.peak_bytes == 50 * MIB


@pytest.mark.parametrize("text", [None, "", "VmRSS:\t5 kB\n", "VmRSS:\t5 kB\nVmHWM:\n", "VmRSS: x\nVmHWM: y\n"])
def test_a_system_that_does_not_tell_is_no_error(tmp_path, text):
    if text is not None:
        (tmp_path / "status").write_text(text)
    with Watch(tmp_path) as watch:
        pass
    assert (watch.peak_bytes, watch.reason) == (None, resident.UNTOLD)


@pytest.mark.machine
@pytest.mark.skipif(not STATUS.exists(), reason=f"needs {STATUS}")
def test_what_is_given_back_meanwhile_counts_here_too():
    with Watch() as watch:
        assert len(b"x" * int("50000000")) == 50_000_000
    if watch.reason:
        pytest.skip(watch.reason)
    assert 49_000_000 <= watch.peak_bytes < 60_000_000
