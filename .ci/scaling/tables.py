"""What was measured, a model fitted to a few of the points, its error at the others, and what it foretells."""

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from bench.stats.hosts import Network, Step, allreduce_bytes, allreduce_s, efficiency, line, most_hosts, step_s
from bench.units import amount, time_text, times

SHARED, TCP, STEPS_BY_TCP = "messages by shared memory", "messages by tcp", "steps by tcp"

SAMPLES = [10, 10_000, 20_000, 30_000, 100_000, 200_000, 300_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000]

BY_DASK = [10_000, 100_000, 1_000_000, 10_000_000]

FITTED = (10, 200_000, 1_000_000)
"""Samples of the steps that the model is fitted to, those of one rank alone: all else tests it.

None of them fits the third-level cache, where a sample costs a tenth less and the model of many would have it, too.
"""

MESSAGES = [8, 64, 200, 1024, 4096, 16_384, 26_320, 65_536, 262_144]

UNITS, HIDDEN = 64, 25

STEP_MESSAGES = (8.0 * HIDDEN, 8.0 * (1 + 2 * UNITS * HIDDEN + HIDDEN + UNITS))
"""Bytes of the two allreduces of a step; the line through the messages leaves out those of their sizes."""

NETWORKS = {
    "Ethernet, 25 us, 10 Gbit/s": Network(latency_s=25e-6, seconds_per_byte=8 / 10e9),
    "InfiniBand, 2 us, 100 Gbit/s": Network(latency_s=2e-6, seconds_per_byte=8 / 100e9),
}
"""Assumed: round numbers for what such networks do between two programs."""

FORETOLD = (100_000, 1_000_000, 10_000_000, 100_000_000)
HOSTS = (10, 100, 1000)

Points = dict[str, Any]


def printed(points: Points) -> str:
    """Return all tables, as they stand in docs/machines.md."""
    steps = best(points["steps"], "ranks", "samples")
    dask = best(points["dask"], "workers", "samples")
    network, step = fitted(points)
    tables = (
        strong(steps, step, network),
        weak(steps),
        moved(points),
        by_dask(dask),
        foretold(step),
    )
    return "\n\n".join("\n".join(table) for table in tables)


def best(points: Sequence[Points], *by: str) -> dict[tuple[int, int], Points]:
    """Return the shortest of each kind over the rounds."""
    found: dict[tuple[int, int], Points] = {}
    for one in sorted(points, key=lambda one: float(one["seconds"])):
        found.setdefault((one[by[0]], one[by[1]]), one)
    return found


def fitted(points: Points, messages: str = SHARED) -> tuple[Network, Step]:
    """Return the network that two ranks here are, by what their messages took, and what a step costs."""
    steps, told = best(points["steps"], "ranks", "samples"), best(points[messages], "ranks", "message_bytes")
    fixed, slope = line([(float(m), steps[1, m]["seconds"]) for m in FITTED])
    latency, per_byte = line([(float(b), told[2, b]["seconds"]) for b in MESSAGES if b not in STEP_MESSAGES])
    step = Step(fixed_s=fixed, seconds_per_sample=slope, messages_bytes=STEP_MESSAGES)
    return Network(latency_s=latency, seconds_per_byte=per_byte), step


def strong(steps: dict[tuple[int, int], Points], step: Step, network: Network) -> Iterator[str]:
    """Yield the table of steps on as many samples by one and by two ranks, and the model's error."""
    yield "| samples | of x | 1 rank | model | 2 ranks | model | speed-up |"
    yield "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    errors = []
    for m in sorted({m for _, m in steps}):
        alone, together = (steps[p, m] for p in (1, 2))
        off = [step_s(step, network, samples=m, hosts=p) / steps[p, m]["seconds"] - 1 for p in (1, 2)]
        errors += [abs(error) for p, error in zip((1, 2), off, strict=True) if (p, m) not in [(1, f) for f in FITTED]]
        cells = [f"{m:,}", amount(8 * m * UNITS, "B"), _time(alone)]
        cells += [
            "fitted" if m in FITTED else f"{off[0]:+.1%}",
            _time(together),
            f"{off[1]:+.1%}",
        ]
        yield _row([*cells, times(alone["seconds"] / together["seconds"])])
    yield ""
    off_by = f"the model is off by {median(errors):.1%} (median), {max(errors):.1%} at most"
    yield f"Points that were not fitted: {len(errors)}; {off_by}."


