"""Which files and folders are problems, and why others are not."""

import re
from collections.abc import Mapping
from pathlib import Path

from .. import reading
from ..errors import ImplbenchError
from .contract import CONSTANTS
from .files import MODULE
from .functions import counts, function_named, implementations, signature
from .literals import LARGEST_SOURCE, literals, parsed

#: What a problem.py defines beside its constants.
_FUNCTIONS = ("inputs", "reference", "tolerance", "work")

#: What is in a file that may be a problem; most files need not be parsed.
_INPUTS = re.compile(rb"\bdef[ \t]+inputs\b")

#: So many files that are no problem are named.
_MOST_NAMED = 4


def problems_in(folder: Path) -> list[Path]:
    """Return the folder itself, if it is a problem, or else those that lie in it: files, and folders."""
    if (folder / f"{MODULE}.py").is_file():
        return [folder]
    places = [file for file in sorted(folder.glob("*.py")) if is_problem(file)]
    return [*places, *(file.parent for file in sorted(folder.glob(f"*/{MODULE}.py")) if is_problem(file))]


def place_in(folder: Path) -> Path:
    """Return what is the problem in a folder: the folder itself, or the one problem that lies in it.

    Raises
    ------
    ImplbenchError
        If there is none or several, with their names.
    """
    places = problems_in(folder)
    if len(places) == 1:
        return places[0]
    if places:
        raise ImplbenchError(f"{folder}: has several problems, name one: {', '.join(one.name for one in places)}")
    others = passed_over(folder, everything=True)
    told = "; ".join(f"{name}: {reason}" for name, reason in list(others.items())[:_MOST_NAMED])
    more = f"; and {len(others) - _MOST_NAMED} more" if len(others) > _MOST_NAMED else ""
    raise ImplbenchError(
        f"{folder}: has no problem.py, and no file with a function inputs() and functions to compare "
        f"({f'passed over: {told}{more}' if told else 'implbench new problem NAME writes one'})"
    )


def passed_over(folder: Path, *, everything: bool = False) -> Mapping[str, str]:
    """Return name -> why it is no problem, of each file in a folder that looks as if it measured something.

    Parameters
    ----------
    folder
        Where they lie.
    everything
        Whether all other modules count too.
    """
    files = [file for file in sorted(folder.glob("*.py")) if file.stem != "setup" and counts(file.stem)]
    looked_at = {file.name: _why_none(file) for file in files if everything or _measures(file)}
    return {name: reason for name, reason in looked_at.items() if reason}


def _why_none(file: Path) -> str | None:
    """Return why a file is no problem, None where it is one."""
    try:
        tree = parsed(file)
        function = function_named(tree, "inputs")
        if function is None:
            return "has no function inputs()"
        if not signature(function, tree, file).is_telling:
            return "its inputs() has neither sizes with defaults nor a seed"
        return None if implementations(tree, file) else "has no function to compare"
    except ImplbenchError as error:
        return str(error).removeprefix(f"{file}: ")


def _measures(file: Path) -> bool:
    """Return whether a file looks like a benchmark, by its name or by what it uses."""
    words = (b"timeit", b"perf_counter", b"perfplot", b"pyperf", b"simple_benchmark", b"benchmark(")
    try:
        return "bench" in file.stem.lower() or any(word in reading.contents(file, LARGEST_SOURCE) for word in words)
    except ImplbenchError:
        return False


def is_problem(file: Path, *, named: bool = False) -> bool:
    """Return whether a file is meant as a problem: one file, or the problem.py of a folder.

    Other projects have modules of that name, or functions of the names in it: one counts if its `inputs` takes sizes
    with defaults or a seed, and nothing unknown; a problem.py also if it gives SIZES and something else that only a
    problem gives. What cannot be read as Python is none of ours either. One file that somebody has `named` counts
    if it has a function `inputs` at all.
    """
    try:
        if file.stem != MODULE and not _INPUTS.search(reading.contents(file, LARGEST_SOURCE)):
            return False
        tree = parsed(file)
        constants = literals(tree).keys() & CONSTANTS.keys()
        if file.stem == MODULE:
            given = len(constants) + sum(function_named(tree, name) is not None for name in _FUNCTIONS)
            if "SIZES" in constants and given > 1:
                return True
        function = function_named(tree, "inputs")
        if function is None or not (named or signature(function, tree, file).is_telling):
            return False
        return file.stem == MODULE or bool(implementations(tree, file))
    except ImplbenchError:
        return False
