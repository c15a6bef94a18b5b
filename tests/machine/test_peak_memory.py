"""The most memory that is resident while something is done, on systems that are made up and on this one."""

from pathlib import Path

import pytest

from bench.machine import peak_memory
from bench.machine.peak_memory import Watch

STATUS = Path("/proc/self/status")
MIB = 2**20


@pytest.fixture
def told(tmp_path, monkeypatch):
    """Return a function that says what is resident now, the mark and what the allocator has handed out, in MiB."""

    def told(now, most, allocated=None):
        text = f"Name:\tpython\nVmHWM:\t  {most * 1024} kB\nVmRSS:\t  {now * 1024} kB\nThreads:\t1\n"
        (tmp_path / "status").write_text(text)
        monkeypatch.setattr(peak_memory, "_allocated", lambda: None if allocated is None else allocated * MIB)
        return peak_memory.resident(tmp_path)

    return told


def test_the_peak_is_how_far_the_mark_rose_above_what_was_there(told, tmp_path):
    with Watch(told(now=100, most=100), tmp_path) as watch:
        told(now=120, most=150)
    assert (watch.peak_bytes, watch.reason) == (50 * MIB, None)
    assert (tmp_path / "clear_refs").read_text() == "5"


@pytest.mark.parametrize(
    ("earlier", "now", "kept"),
    [((70, None), (100, None), 30), ((110, 20), (100, 45), 25), ((70, 20), (100, 21), 30), ((110, 20), (100, 15), 0)],
)
def test_what_was_kept_since_earlier_counts_too(told, tmp_path, earlier, now, kept):
    before = told(now=earlier[0], most=120, allocated=earlier[1])
    told(now=now[0], most=now[0], allocated=now[1])
    with Watch(before, tmp_path) as watch:
        told(now=100, most=150)
    assert watch.peak_bytes == (50 + kept) * MIB


def test_a_mark_that_stays_above_what_was_there_tells_nothing(told, tmp_path):
    with Watch(told(now=100, most=130), tmp_path) as watch:
        told(now=100, most=150)
    assert (watch.peak_bytes, watch.reason) == (None, peak_memory.RAISED)


def test_a_mark_that_cannot_be_lowered_serves_where_it_stands_at_what_was_there(told, tmp_path):
    (tmp_path / "clear_refs").mkdir()
    with Watch(told(now=100, most=102), tmp_path) as watch:
        told(now=100, most=150)
    assert watch.peak_bytes == 50 * MIB


@pytest.mark.parametrize("text", [None, "", "VmRSS:\t5 kB\n", "VmRSS:\t5 kB\nVmHWM:\n", "VmRSS: x\nVmHWM: y\n"])
def test_a_system_that_does_not_tell_is_no_error(tmp_path, text):
    if text is not None:
        (tmp_path / "status").write_text(text)
    with Watch(peak_memory.resident(tmp_path), tmp_path) as watch:
        pass
    assert (watch.peak_bytes, watch.reason) == (None, peak_memory.UNTOLD)


@pytest.mark.machine
@pytest.mark.skipif(not STATUS.exists(), reason=f"needs {STATUS}")
def test_what_is_given_back_meanwhile_counts_here_too():
    with Watch(peak_memory.resident()) as watch:
        assert len(b"x" * int("300000000")) == 300_000_000
    if watch.reason:
        pytest.skip(watch.reason)
    assert 300_000_000 - peak_memory.SLACK_BYTES <= watch.peak_bytes < 310_000_000
