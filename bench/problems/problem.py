"""A problem is a folder with a problem.py; what the parent needs of it is read without running it."""

import ast
import hashlib
import importlib.util
import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import reading
from ..errors import ImplbenchError, unknown
from ..text import speakable

BUNDLED = Path(__file__).resolve().parents[2] / "impls"
ENTRY_POINTS = "implbench.problems"

#: A larger file is no Python source that somebody wrote.
LARGEST_SOURCE = 16 * 2**20

#: The literal constants of a problem.py, with the type of each.
_CONSTANTS: Mapping[str, type] = {
    "SIZES": dict,
    "DEFAULT_SIZE": str,
    "DATA": tuple,
    "BASELINE": str,
    "OUTPUTS": tuple,
}

#: What a problem.py defines beside its constants.
_FUNCTIONS = frozenset({"inputs", "reference", "tolerance", "work"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """What a problem.py says of itself in its docstring and literal constants."""

    name: str
    folder: Path
    title: str
    formula: str
    sizes: dict[str, dict[str, int]]
    default_size: str
    data: tuple[str, ...]
    """Kinds of data; the first is the usual one."""
    baseline: str
    layouts: tuple[str, ...]
    """Layouts measured where the user names none; the first is the baseline's."""
    outputs: tuple[str, ...]
    ladder: tuple[str, ...] = ()
    """Implementations in the order in which each improves on the one before it; empty where none is given."""
    inout: tuple[str, ...] = ()
    """Input arrays that an evaluation may overwrite; their contents are put back before each call, untimed."""

    def digest(self) -> str:
        """Return the SHA-256 over names and contents of the folder's files."""
        total = hashlib.sha256()
        for file in files_below(self.folder):
            total.update(os.fsencode(f"{file.relative_to(self.folder).as_posix()}\0{file.stat().st_size}\0"))
            for piece in reading.pieces(file):
                total.update(piece)
        return total.hexdigest()


def files_below(place: Path) -> tuple[Path, ...]:
    """Return the files below a folder that somebody wrote, sorted; of a file itself that alone."""
    if place.is_file():
        return (place,)
    return tuple(sorted(file for file in place.rglob("*") if file.is_file() and "__pycache__" not in file.parts))


def available() -> dict[str, Path]:
    """Return name -> folder of the bundled problems and those that installed packages offer."""
    from importlib.metadata import entry_points  # a worker does without it

    found = {file.parent.name: file.parent for file in sorted(BUNDLED.glob("*/problem.py"))}
    for point in entry_points(group=ENTRY_POINTS):
        spec = importlib.util.find_spec(point.value)
        if spec is not None and spec.submodule_search_locations:
            found.setdefault(point.name, Path(next(iter(spec.submodule_search_locations))))
    return found


def find(name_or_path: str) -> Problem:
    """Return the problem of that name, or the one in that folder.

    Raises
    ------
    ImplbenchError
        If there is neither, or the folder has no readable problem.py.
    """
    problems = available()
    if name_or_path in problems:
        return read(problems[name_or_path])
    folder = Path(name_or_path)
    if folder.is_dir():
        return read(folder.resolve())
    if folder.exists() or os.sep in name_or_path:
        raise ImplbenchError(f"{name_or_path}: no such folder; expected a folder with a problem.py")
    raise unknown("problem", name_or_path, [*problems, "or the path of a folder with a problem.py"])


def is_problem(file: Path) -> bool:
    """Return whether a problem.py is meant as one: it gives SIZES, and something else that only a problem gives.

    Other projects have modules of that name; one that cannot be read as Python is none of ours either.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about code that is not ours
            tree = ast.parse(reading.contents(file, LARGEST_SOURCE))
        constants = literals(tree)
    except (ImplbenchError, SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    given = (constants.keys() & _CONSTANTS.keys()) | (functions & _FUNCTIONS)
    return "SIZES" in given and len(given) > 1


def read(folder: Path) -> Problem:
    """Return the problem in `folder`; its problem.py is parsed, not run.

    Raises
    ------
    ImplbenchError
        If problem.py is missing, has a syntax error, lacks a constant or has one of another type.
    """
    file = folder / "problem.py"
    if not file.is_file():
        raise ImplbenchError(f"{folder}: has no problem.py; a problem is a folder with a problem.py in it")
    try:
        tree = ast.parse(reading.contents(file, LARGEST_SOURCE), filename=speakable(str(file)))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ImplbenchError(f"{file}: cannot be read as Python: {error}") from error
    constants = literals(tree)
    for name, expected in _CONSTANTS.items():
        if not isinstance(constants.get(name), expected):
            raise ImplbenchError(
                f"{file}: {name} must be a literal {expected.__name__} at the top level of the module, "
                f"found {constants[name]!r}"
                if name in constants
                else f"{file}: has no literal constant {name}"
            )
    title, formula = described(tree, folder.name)
    problem = Problem(
        name=speakable(folder.name),
        folder=folder,
        title=title,
        formula=formula,
        sizes=constants["SIZES"],
        default_size=constants["DEFAULT_SIZE"],
        data=constants["DATA"],
        baseline=constants["BASELINE"],
        layouts=tuple(constants.get("LAYOUTS", ("C",))),
        outputs=constants["OUTPUTS"],
        ladder=tuple(constants.get("LADDER", ())),
        inout=_inout(file, constants.get("INOUT", ())),
    )
    if problem.default_size not in problem.sizes:
        raise ImplbenchError(f"{file}: {unknown('DEFAULT_SIZE', problem.default_size, problem.sizes)}")
    return problem


def _inout(file: Path, found: object) -> tuple[str, ...]:
    """Return the names in INOUT; one name may stand alone."""
    names = (found,) if isinstance(found, str) else found
    if not isinstance(names, tuple | list) or not all(isinstance(name, str) for name in names):
        raise ImplbenchError(f'{file}: INOUT must be a literal tuple of names of inputs, as in ("a",), found {found!r}')
    return tuple(names)


def literals(tree: ast.Module) -> dict[str, Any]:
    """Return the module-level names that are bound to a literal."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            target, value = node.targets[0], node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            target, value = node.target, node.value
        else:
            continue
        try:
            found[target.id] = ast.literal_eval(value)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            continue  # not a literal: not for us
    return found


def described(tree: ast.Module, otherwise: str) -> tuple[str, str]:
    """Return the first line of the docstring, without its full stop, and the rest of it."""
    first, _, rest = (ast.get_docstring(tree) or otherwise).partition("\n")
    return first.strip().removesuffix("."), rest.strip()
