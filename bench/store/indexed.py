"""What an index of results/ gives: runs, cases, and what the one says of the other."""

from dataclasses import dataclass

from .records import Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """Runs of one case at one size against one baseline."""

    id: int
    case_id: str
    name: str
    problem: str
    implementation: str
    size: str
    baseline: str | None
    """Id of the case that it is compared with, its own if it is the baseline itself; None where there is none."""

    @property
    def is_baseline(self) -> bool:
        """Whether the others are compared with it."""
        return self.baseline == self.case_id


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What one run says of a case."""

    run: str
    created: str
    commit: str | None
    software: int
    outcome: Outcome
    seconds: float | None
    log_ratio: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Machine:
    """Like machines, by their fingerprint."""

    fingerprint: str
    cpu: str | None
    runs: int
    host: str | None = None
    """Its name in the network, where its CPU is not named."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """A document that can be read, and the run in it."""

    document: str
    """Name of the file."""
    bytes: int
    mtime_ns: int
    """When it was last changed."""
    run: str
    created: str
    machine: str
    cpu: str | None
    commit: str | None
