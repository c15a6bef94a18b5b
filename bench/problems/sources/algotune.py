"""AlgoTune: tasks with a solver that is to be beaten, and a test of solutions (oripress/AlgoTune).

``AlgoTuneTasks/NAME/NAME.py`` has a class that makes problems, solves them and tells whether something is a solution.
Candidates are files ``solver.py`` with a class ``Solver``: those in ``results/*/NAME``, or others that are named.
"""

import ast
import importlib
import logging
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Set
from pathlib import Path
from types import ModuleType
from typing import Any

from ... import reading
from ...errors import ImplbenchError
from ..functions import Function
from ..literals import LARGEST_SOURCE, parsed
from ..literals import described as docstring
from ..origin import Origin
from ..problem import Problem
from . import described
from .modules import module_at
from .needs import lacking
from .seeding import seeded

#: The package of the tasks.
TASKS = "AlgoTuneTasks"

#: What the tasks import from beside them, which needs much that a task alone does not.
_OWN = (TASKS, "AlgoTuner")

#: What the class of a task has.
_METHODS = frozenset({"generate_problem", "solve", "is_solution"})

#: The baseline: the task's own solver.
BASELINE = "solve"

#: Types of most of what solutions hold; nothing is put off in these.
_PLAIN = frozenset({bool, bytes, complex, float, int, str, type(None)})

#: A size that takes next to no time, for checks, and its number.
SMALL, _SMALL_N = "S", 10

#: The number of a size where the report of the collection has none, at which the task's own solver takes 100 ms.
_USUAL_N = 10


def entries(place: Path) -> dict[str, str]:
    """Return the tasks of a checkout."""
    folder = place / TASKS
    if not folder.is_dir():
        raise ImplbenchError(f"{place}: is no checkout of AlgoTune: it has no folder {TASKS}")
    names = sorted(file.stem for file in folder.glob("*/*.py") if file.stem == file.parent.name)
    return {name: name.replace("_", " ") for name in names}


def problem(origin: Origin) -> Problem:
    """Return a task as a problem; ImplbenchError if it has no class of a task, or needs what is not here."""
    file = _file(origin)
    tree = parsed(file)
    task = _task(tree)
    if task is None:
        raise ImplbenchError(f"{file}: has no class with generate_problem, solve and is_solution")
    baseline = Function(name=BASELINE, title="the task's own solver", arguments=("problem",))
    n = _sizes(origin.place).get(origin.entry, _USUAL_N)
    return described.problem(
        origin,
        file,
        [baseline, *(_candidate(name, file, origin.entry) for name, file in _solvers(origin).items())],
        title=docstring(task, origin.entry.replace("_", " "))[0],
        sizes={f"n={n}": {"n": n}, SMALL: {"n": min(n, _SMALL_N)}},
        arguments=("problem",),
        needs=lacking(tree, own=_OWN),
    )


def functions(origin: Origin) -> dict[str, Callable[..., Any]]:
    """Return what makes problems and judges solutions, by the task's own methods."""
    task = _loaded(origin)

    def inputs(size: Mapping[str, int], dtype: str, data: str, seed: int) -> tuple[Any]:
        del dtype, data
        with seeded(seed):
            return (task.generate_problem(n=size["n"], random_seed=seed),)

    folders = {file.parent for file in _solvers(origin).values()}

    def accept(given: Mapping[str, Any], solution: Any) -> str | None:
        own = next(_of_own_class(solution, folders), None)
        if own is not None:
            return f"it holds a {type(own).__name__}, which may compute only when it is looked at"
        with _Heard() as heard:
            accepted = task.is_solution(given["problem"], solution)
        return None if accepted else heard.last or "it is no solution"

    return {"inputs": inputs, "accept": accept}


def implementation(origin: Origin, name: str) -> Callable[..., Any]:
    """Return the task's own solver, or a method of a candidate that has been made, untimed."""
    found: Callable[..., Any]
    if name == BASELINE:
        found = _loaded(origin).solve
        return found
    found = module_at(_solvers(origin)[name]).Solver().solve
    return found


def _file(origin: Origin) -> Path:
    return origin.place / TASKS / origin.entry / f"{origin.entry}.py"


def _task(tree: ast.Module) -> ast.ClassDef | None:
    """Return the class of the task, the last that has its methods."""
    found = [
        node
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        and {one.name for one in node.body if isinstance(one, ast.FunctionDef)} >= _METHODS
    ]
    return found[-1] if found else None


