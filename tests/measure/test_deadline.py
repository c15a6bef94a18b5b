"""How long an answer is waited for."""

import pytest

from bench.measure import deadline
from bench.measure.deadline import MOST_WAITING, Deadline


@pytest.mark.parametrize(("waited_s", "longer_s"), [(0.0, 0.0), (5.0, 5.0), (1000.0, MOST_WAITING * 2.0)])
def test_it_is_put_off_by_as_long_as_the_process_waited_for_a_cpu(monkeypatch, waited_s, longer_s):
    clock, waited = [100.0], [7.0]
    monkeypatch.setattr(deadline.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(deadline.usage, "waited_for_cpu_s", lambda pid: waited[0])
    one = Deadline(1, 2.0)
    clock[0] += 2.0
    assert one.left_s == 0.0
    waited[0] += waited_s
    assert one.put_off() == (longer_s > 0)
    assert one.left_s == longer_s
    assert not one.put_off()
