"""Samples of a call, on clocks and calls of known length: nothing here waits."""

import time
from itertools import cycle, product

import pytest

from bench.worker import sampling
from bench.worker.outcome import Unfit
from bench.worker.sampling import Sampler, clock_resolution_ns


class Machine:
    """A clock with steps of a known length, and calls that make it go on."""

    def __init__(self, step_ns, *call_ns):
        self.now_ns = 0.0
        self._step_ns = step_ns
        self._call_ns = cycle(call_ns or (0,))

    def clock(self):
        self.now_ns += 30  # reading it takes a while
        return int(self.now_ns // self._step_ns * self._step_ns)

    def call(self):
        self.now_ns += next(self._call_ns)


@pytest.fixture
def machine(monkeypatch):
    """Return a function that makes a machine whose clock is the process's, and a sampler on it."""

    def made(step_ns, *call_ns, resolution_ns=None):
        one = Machine(step_ns, *call_ns)
        monkeypatch.setattr(sampling.time, "perf_counter_ns", one.clock)
        return one, Sampler(one.call, sampling.time.perf_counter_ns, resolution_ns or step_ns)

    return made


@pytest.mark.parametrize("step_ns", [40, 150, 1_000, 15_000_000])
def test_the_step_of_a_clock_is_found_and_soon(step_ns):
    one = Machine(step_ns)
    assert step_ns <= clock_resolution_ns(one.clock) <= step_ns + 40
    assert one.now_ns <= max(sampling.LONGEST_LOOK_NS + 2 * step_ns, sampling.STEPS * (step_ns + 40))


def test_the_clock_of_this_process_makes_steps():
    assert clock_resolution_ns() > 0
    assert clock_resolution_ns(time.monotonic_ns) > 0


@pytest.mark.parametrize(
    ("step_ns", "call_ns"),
    [*product([20, 60, 90, 150], [100, 2_000, 84_000, 1_000_000]), (1_000, 2_000), (15_000_000, 84_000)],
)
def test_samples_as_long_as_those_tried_are_never_too_short_on_any_clock(machine, step_ns, call_ns):
    _, sampler = machine(step_ns, call_ns)
    number, shortest = sampler.calls_in_a_sample()
    assert number & (number - 1) == 0
    assert shortest == pytest.approx(call_ns, rel=0.1)
    assert all(sampler.longer(number, one) is None for one in sampler.samples(number, 20))


def test_calls_that_turn_out_three_times_as_fast_are_not_too_short_either(machine):
    _, slow = machine(90, 3_000)
    number, _ = slow.calls_in_a_sample()
    _, fast = machine(90, 1_000)
    assert all(fast.longer(number, one) is None for one in fast.samples(number, 20))


def test_a_step_that_is_seen_twice_as_long_the_next_time_does_not_matter(machine):
    _, sampler = machine(60, 700)
    number, _ = sampler.calls_in_a_sample()
    _, again = machine(60, 700, resolution_ns=150)
    assert all(again.longer(number, one) is None for one in again.samples(number, 20))


def test_samples_that_are_too_short_get_the_calls_that_make_them_long_enough(machine):
    _, sampler = machine(100, 50)
    number = sampler.longer(8, min(sampler.samples(8, 3)))
    while (longer := sampler.longer(number, min(sampler.samples(number, 3)))) is not None:
        assert longer >= 2 * number
        number = longer
    assert min(sampler.samples(number, 3)) >= sampling.SHORTEST_SAMPLE_STEPS * 100


def test_a_call_of_a_tenth_of_a_millisecond_is_a_sample_by_itself_on_a_fine_clock(machine):
    _, sampler = machine(20, 110_000)
    assert sampler.calls_in_a_sample()[0] == 1


def test_a_call_that_is_a_long_sample_by_itself_is_not_tried_again(machine):
    real, sampler = machine(20, 50_000_000)
    assert sampler.calls_in_a_sample(50_000_000) == (1, 50_000_000)
    assert real.now_ns == 0
    assert sampler.calls_in_a_sample(1_000)[0] == 1
    assert real.now_ns > 0


def test_nor_is_one_by_a_clock_of_another_program():
    calls = []
    sampler = sampling.Sampler(lambda: calls.append(1), lambda: 0, 1000)
    assert sampler.calls_in_a_sample(200_000_000) == (1, 200_000_000)
    assert not calls


def test_however_coarse_the_clock_a_sample_does_not_take_minutes(machine):
    _, sampler = machine(15_000_000, 20_000)
    number, _ = sampler.calls_in_a_sample()
    assert number * 20_000 <= 2 * sampling.HEAD_ROOM * sampling.LONG_ENOUGH_NS


def test_a_clock_of_its_own_that_stands_still_is_the_implementations_fault(machine):
    real, _ = machine(20, 10_000_000)
    sampler = Sampler(real.call, lambda: 0, 10)
    with pytest.raises(Unfit, match=r"its own clock \(clock_ns\) stood still over calls that took \d+ ns"):
        sampler.calls_in_a_sample()


@pytest.mark.parametrize("share", [0.1, 0.0001])
def test_a_clock_of_its_own_that_shows_little_of_the_time_is_taken_as_it_is(machine, share):
    real, _ = machine(20, 10_000_000)
    sampler = Sampler(real.call, lambda: int(share * real.now_ns) // 1_000 * 1_000, 1_000)
    number, shortest = sampler.calls_in_a_sample()
    assert shortest == pytest.approx(10_000_000 * share, rel=0.1)
    assert number * 10_000_000 < 4 * sampling.HEAD_ROOM * sampling.LONG_ENOUGH_NS
    assert all(sampler.longer(number, one) is None for one in sampler.samples(number, 5))


def test_what_is_done_beside_a_call_is_that_which_nothing_disturbed(machine):
    one, sampler = machine(10, 5_000)
    took = iter([9_000_000, 2_000_000, 40_000_000])
    sampler.before = lambda: setattr(one, "now_ns", one.now_ns + next(took))
    assert sampler.aside_ns() == pytest.approx(2_000_000, rel=0.01)


@pytest.mark.parametrize("before_ns", [1_000, 300_000])
def test_calls_timed_alone_far_below_the_step_of_the_clock_never_add_up_to_nothing(machine, before_ns):
    one, sampler = machine(15_000_000, 10_000)
    sampler.before = lambda: setattr(one, "now_ns", one.now_ns + before_ns)
    number, call_ns = sampler.calls_in_a_sample()
    assert call_ns > 0
    found = [0]
    while not min(found):
        found = sampler.samples(number, 5)
        longer = sampler.longer(number, min(found))
        assert longer is None or longer > number
        assert (longer is None) is (min(found) > 0)
        number = longer or number
    assert number * (10_000 + before_ns) < 20 * sampling.LONG_ENOUGH_NS


def test_a_clock_of_its_own_that_stands_still_is_found_where_calls_are_timed_alone(machine):
    real, _ = machine(20, 10_000_000)
    sampler = Sampler(real.call, lambda: 0, 10)
    sampler.before = int
    with pytest.raises(Unfit, match="stood still"):
        sampler.calls_in_a_sample()


def test_what_is_done_before_each_call_is_not_timed(machine):
    one, sampler = machine(10, 5_000)
    done = []

    def before():
        done.append(one.now_ns)
        one.now_ns += 1_000_000

    sampler.before = before
    found = sampler.samples(4, 3)
    assert len(done) == 12
    assert all(4 * 5_000 <= ns <= 4 * 5_100 for ns in found)


@pytest.mark.parametrize("before", [None, tuple])
def test_what_one_call_of_all_has_returned_is_taken_with_when_that_was(machine, before):
    one, sampler = machine(10, 5_000)
    sampler.before = before
    taken = []
    sampler.samples(4, 3, lambda result, ended: taken.append((one.now_ns, ended)))
    ((now, ended),) = taken
    assert now - 10 <= ended <= now


def test_one_call_is_made_and_timed_as_those_of_a_sample_are(machine):
    _, sampler = machine(10, 5_000)
    taken = []
    assert sampler.call(lambda *given: taken.append(given)) == pytest.approx(5_000, rel=0.01)
    assert len(taken) == 1


@pytest.mark.parametrize("call_ns", [700, 2_000, 30_000, 2_000_000])
@pytest.mark.parametrize("step_ns", [20, 100, 1_000])
def test_calls_timed_alone_have_a_sum_that_is_right(machine, call_ns, step_ns):
    one, sampler = machine(step_ns, call_ns)
    sampler.before = lambda: setattr(one, "now_ns", one.now_ns + 1_777.3)
    number, _ = sampler.calls_in_a_sample()
    total = min(sampler.samples(number, 5))
    assert total / number == pytest.approx(call_ns + 30, rel=0.01, abs=1)
    assert sampler.longer(number, total) is None


def test_a_costly_preparation_of_each_call_bounds_their_number(machine):
    one, sampler = machine(1_000, 500)
    sampler.before = lambda: setattr(one, "now_ns", one.now_ns + 10_000_000)
    assert 1 <= sampler.calls_in_a_sample()[0] <= 10
