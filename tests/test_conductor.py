"""What a round does before its first burst, as far as no measurement shows it."""

import pytest
from builders import Spec, make_case

from bench import rounds
from bench.conductor import Conductor, _Active
from bench.measurement import Arm


def sized(conductor, *calls):
    """Return (calls in a sample, samples in a burst) of each arm of one case, from the ns of a call of each."""
    case = make_case(Spec(name="one"))
    active = []
    for index, call_ns in enumerate(calls):
        number = 1
        while number * call_ns < 100_000:
            number *= 2
        arm = Arm(name=f"arm {index}", case=case, title="", baseline=False)
        active.append(_Active(arm=arm, process=None, record=None, number=number, call_ns=call_ns))
    conductor._size_bursts(active)
    return [(one.number, one.samples) for one in active]


@pytest.fixture
def conductor(tmp_path):
    return Conductor(scratch=tmp_path, timeout_s=1.0, tell=lambda doing: None)


def test_versions_near_each_other_have_bursts_of_one_size_in_all_rounds(conductor):
    first, second = sized(conductor, 99_000, 101_000)
    assert first == second
    assert sized(conductor, 45_000, 60_000) == [first, second]
    assert sized(conductor, 45_000, 60_000, 50_000) == [first] * 3


def test_a_version_far_from_the_other_has_bursts_that_fit_it(conductor):
    fast, slow = sized(conductor, 1_000, 1_000_000)
    assert fast == (128, rounds.samples_in_a_burst(1_000, 128))
    assert slow == (1, rounds.samples_in_a_burst(1_000_000, 1))