def weak(steps: dict[tuple[int, int], Points]) -> Iterator[str]:
    """Yield the table of as many samples for each rank."""
    yield "| samples for each rank | 1 rank | 2 ranks | efficiency |"
    yield "| ---: | ---: | ---: | ---: |"
    for m in sorted({m for _, m in steps if (2, 2 * m) in steps}):
        alone, together = steps[1, m], steps[2, 2 * m]
        yield _row([f"{m:,}", _time(alone), _time(together), f"{alone['seconds'] / together['seconds']:.1%}"])


def moved(points: Points) -> Iterator[str]:
    """Yield what messages take and move, by both ways, and the model's error at steps by the other one."""
    (network, _), (tcp, step) = (fitted(points, name) for name in (SHARED, TCP))
    yield "| bytes of the message | shared memory | model | TCP | model |"
    yield "| ---: | ---: | ---: | ---: | ---: |"
    for b in MESSAGES:
        cells = [f"{b:,}"]
        for name, model in ((SHARED, network), (TCP, tcp)):
            took = best(points[name], "ranks", "message_bytes")[2, b]["seconds"]
            error = f"{allreduce_s(model, 2, b) / took - 1:+.0%}" if b in STEP_MESSAGES else "fitted"
            cells += [time_text(took), error]
        yield _row(cells)
    yield ""
    counted = min(one["bytes"] for one in points["bytes"])
    formula = 2 * sum(allreduce_bytes(network, 2, size) for size in STEP_MESSAGES)
    both = f"{formula:,.0f} bytes by the formula, {counted:,.0f} counted, with the headers of TCP"
    yield f"Moved in a step by two ranks: {both}."
    took = best(points[STEPS_BY_TCP], "ranks", "samples").values()
    off = [f"{step_s(step, tcp, samples=one['samples'], hosts=2) / one['seconds'] - 1:+.1%}" for one in took]
    sizes = ", ".join(f"{one['samples']:,}" for one in took)
    yield f"Steps of two ranks over TCP on {sizes} samples: the model is off by {', '.join(off)}."


def by_dask(dask: dict[tuple[int, int], Points]) -> Iterator[str]:
    """Yield the table of the time, the CPU time and the bytes of a cluster of dask."""
    yield "| samples | chunks | 1 worker | 2 workers | CPU, busier | CPU, scheduler | bytes, 1 worker | 2 workers |"
    yield "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for m in sorted({m for _, m in dask} & {*BY_DASK}):
        one, two = dask[1, m], dask[2, m]
        used = one["seconds"], two["seconds"], two["worker_cpu_s"], two["scheduler_cpu_s"]
        cells = [f"{m:,}", f"{two['chunks']}", *map(time_text, used)]
        yield _row([*cells, amount(one["bytes"], "B"), amount(two["bytes"], "B")])


def foretold(step: Step) -> Iterator[str]:
    """Yield the efficiency on many hosts."""
    columns = " | ".join(f"{p} hosts" for p in HOSTS)
    yield f"| network | samples | 1 host | {columns} | below 50 % beyond |"
    yield "| :--- | ---: |" + " ---: |" * (len(HOSTS) + 2)
    for name, network in NETWORKS.items():
        for m in FORETOLD:
            shares = [efficiency(step, network, samples=m, hosts=p) for p in HOSTS]
            took = [time_text(step_s(step, network, samples=m, hosts=p)) for p in (1, *HOSTS)]
            cells = [f"{one}, {share:.0%}" for one, share in zip(took[1:], shares, strict=True)]
            yield _row([name, f"{m:,}", took[0], *cells, f"{most_hosts(step, network, samples=m):,}"])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _time(point: Points) -> str:
    """Return the time of a step, with a star if it is CPU time."""
    return f"{time_text(point['seconds'])}{'' if point['undisturbed'] else ' *'}"
