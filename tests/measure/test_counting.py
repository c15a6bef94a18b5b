"""What the workers of a first round are asked for behind their bursts; the case is ok whatever comes of it."""

from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from bench.measure import memory_pages
from bench.measure.counting import LONGEST_COUNTED_NS, LONGEST_PROFILED_NS, PARTS, Counting, Untimed
from bench.measure.ended import Ended
from bench.measure.memory_pages import MemoryPages
from bench.measure.recording import Active, unmeasured
from bench.measure.round_plan import RoundPlan
from bench.store.profile_records import Line
from bench.store.records import Role
from bench.store.worker_records import Costs, Counts, Outcome
from bench.worker.untimed import Count, Counted, Track, Tracked
from tests.builders import USUAL, make_run

COUNTS = Counts(allocations=1, allocated_bytes=8, peak_bytes=8, python_calls=1, c_calls=1)
COSTS = Costs(call_ns={}, fault_ns=None, product_flops_per_s=1.0, pass_bytes_per_s=1.0)
LINE = Line(file="a.py", number=1, text="x", times=1, share=1.0)
SEEN = {
    "costs": Counted(costs=COSTS, smallest_ns=5),
    "lines": Counted(lines=(LINE,), lines_watched=0.5),
    "counts": Counted(counts=COUNTS),
    "functions": Counted(),
    "calls": Counted(calls=()),
}


class Worker:
    """Answers orders, or ends."""

    def __init__(self, **ends):
        self.orders = []
        self.dies = True
        self._ends = ends

    def tell(self, doing):
        pass

    def answer(self, one, order, expected):
        self.orders.append(order.part if isinstance(order, Count) else type(order))
        reason = self._ends.get(order.part if isinstance(order, Count) else type(order).__name__.lower())
        if reason:
            one.process.ended = self.dies
            raise Ended(Outcome.CRASHED, reason)
        if isinstance(order, Track):
            order.file.write_text("what memray writes")
        return SEEN[order.part] if isinstance(order, Count) else Tracked(peak_bytes=8)


@pytest.fixture
def one():
    arm = next(arm for arm in make_run(USUAL).arms if arm.role == Role.CASE)
    plan = RoundPlan(spawn_order=(arm.name,), positions=(arm.name,), cpus=(0,), hash_seed=1, padding=0)
    return Active(arm=arm, process=SimpleNamespace(ended=False), record=unmeasured(arm, 1, plan, {}), call_ns=10)


@pytest.fixture
def pages(one, tmp_path, monkeypatch):
    """Return pages that are drawn by a memray that is made up; `drawn` holds what it was told."""
    drawn = []

    def memray(python, *words):
        drawn.append((python, words))
        return SimpleNamespace(returncode=0, stdout="--no-web", stderr="")

    monkeypatch.setattr(memory_pages, "_memray", memray)
    made = MemoryPages(tmp_path / "pages", {one.arm.case.id: "quick"})
    made.drawn = drawn
    drawn.clear()
    return made


def ask(worker, one, untimed, folder):
    Counting(untimed, worker, folder).ask(one, "/usr/bin/python3")
    return worker.orders


def test_of_long_calls_nothing_is_counted_unless_they_are_to_be_explained(one, tmp_path):
    assert ask(Worker(), one, Untimed(), tmp_path) == ["counts"]
    assert (one.record.counts, one.record.costs) == (COUNTS, None)
    one.call_ns = LONGEST_COUNTED_NS + 1
    assert ask(Worker(), one, Untimed(), tmp_path) == []
    assert ask(Worker(), one, Untimed(explains=True), tmp_path) == [*PARTS]


def test_what_takes_very_long_is_neither_counted_nor_profiled(one, tmp_path):
    one.call_ns = LONGEST_PROFILED_NS + 1
    assert ask(Worker(), one, Untimed(explains=True), tmp_path) == ["costs", "calls"]


def test_a_part_that_fails_keeps_no_other_from_being_asked_for(one, tmp_path):
    worker = Worker(lines="raises ValueError")
    worker.dies = False
    assert ask(worker, one, Untimed(explains=True), tmp_path) == [*PARTS]
    assert (one.record.lines, one.record.counts) == (None, COUNTS)


def test_each_part_stays_known_whatever_comes_of_those_after_it(one, tmp_path):
    unseen = one.record
    for known, part in enumerate(PARTS):
        one.record, one.process.ended = unseen, False
        assert ask(Worker(**{part: "timeout"}), one, Untimed(explains=True), tmp_path) == [*PARTS][: known + 1]
        seen = [one.record.costs, one.record.lines, one.record.counts, one.record.functions, one.record.calls]
        assert seen == [COSTS, (LINE,), COUNTS, None, ()][:known] + [None] * (5 - known)
        assert one.record.lines_watched == (0.5 if one.record.lines else 1.0)


def test_nothing_is_asked_of_a_second_baseline_and_of_limits(one, pages, tmp_path):
    for role in (Role.AGAIN, Role.LIMIT):
        one.arm = replace(one.arm, role=role)
        assert ask(Worker(), one, Untimed(explains=True, pages=pages), tmp_path) == []


def test_a_page_is_drawn_last_by_the_workers_interpreter_and_what_was_written_down_is_removed(one, pages, tmp_path):
    assert ask(Worker(), one, Untimed(explains=True, pages=pages), tmp_path) == [*PARTS, Track]
    ((python, words),) = pages.drawn
    assert python == "/usr/bin/python3"
    assert words[-2:] == (str(tmp_path / "pages" / "quick.html"), str(tmp_path / "allocations.memray"))
    assert [(page.name, page.peak_bytes, page.reason) for page in pages.told] == [("quick", 8, None)]
    assert not (tmp_path / "allocations.memray").exists()


@pytest.mark.parametrize(
    ("ends_at", "reason"),
    [("track", "killed by SIGSEGV"), ("counts", "its worker ended while it was counted what it does")],
)
def test_a_worker_that_ends_over_it_is_told_and_its_case_stays_ok(one, pages, tmp_path, ends_at, reason):
    worker = Worker(**{ends_at: "killed by SIGSEGV"})
    assert ask(worker, one, Untimed(explains=True, pages=pages), tmp_path)[-1] in (ends_at, Track)
    assert [(page.file, page.reason) for page in pages.told] == [(None, reason)]
    assert one.record.outcome == Outcome.OK


def test_what_computes_in_another_program_is_not_asked_for_a_page(one, pages, tmp_path):
    one.record = replace(one.record, own_clock=True)
    assert ask(Worker(), one, Untimed(explains=True, pages=pages), tmp_path) == [*PARTS]
    assert [page.reason for page in pages.told] == ["it computes in another program, whose memory is not seen"]
