"""The two contents of a case's inputs, A and B, as they were made: what is in files from these, the rest made again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from .loading import problem_functions
from .outcome import Unfit, judged
from .protocol import CaseSpec
from .value_files import load_values
from .values.comparison import Expected
from .values.stored import load_expected

#: The file that says how contents were made, in the folder of a case.
_MAKING = "making.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Making:
    """How the contents of a case were made, and how results are checked."""

    data: dict[str, str]
    """Content -> kind of data."""
    seeds: dict[str, int]
    """Content -> seed."""
    baseline: str
    accepts: bool
    """Whether the problem has a test of its own for outputs."""
    compares: bool
    """Whether it has a comparison of its own."""
    renews: bool
    """Whether it has its own way of giving each call what that may use up."""
    expects: bool
    """Whether there is something to hold results against in the files."""


def save_making(spec: CaseSpec, making: Making) -> None:
    """Write how the contents of a case were made."""
    (spec.inputs / _MAKING).write_bytes(msgspec.json.encode(making))


class Originals:
    """Gives the inputs of a case as they were before any call."""

    def __init__(self, spec: CaseSpec) -> None:
        self._spec = spec
        self.making = msgspec.json.decode((spec.inputs / _MAKING).read_bytes(), type=Making)

    def __call__(self, content: str) -> dict[str, Any]:
        """Return name -> value of content "a" or "b".

        Raises
        ------
        Unfit
            If what is in no file cannot be made here as it was made there.
        """

        def make() -> Mapping[str, Any]:
            with judged("its inputs() "):
                return made(self._spec, self.making.data[content], self.making.seeds[content])

        try:
            return load_values(self._spec.inputs / content / "inputs", make)
        except ValueError as error:
            raise Unfit("failed", str(error)) from error

    def in_files(self, content: str) -> dict[str, Any]:
        """Return those of a content that are arrays of plain data or numbers."""
        return load_values(self._spec.inputs / content / "inputs")

    def expected(self, content: str) -> Expected | None:
        """Return what is right for a content, None where the problem's own functions judge alone."""
        return load_expected(self._spec.inputs / content / "expected") if self.making.expects else None


def made(spec: CaseSpec, data: str, seed: int) -> Mapping[str, Any]:
    """Return the inputs of a case as its problem makes them."""
    case = spec.case
    return problem_functions(spec).inputs(case.size.values, case.dtype, data, seed)
