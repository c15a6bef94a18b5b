"""Results folders that never were: runs an hour apart, with known changes, for tests of index and history."""

from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

from msgspec.structs import replace

from bench.store import documents
from tests.builders import Spec, make_run

HERE = "0123456789ab"
ELSEWHERE = "ba9876543210"


def write(
    folder: Path,
    runs: int,
    *,
    specs: Callable[[int], tuple[Spec, ...]] | None = None,
    environment: Callable[[int], Mapping[str, Any]] | None = None,
    problem: str = "backprop",
    first: int = 0,
    noise: float = 0.005,
) -> list[Path]:
    """Write runs number `first` and after; `fast` gets 10 % slower from run 15 on unless `specs` says otherwise."""
    random = Random(1)
    paths = []
    for index in range(first, first + runs):
        arms = specs(index) if specs else usual(index)
        arms = tuple(replace(arm, ms=arm.ms * (1 + random.gauss(0, noise))) for arm in arms)
        day, hour = divmod(index, 24)
        created = f"2026-01-{day + 1:02}T{hour:02}:00:00Z"
        stem = f"202601{day + 1:02}T{hour:02}0000Z-{problem}"
        found = environment(index) if environment else machine()
        run = make_run(arms, rounds=3, passes=2, seed=index, problem=problem, environment=dict(found))
        path = folder / f"{stem}.json"
        documents.write_atomically(path, documents.whole(replace(run, id=stem, created=created)))
        paths.append(path)
    return paths


def usual(index: int) -> tuple[Spec, ...]:
    """Return a baseline, a case that gets 10 % slower at run 15, and one that stays."""
    return (
        Spec(name="base", ms=10.0, baseline=True),
        Spec(name="fast", ms=2.0 if index < 15 else 2.2),
        Spec(name="calm", ms=5.0),
    )


def machine(fingerprint: str = HERE, commit: str = "a" * 40, **software: str) -> dict[str, Any]:
    """Return the part of an environment that a history reads."""
    return {
        "fingerprint": fingerprint,
        "cpu": {"model": f"CPU {fingerprint[:2]}"},
        "commit": {"id": commit, "dirty": False},
        "python": {"version": "3.12.1"},
        "distributions": {"numpy": "2.3.1", **software},
    }
