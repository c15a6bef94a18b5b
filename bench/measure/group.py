"""What is measured together: arms that share a baseline, and where their code and inputs are."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from ..errors import ImplbenchError, NothingMeasured
from ..problems.case import MemoryOrder
from ..problems.implementation import Implementation, chosen
from ..problems.problem import Problem
from ..store.records import Arm, Left
from ..worker.origins import Own
from .environments import HERE, Environment


class Source(Struct, frozen=True, kw_only=True):
    """Where the code of an arm comes from."""

    problem: Problem
    implementation: Implementation
    own: Own | None = None
    """All code of its version, where it is one of two."""
    environment: Environment = HERE
    """What its workers run in."""

    @property
    def folder(self) -> Path:
        """The folder that its module is imported from."""
        return self.implementation.root if self.implementation.apart else self.problem.folder

    @property
    def beside(self) -> tuple[Path, ...]:
        """Folders whose modules come before what is installed."""
        own = (self.implementation.file.parent,) if self.implementation.apart else ()
        return (*own, *self.problem.beside)


class Group(Struct, frozen=True, kw_only=True):
    """Arms that are compared with one baseline, and what their workers need."""

    name: str
    arms: tuple[Arm, ...]
    sources: Mapping[str, Source]
    """Arm -> its code."""
    inputs: Mapping[str, Path]
    """Arm -> folder of its inputs."""
    orders: Mapping[str, dict[str, MemoryOrder]]
    """Arm -> memory order of each 2-D input."""
    limits: tuple[Arm, ...] = ()
    """Limits of the machine that are measured in the same rounds."""

    @property
    def problem(self) -> Problem:
        """The problem that makes the arms' inputs, and says how they are called; limits have their own."""
        return self.sources[self.arms[0].name].problem

    @property
    def threads(self) -> int:
        """Threads of each worker."""
        return self.arms[0].case.threads or 1

    def is_other_version(self, arm: Arm) -> bool:
        """Return whether an arm's code is of another version than that which makes the inputs."""
        return self.sources[arm.name].own != self.sources[self.arms[0].name].own

    @property
    def allocator(self) -> str:
        """Allocator policy of each worker."""
        return self.arms[0].case.allocator


def arranged(
    problem: Problem, arms: Sequence[Arm], left: Sequence[Left], environments: Sequence[Environment]
) -> tuple[dict[str, list[Arm]], dict[str, Source]]:
    """Return group -> arms and arm -> source; NothingMeasured if there is no arm."""
    if not arms:
        raise NothingMeasured(f"nothing to measure: {_reasons(left)}")
    members: dict[str, list[Arm]] = {}
    for arm in arms:
        members.setdefault(arm.case.group, []).append(arm)
    return members, _sources(problem, arms, environments)


def _reasons(left: Sequence[Left]) -> str:
    """Return why no case was started, each reason once."""
    names: dict[str, list[str]] = {}
    for one in left:
        names.setdefault(f"{one.outcome}, {one.reason}", []).append(one.case.name)
    return "; ".join(f"{', '.join(cases)}: {reason}" for reason, cases in names.items())


def _sources(problem: Problem, arms: Sequence[Arm], environments: Iterable[Environment]) -> dict[str, Source]:
    """Return arm -> its code, in the environment that its case names; ImplbenchError where that is not there."""
    found, places = chosen(problem, [arm.case.implementation for arm in arms]), {one.label: one for one in environments}
    gone = next((arm.case.environment for arm in arms if arm.case.environment not in places), None)
    if gone is not None:
        raise ImplbenchError(
            f"the environment {gone!r} of these cases is not made here: measure anew, with --env and the like"
        )
    return {
        arm.name: Source(
            problem=problem,
            implementation=found[arm.case.implementation],
            environment=places[arm.case.environment],
        )
        for arm in arms
    }
