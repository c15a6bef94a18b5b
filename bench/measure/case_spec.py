"""What a worker is told of a case."""

from pathlib import Path

from msgspec.structs import replace

from ..problems.case import Case
from ..problems.implementation import make_importable
from ..problems.problem import Problem
from ..worker.protocol import CaseSpec
from .group import Source


def case_spec(case: Case, source: Source, inputs: Path, *, problem: Problem, scratch: Path) -> CaseSpec:
    """Return what a worker is told of a case: the code of `source`, asked as `problem` says.

    Parameters
    ----------
    case
        The case.
    source
        Where its code comes from.
    inputs
        Folder of its inputs.
    problem
        The problem that makes them.
    scratch
        Where a package of the code's folder is made, for processes that the code starts.
    """
    own = source.problem
    return CaseSpec(
        case=replace(case, data=case.data or problem.data[0]),
        folder=own.folder,
        module=own.module,
        arguments=problem.arguments,
        importable=make_importable(source.folder, scratch),
        path=own.path,
        code=own.code,
        origin=own.origin,
        inputs=inputs,
        outputs=problem.outputs,
        inout=problem.inout,
    )
