"""Where an evaluation spends its time, function by function and line by line: records of a profile."""

from typing import Annotated

from msgspec import Meta, Struct

from ..machine.load import Share
from .quantities import Amount, Natural

#: So many functions of a worker are told, by names and paths of so many characters.
MOST_FUNCTIONS, LONGEST_NAME = 20, 200

#: And so many lines of its code.
MOST_LINES = 20


class Profiled(Struct, frozen=True, kw_only=True):
    """A Python function in one evaluation, as a profiler sees it: its times are estimates."""

    name: Annotated[str, Meta(max_length=LONGEST_NAME)]
    """Within its file, as in ``Solver.step``."""
    file: Annotated[str, Meta(max_length=LONGEST_NAME)]
    """From the problem's folder, or from where it is imported, as in ``mine/solver.py``."""
    calls: Amount
    """Mean over the evaluations; of a generator each time that it goes on."""
    own_ns: Natural
    """Time in the function itself, and in what it calls that is not written in Python."""


#: The functions with the most time of their own.
Functions = Annotated[tuple[Profiled, ...], Meta(max_length=MOST_FUNCTIONS)]


class Line(Struct, frozen=True, kw_only=True):
    """A line of the user's own code in one evaluation, as Python tells of it: its share is an estimate."""

    file: Annotated[str, Meta(max_length=LONGEST_NAME)]
    """From the problem's folder, or from where it is imported, as in ``mine/solver.py``."""
    number: Natural
    text: Annotated[str, Meta(max_length=LONGEST_NAME)]
    """Empty where the file is not there."""
    times: Natural
    """How often it began, as far as the evaluation was watched."""
    share: Share
    """Of the time of all lines, what it calls that is not the user's own among it."""


#: The lines with the largest shares.
Lines = Annotated[tuple[Line, ...], Meta(max_length=MOST_LINES)]
