"""What workers run in: an interpreter with its packages, and variables put over those of this process."""

import os
import sys
from collections.abc import Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from ..machine.distributions import project_of
from ..store.records import EnvironmentRecord

#: How the variables are called that are there for their length alone.
LEVEL = "IMPLBENCH_LEVEL"

#: What a variable takes on the stack of a process beside its text: the zero behind it, and a pointer to it.
_BESIDE_TEXT_BYTES = 9


class Environment(Struct, frozen=True, kw_only=True):
    """What the workers of a case run in."""

    label: str = ""
    """For people, as in ``numpy 2.3.5``; empty for that of the harness."""
    python: str = sys.executable
    """The interpreter."""
    variables: Mapping[str, str | None] = field(default_factory=dict)
    """Put over those of this process; None: taken out of them."""
    record: EnvironmentRecord | None = None
    """What a run keeps of it; None for that of the harness."""
    broken: str | None = None
    """Why there is no such environment, if so."""

    def over(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Return the variables of a process, with its own put over them."""
        values = {**environment, **self.variables}
        return {name: value for name, value in values.items() if value is not None}

    def lacking(self, requirements: Sequence[str]) -> str | None:
        """Return what is missing in it and how to add it; None where nothing is, or where nobody has looked."""
        if self.record is None:
            return None
        absent = [one for one in requirements if project_of(one) not in self.record.packages]
        if not absent:
            return None
        asked = " ".join([*self.record.asked, *absent])
        return f"needs {', '.join(absent)}, which this environment does not have (--env '{asked}')"


#: That of the harness.
HERE = Environment()


def levelled(environments: Sequence[Environment], variables: Mapping[str, str]) -> tuple[Environment, ...]:
    """Return environments of which all take the same room on a worker's stack: a longer one would move what is loaded.

    Parameters
    ----------
    environments
        Each with its own variables and interpreter.
    variables
        Those of this process.
    """
    counts = [len(one.over(variables)) for one in environments]
    rooms = [
        _room(one, variables) + _of_fillers(max(counts) - count)
        for one, count in zip(environments, counts, strict=True)
    ]
    return tuple(
        replace(one, variables={**one.variables, **_fillers(max(counts) - count), LEVEL: "x" * (max(rooms) - room)})
        for one, count, room in zip(environments, counts, rooms, strict=True)
    )


def _room(one: Environment, variables: Mapping[str, str]) -> int:
    """Return the bytes that variables and the name of the interpreter take: that stands there twice."""
    texts = (f"{name}={value}" for name, value in one.over(variables).items())
    return sum(len(os.fsencode(text)) + _BESIDE_TEXT_BYTES for text in texts) + 2 * len(os.fsencode(one.python))


def _fillers(number: int) -> dict[str, str]:
    return {f"{LEVEL}_{place:03}": "" for place in range(number)}


def _of_fillers(number: int) -> int:
    return sum(len(f"{name}=") + _BESIDE_TEXT_BYTES for name in _fillers(number))
