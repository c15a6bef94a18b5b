"""What a step takes that is shared out among hosts, which then add up what each has. Pure: numbers in, numbers out.

A step on m samples and p hosts that each do as many takes

    T(m, p) = fixed + per_sample m / p + sum of allreduce(p, bytes) over its messages

and a message of b bytes from one host to another alpha + b beta (Hockney, The communication challenge for MPP, Parallel
Computing 20, 1994). An allreduce is the fastest of three algorithms, as MPI libraries choose them by p and b (Thakur,
Rabenseifner and Gropp, Optimization of collective communication operations in MPICH, International Journal of High
Performance Computing Applications 19(1), 2005, section 4.5 and the costs of its parts). With L = log2(p), rounded up,
and gamma the time to add up a byte,

    recursive doubling           L (alpha + b (beta + gamma))
    Rabenseifner                 2 L alpha + (p - 1) / p b (2 beta + gamma)
    ring                         2 (p - 1) alpha + (p - 1) / p b (2 beta + gamma)

gamma is part of beta here: each byte that is moved is charged beta, and adding it up nothing beside. Left out are hosts
that are slower than others or are held up, for which all wait, and paths that several messages share.
"""

from collections.abc import Sequence
from math import ceil, log2

from msgspec import Struct


class Network(Struct, frozen=True, kw_only=True):
    """What a message costs."""

    latency_s: float
    """alpha: of a message without contents."""
    seconds_per_byte: float
    """beta: for each byte more."""


class Step(Struct, frozen=True, kw_only=True):
    """What a step costs on one host, and what hosts tell one another."""

    fixed_s: float
    """Not shared out: it stays however many hosts there are."""
    seconds_per_sample: float
    messages_bytes: tuple[float, ...]
    """Of each allreduce of a step."""


def allreduce_s(network: Network, hosts: int, size_bytes: float) -> float:
    """Return the seconds that an allreduce takes, by the fastest of the three algorithms; 0 on one host."""
    if hosts == 1:
        return 0.0
    rounds = ceil(log2(hosts))
    alpha, beta = network.latency_s, network.seconds_per_byte
    moved = 2 * (hosts - 1) / hosts * size_bytes * beta
    return min(rounds * (alpha + size_bytes * beta), 2 * rounds * alpha + moved, 2 * (hosts - 1) * alpha + moved)


def allreduce_bytes(network: Network, hosts: int, size_bytes: float) -> float:
    """Return the bytes that each host sends in an allreduce, by the fastest of the three algorithms; 0 on one host.

    They are L b by recursive doubling, and 2 (p - 1) / p b by both others, which is the least that there can be
    (Patarasuk and Yuan, Bandwidth optimal all-reduce algorithms for clusters of workstations, JPDC 69, 2009).
    """
    if hosts == 1:
        return 0.0
    rounds = ceil(log2(hosts))
    least = 2 * (hosts - 1) / hosts * size_bytes
    doubling_s = rounds * (network.latency_s + size_bytes * network.seconds_per_byte)
    return rounds * size_bytes if doubling_s <= allreduce_s(network, hosts, size_bytes) else least


def step_s(step: Step, network: Network, *, samples: float, hosts: int) -> float:
    """Return T(m, p) in seconds."""
    told = sum(allreduce_s(network, hosts, size) for size in step.messages_bytes)
    return step.fixed_s + step.seconds_per_sample * samples / hosts + told


def efficiency(step: Step, network: Network, *, samples: float, hosts: int) -> float:
    """Return the speed-up over one host, divided by the number of hosts: 1 where each adds as much as the first."""
    alone, together = (step_s(step, network, samples=samples, hosts=p) for p in (1, hosts))
    return alone / (hosts * together)


def most_hosts(step: Step, network: Network, *, samples: float, least: float = 0.5) -> int:
    """Return the largest number of hosts, each with a sample at least, at which the efficiency is still so high.

    It is looked for by doubling, then halving the interval: where the efficiency has fallen below it does not rise
    again, but for some thousandths where the logarithm is rounded up.
    """
    high = 2
    while high <= samples and efficiency(step, network, samples=samples, hosts=high) >= least:
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        if efficiency(step, network, samples=samples, hosts=middle) >= least:
            low = middle
        else:
            high = middle
    return min(low, max(1, int(samples)))


def line(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return intercept and slope of the line through points that is nearest to them relative to their height.

    Weighted least squares with weights 1 / y^2: what is minimised is the sum of ((a + b x - y) / y)^2, so that times
    over several orders of magnitude count alike. At least two different x, and all y above 0.
    """
    weights = [y**-2 for _, y in points]
    total = sum(weights)
    x_mean = sum(w * x for w, (x, _) in zip(weights, points, strict=True)) / total
    y_mean = sum(w * y for w, (_, y) in zip(weights, points, strict=True)) / total
    spread = sum(w * (x - x_mean) ** 2 for w, (x, _) in zip(weights, points, strict=True))
    slope = sum(w * (x - x_mean) * (y - y_mean) for w, (x, y) in zip(weights, points, strict=True)) / spread
    return y_mean - slope * x_mean, slope