def _sizes(place: Path) -> dict[str, int]:
    """Return task -> n, as the collection's own report has it; none where there is no such report."""
    file = place / "reports" / "generation.json"
    if not file.is_file():
        return {}
    found = reading.decoded(reading.contents(file, LARGEST_SOURCE), dict[str, Any])
    ns = {name: one.get("n") for name, one in found.items() if isinstance(one, dict)}
    return {name: n for name, n in ns.items() if type(n) is int and n > 0}


def _solvers(origin: Origin) -> dict[str, Path]:
    """Return name -> file of each candidate: of those that were named, else of the collection's own."""
    found: dict[str, Path] = {}
    for place in origin.candidates or (origin.place / "results",):
        files = [place] if place.is_file() else _below(place, origin.entry)
        if not files and origin.candidates:
            raise ImplbenchError(f"{place}: holds no solver.py for {origin.entry}")
        for file in files:
            name = _identifier(_whose(file, origin.entry))
            while name in found or name == BASELINE:
                name += "_"
            found[name] = file
    return found


def _below(place: Path, entry: str) -> list[Path]:
    """Return the solvers of a task in a folder: in one of the task's name, in several of these, or just there."""
    for pattern in (f"{entry}/solver.py", f"*/{entry}/solver.py", "solver.py", "*/solver.py"):
        files = sorted(place.glob(pattern))
        if files:
            return files
    return []


def _whose(file: Path, entry: str) -> str:
    """Return whose a candidate is: of a file solver.py the folder says it, or the one above that of the task."""
    if file.stem != "solver":
        return file.stem
    return file.parent.parent.name if file.parent.name == entry else file.parent.name


def _identifier(name: str) -> str:
    """Return a name as one that can be typed without quotes."""
    found = re.sub(r"\W+", "_", name).strip("_").lower()
    return found if found.isidentifier() else f"solver_{found}"


def _candidate(name: str, file: Path, entry: str) -> Function:
    title = _whose(file, entry)
    try:
        tree = parsed(file)
    except ImplbenchError as error:
        return Function(name=name, title=title, file=file, broken=str(error))
    beside = {one.stem for one in file.parent.iterdir()}
    named = any(isinstance(node, ast.ClassDef) and node.name == "Solver" for node in tree.body)
    broken = None if named else f"{file.name}: has no class Solver"
    return Function(name=name, title=title, file=file, broken=broken, requires=lacking(tree, own=beside))


def _of_own_class(value: Any, folders: Set[Path]) -> Iterator[Any]:
    """Yield what in a solution is of a class that is written in a file in one of these folders."""
    file = getattr(sys.modules.get(type(value).__module__), "__file__", None)
    if file is not None and Path(file).parent in folders:
        yield value
    elif isinstance(value, dict | list | tuple | set | frozenset):
        for one in value.values() if isinstance(value, dict) else value:
            if type(one) not in _PLAIN:
                yield from _of_own_class(one, folders)


def _loaded(origin: Origin) -> Any:
    """Return the task, made by its own class; what it imports of the collection is stood in for."""
    package = ModuleType(TASKS)
    package.__path__ = [str(origin.place / TASKS)]
    base = _base()
    sys.modules.setdefault(TASKS, package)
    sys.modules.setdefault(base.__name__, base)
    module = importlib.import_module(f"{TASKS}.{origin.entry}.{origin.entry}")
    classes = [one for one in vars(module).values() if isinstance(one, type) and one.__module__ == module.__name__]
    tasks = [one for one in classes if all(hasattr(one, name) for name in _METHODS)]
    return tasks[-1]()


def _base() -> ModuleType:
    """Return what stands for the module of the class that tasks are made of: they use nothing else of it."""
    module = ModuleType(f"{TASKS}.base")

    class Task:
        """What every task is."""

        def __init__(self, **options: Any) -> None:
            vars(self).update(options)

    def register_task(_name: str) -> Callable[[type], type]:
        return lambda one: one

    vars(module).update(Task=Task, register_task=register_task, TASK_REGISTRY={})
    return module


class _Heard(logging.Handler):
    """Keeps what is last said by `logging` while it listens: so tasks tell why something is no solution."""

    def __init__(self) -> None:
        super().__init__(level=logging.WARNING)
        self.last = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what a record says."""
        self.last = record.getMessage()

    def __enter__(self) -> "_Heard":
        """Listen."""
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *_error: object) -> None:
        """Listen no more."""
        logging.getLogger().removeHandler(self)
