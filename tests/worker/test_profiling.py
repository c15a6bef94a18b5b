"""Which Python functions an evaluation spends its time in, of functions of which it is known."""

import sys
import threading
from pathlib import Path

import msgspec
import pytest

from bench.reading import Unreadable, decoded
from bench.store.profile_records import LONGEST_NAME, MOST_FUNCTIONS, Profiled
from bench.store.worker_records import Counts
from bench.worker import profiling
from bench.worker.integrity import Integrity
from bench.worker.untimed import Counted

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def _once(monkeypatch):
    """One evaluation shows how often each function is called."""
    monkeypatch.setattr(profiling, "TRY_NS", 0)
    monkeypatch.setattr(profiling, "ENOUGH_NS", 0)


def part():
    return sum(range(2000))


class Whole:
    def step(self):
        return [part() for _ in range(3)]


def profiled(step, before=lambda: None, folders=(HERE,)):
    return profiling.profiled(step, before, folders)


def test_functions_are_told_by_name_file_calls_and_own_time_the_largest_first():
    found = profiled(Whole().step)
    assert (found[0].name, found[0].file, found[0].calls) == ("part", "test_profiling.py", 3)
    assert {"Whole.step"} <= {one.name for one in found[1:]}
    assert all(one.own_ns > 0 for one in found)


def test_numbers_are_those_of_one_evaluation_however_many_there_were(monkeypatch):
    monkeypatch.setattr(profiling, "TRY_NS", 2_000_000)
    times = []
    found = profiled(Whole().step, lambda: times.append(1))
    assert len(times) > 1
    assert next(one for one in found if one.name == "part").calls == 3


def test_what_comes_before_an_evaluation_and_the_harness_are_not_among_them():
    found = profiled(lambda: profiling._short("x"), before=part)
    assert [one.name.rpartition(".")[2] for one in found] == ["<lambda>"]


@pytest.mark.parametrize(
    ("file", "named"),
    [
        ("/made/up/here/mine/rows.py", "mine/rows.py"),
        ("/made/up/here/src/mine/rows.py", "mine/rows.py"),
        ("/elsewhere/secret/cell.py", "cell.py"),
        ("<string>", "<string>"),
    ],
)
def test_a_file_is_named_from_where_it_is_imported(file, named):
    function = eval(compile("lambda: [one for one in (1,)]", file, "eval"))  # noqa: S307  # a file that is not there
    folders = [Path("/made/up/here"), Path("/made/up/here/src")]
    assert {one.file for one in profiled(function, folders=folders)} == {named}


def test_no_more_is_told_than_a_record_takes():
    lines = [f"def {'f' * 300}{index}(): pass" for index in range(MOST_FUNCTIONS + 5)]
    names = {}
    exec("\n".join(lines), names)  # noqa: S102
    functions = [one for name, one in names.items() if name.startswith("f")]
    found = profiled(lambda: [one() for one in functions])
    assert len(found) == MOST_FUNCTIONS
    assert max(len(one.name) for one in found) <= LONGEST_NAME
    counts = Counts(allocations=0, allocated_bytes=0, peak_bytes=0, python_calls=0, c_calls=0)
    reply = Counted(counts=counts, functions=found)
    assert decoded(msgspec.json.encode(reply), Counted) == reply


@pytest.mark.parametrize(
    "functions",
    [
        [Profiled(name="f", file="f.py", calls=1, own_ns=1)] * (MOST_FUNCTIONS + 1),
        [Profiled(name="f" * (LONGEST_NAME + 1), file="f.py", calls=1, own_ns=1)],
        [Profiled(name="f", file="f.py", calls=-1, own_ns=1)],
        [Profiled(name="f", file="f.py", calls=1, own_ns=2**63)],
    ],
)
def test_a_worker_may_say_no_more_of_functions_than_there_is_room_for(functions):
    counts = Counts(allocations=0, allocated_bytes=0, peak_bytes=0, python_calls=0, c_calls=0)
    with pytest.raises(Unreadable):
        decoded(msgspec.json.encode(Counted(counts=counts, functions=tuple(functions))), Counted)


def test_an_older_workers_reply_has_no_functions():
    told = b'{"type": "Counted", "counts": {"allocations": 1, "allocated_bytes": 8, "peak_bytes": 8, '
    told += b'"python_calls": 1, "c_calls": 0}}'
    assert decoded(told, Counted).functions is None


def test_nothing_is_left_behind_that_looks_like_a_cheat():
    known = Integrity()
    profiled(Whole().step)
    with pytest.raises(ZeroDivisionError):
        profiled(lambda: 1 / 0)
    known.require()


def test_where_somebody_else_watches_nothing_is_said():
    former = sys.getprofile()
    sys.setprofile(lambda *_: None)
    try:
        assert profiled(part) is None
    finally:
        sys.setprofile(former)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="of Python 3.12")
def test_where_another_tool_monitors_the_interpreter_nothing_is_said():
    sys.monitoring.use_tool_id(sys.monitoring.PROFILER_ID, "another")
    try:
        assert profiled(part) is None
    finally:
        sys.monitoring.free_tool_id(sys.monitoring.PROFILER_ID)


def test_comprehensions_belong_to_the_function_around_them():
    def outer():
        return {number: part() for number in range(2)}

    assert {one.name.rpartition(".")[2]: one.calls for one in profiled(outer)} == {"part": 2, "outer": 1}


def test_what_computes_in_threads_of_its_own_is_not_told_apart():
    def step():
        thread = threading.Thread(target=part)
        thread.start()
        thread.join()

    assert profiled(step) is None
