"""The model of a step on many hosts: numbers worked out by hand, and what must hold whatever the numbers."""

from math import inf

import pytest

from bench.stats.hosts import Network, Step, allreduce_bytes, allreduce_s, efficiency, line, most_hosts, step_s

FREE = Network(latency_s=0, seconds_per_byte=0)
SLOW_START = Network(latency_s=1.0, seconds_per_byte=1e-6)
NARROW = Network(latency_s=1e-6, seconds_per_byte=1.0)
STEP = Step(fixed_s=2.0, seconds_per_sample=0.5, messages_bytes=(8.0, 100.0))


@pytest.mark.parametrize(
    ("network", "hosts", "size", "seconds", "moved"),
    [
        (SLOW_START, 1, 100, 0, 0),
        (SLOW_START, 2, 100, 1 + 100e-6, 100),  # one exchange
        (SLOW_START, 8, 100, 3 * (1 + 100e-6), 300),  # recursive doubling
        (SLOW_START, 5, 100, 3 * (1 + 100e-6), 300),  # rounds up
        (NARROW, 8, 100, 6e-6 + 2 * 7 / 8 * 100, 175),  # Rabenseifner
        (NARROW, 1024, 1024, 20e-6 + 2 * 1023, 2046),
    ],
)
def test_an_allreduce_takes_and_moves_what_the_best_algorithm_does(network, hosts, size, seconds, moved):
    assert allreduce_s(network, hosts, size) == pytest.approx(seconds)
    assert allreduce_bytes(network, hosts, size) == pytest.approx(moved)


def test_a_step_is_what_stays_what_is_shared_out_and_what_is_told():
    assert step_s(STEP, FREE, samples=10, hosts=1) == 7.0
    assert step_s(STEP, FREE, samples=10, hosts=5) == 3.0
    assert step_s(STEP, SLOW_START, samples=10, hosts=2) == pytest.approx(4.5 + 2 + 108e-6)
    assert efficiency(STEP, FREE, samples=10, hosts=5) == pytest.approx(7 / 15)
    assert efficiency(STEP, SLOW_START, samples=10, hosts=1) == 1


def test_where_nothing_stays_and_telling_is_free_every_sample_may_have_its_host():
    ideal = Step(fixed_s=0, seconds_per_sample=1e-6, messages_bytes=(8.0,))
    assert efficiency(ideal, FREE, samples=1e6, hosts=1000) == pytest.approx(1)
    assert most_hosts(ideal, FREE, samples=1e6) == 1_000_000


@pytest.mark.parametrize("samples", [1e3, 1e5, 1e6, 1e7])
@pytest.mark.parametrize("least", [0.5, 0.8])
def test_beyond_the_most_hosts_it_pays_less(samples, least):
    network = Network(latency_s=25e-6, seconds_per_byte=8e-10)
    step = Step(fixed_s=1e-4, seconds_per_sample=5e-7, messages_bytes=(200.0, 26_320.0))
    most = most_hosts(step, network, samples=samples, least=least)
    assert efficiency(step, network, samples=samples, hosts=most) >= least
    assert efficiency(step, network, samples=samples, hosts=most + 1) < least
    assert all(efficiency(step, network, samples=samples, hosts=most * 2**k) < least for k in range(1, 12))


def test_with_fewer_samples_than_hosts_could_use_one_host_is_the_most():
    step = Step(fixed_s=1.0, seconds_per_sample=1e-9, messages_bytes=())
    assert most_hosts(step, FREE, samples=100) == 2  # 1 / (2 * 1) and a little
    assert most_hosts(step, FREE, samples=100, least=0.6) == 1


def test_more_bytes_or_hosts_never_take_less():
    network = Network(latency_s=25e-6, seconds_per_byte=8e-10)
    last = -inf
    for hosts in (1, 2, 4, 16, 256, 4096):
        took = allreduce_s(network, hosts, 26_320)
        assert took > last
        assert allreduce_s(network, hosts, 263_200) >= took
        last = took


def test_the_line_goes_through_points_on_a_line_and_near_the_small_ones():
    assert line([(0, 1.0), (10, 21.0), (100, 201.0)]) == pytest.approx((1.0, 2.0))
    intercept, slope = line([(10, 1.0), (1000, 10.0), (100_000, 1100.0)])
    assert intercept + 10 * slope == pytest.approx(1.0, rel=0.1)
    assert slope == pytest.approx(0.01, rel=0.15)
