"""What is kept of a call, and how work that was put off shows: on a clock that goes on when a result is looked at."""

from itertools import chain, repeat

import numpy as np
import pytest

from bench.worker.keeping import Keeping, Place, look
from bench.worker.values.leaves import Exact, Numbers
from bench.worker.values.stored import load_leaves

US, MS = 1_000, 1_000_000


def looks(*look_ns):
    """Return a clock, and a look at an array that takes so long each time; the last time counts for all that follow."""
    now, coming = [0], chain(look_ns, repeat(look_ns[-1]))

    def at(result):
        now[0] += next(coming)
        return look({"x": result}, {"x": Numbers(array=result)}, tested=False)

    return (lambda: now[0]), at


def kept(folder, *look_ns, waited_ns=0):
    clock, look_at = looks(*look_ns)
    waits = chain([0], repeat(waited_ns))
    one = Keeping(look_at, folder / "kept", room=800, clock=clock, waited_ns=lambda: next(waits))
    one.begin()
    one(np.arange(100.0), 0)
    return one


@pytest.mark.parametrize(
    ("look_ns", "call_ns"),
    [
        ((20 * US,), 1 * US),
        ((190 * US, 2 * US), 1 * US),
        ((250 * US, 41 * US), 1 * US),
        ((30 * MS, 30 * MS), 1 * US),
        ((2 * MS, 15 * US), 3 * MS),
    ],
    ids=["small", "below what is judged", "in no cache", "much to look at", "beside a longer call"],
)
def test_a_first_look_that_takes_what_looks_take_is_no_contradiction(tmp_path, look_ns, call_ns):
    assert kept(tmp_path, *look_ns).contradiction(call_ns) is None


def test_work_that_was_put_off_is_found_by_the_first_look_and_told(tmp_path):
    said = kept(tmp_path, 512 * US, 15 * US).contradiction(635)
    assert "computed when the clock had stopped: the first look at it took 0.512 ms, the second 0.015 ms" in said


def copied(folder, monkeypatch, *copy_ns, call_ns=US, numbers=100):
    """Return what is said where looks take 10 us beside copies that take so long each, of so many numbers."""
    now, coming, copy = [0], chain(copy_ns, repeat(copy_ns[-1])), np.copyto

    def look_at(result):
        now[0] += 10 * US
        return look({"x": result}, {"x": Numbers(array=result)}, tested=False)

    def slow(*arrays):
        now[0] += next(coming)
        copy(*arrays)

    one = Keeping(look_at, folder / "kept", room=9 * numbers, clock=lambda: now[0], waited_ns=lambda: 0)
    with monkeypatch.context() as patch:
        patch.setattr("bench.worker.keeping.np.copyto", slow)
        one(np.arange(float(numbers)), 0)
    return one.contradiction(call_ns)


def test_work_that_was_put_off_until_a_copy_is_found_where_it_is_less(tmp_path, monkeypatch):
    said = copied(tmp_path, monkeypatch, 120 * US, US)
    assert "the first copy of it took 0.12 ms, the second 0.001 ms" in said


def test_work_that_is_put_off_until_each_copy_is_found_too(tmp_path, monkeypatch):
    assert "the first copy of it took 0.12 ms" in copied(tmp_path, monkeypatch, 120 * US)


@pytest.mark.parametrize(
    ("copy_ns", "others"),
    [
        ((60 * US, US), {}),
        ((120 * US, US), {"call_ns": 150 * US}),
        ((300 * US, 60 * US), {"numbers": 100_000}),
        ((2 * MS,), {"numbers": 100_000}),
    ],
    ids=["below what is judged", "beside a longer call", "pages that nobody has touched", "slow memory"],
)
def test_a_first_copy_that_takes_what_copies_take_is_no_contradiction(tmp_path, monkeypatch, copy_ns, others):
    assert copied(tmp_path, monkeypatch, *copy_ns, **others) is None


def test_what_was_done_between_the_call_and_the_look_counts_too(tmp_path):
    clock, look_at = looks(515 * US, 15 * US)
    one = Keeping(look_at, tmp_path / "kept", room=800, clock=clock, waited_ns=lambda: 0)
    one(np.arange(100.0), -500 * US)
    assert one.contradiction(635) is not None


def test_the_time_that_others_had_the_cpu_is_nobodys(tmp_path):
    assert kept(tmp_path, 4 * MS, 15 * US, waited_ns=4 * MS - 30 * US).contradiction(635) is None


def test_what_is_kept_is_what_the_first_look_has_found(tmp_path):
    result, found = np.zeros(3), iter([1.0, 2.0])

    def look_at(array):
        array.fill(next(found))  # as a hook would do that is called by all that is done
        return look({"x": array}, {"x": Numbers(array=array)}, tested=False)

    ticks = iter(range(MS, 100 * MS, MS))
    Keeping(look_at, tmp_path / "kept", room=24, clock=lambda: next(ticks), waited_ns=lambda: 0)(result, 0)
    assert result.tolist() == [2, 2, 2]
    assert load_leaves(tmp_path / "kept")["x"].array.tolist() == [1, 1, 1]


@pytest.mark.parametrize("room", [0, 8, 10_000])
def test_a_copy_holds_what_was_there_whether_it_finds_room_or_not(room):
    arrays = {
        "f": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        "strided": np.arange(20)[::2],
        "none": np.zeros((0, 3)),
        "one": np.array(5, np.int8),
        "time": np.array(["2020-01-01"], "M8[s]"),
        "text": np.array(["a", "bcd"]),
        "empty text": np.array(["", ""], "U0"),
    }
    seen = look({}, {name: Numbers(array=one, typed=False) for name, one in arrays.items()}, tested=True)
    copy = Place(room).copied(seen)
    for name, one in arrays.items():
        found = copy.leaves[name]
        assert not found.typed
        assert not np.may_share_memory(found.array, one)
        assert found.array.dtype == one.dtype
        assert np.array_equal(found.array, one)
    assert copy.whole == seen.whole


def test_the_room_of_a_look_is_enough_for_its_copy_and_what_is_no_array_stays():
    seen = look({"x": np.ones(3)}, {"x": Numbers(array=np.ones(3)), "y": Exact(kind="str", text="'y'")}, tested=True)
    assert seen.room == 128
    place = Place(seen.room)
    first = place.copied(seen)
    assert all(np.may_share_memory(one.array, place._memory) for one in (first.leaves["x"], first.whole["0"]))
    assert first.leaves["y"] == seen.leaves["y"]
