"""The contents of a case's inputs as they were made: what is in files from these, the rest made again."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from .loading import problem_functions
from .outcome import Unfit, judged
from .protocol import CaseSpec, Content
from .value_files import load_values

#: The file that says how the first contents were made, in the folder of a case, and that of these.
_MAKING, _FIRST = "making.json", "first"


class Making(Struct, frozen=True, kw_only=True):
    """How the first contents of a case were made, and how results are checked: all that a worker is told of that."""

    data: str
    seed: int
    accepts: bool
    """Whether the problem has a test of its own for outputs."""
    judges: bool
    """Whether it looks at outputs itself, by that or by a comparison of its own."""
    renews: bool
    """Whether it has its own way of giving each call what that may use up."""


def save_making(spec: CaseSpec, making: Making) -> None:
    """Write how the first contents of a case were made."""
    (spec.inputs / _MAKING).write_bytes(msgspec.json.encode(making))


class Originals:
    """Gives the inputs of a case as they were before any call."""

    def __init__(self, spec: CaseSpec) -> None:
        self._spec = spec
        self.making = msgspec.json.decode((spec.inputs / _MAKING).read_bytes(), type=Making)

    @property
    def first(self) -> Content:
        """The contents that every worker begins with."""
        return first_of(self._spec, self.making.data, self.making.seed)

    def __call__(self, content: Content) -> dict[str, Any]:
        """Return name -> value of some contents.

        Raises
        ------
        Unfit
            If what is in no file cannot be made here as it was made there.
        """

        def make() -> Mapping[str, Any]:
            with judged("its inputs() "):
                return made(self._spec, content.data, content.seed)

        try:
            return load_values(content.folder, make)
        except ValueError as error:
            raise Unfit("failed", str(error)) from error

    @staticmethod
    def in_files(content: Content) -> dict[str, Any]:
        """Return those of some contents that are arrays of plain data or numbers."""
        return load_values(content.folder)


def first_of(spec: CaseSpec, data: str, seed: int) -> Content:
    """Return the first contents of a case, in their place."""
    return Content(folder=spec.inputs / _FIRST, data=data, seed=seed)


def made(spec: CaseSpec, data: str, seed: int) -> Mapping[str, Any]:
    """Return the inputs of a case as its problem makes them."""
    case = spec.case
    return problem_functions(spec).inputs(case.size.values, case.dtype, data, seed)
