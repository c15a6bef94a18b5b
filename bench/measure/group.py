"""What is measured together: arms that share a baseline, and where their code and inputs are."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..problems.case import MemoryOrder
from ..problems.implementation import Implementation
from ..problems.problem import Problem
from ..store.records import Arm
from ..worker.origins import Own
from .environments import HERE, Environment


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where the code of an arm comes from."""

    problem: Problem
    implementation: Implementation
    own: Own | None = None
    """All code of its version, where it is one of two."""
    environment: Environment = HERE
    """What its workers run in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
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

    @property
    def allocator(self) -> str:
        """Allocator policy of each worker."""
        return self.arms[0].case.allocator
