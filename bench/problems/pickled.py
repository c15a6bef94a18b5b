"""A problem out of functions of a running program or notebook.

Workers get the functions as cloudpickle has them, over the pipe on which they get their orders: what is defined in the
program itself by value, what can be imported by name. Nothing is written to a file that is unpickled later.
"""

import inspect
import sys
import textwrap
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from msgspec import Struct, field

from ..errors import ImplbenchError
from .contract import CONTRACT
from .functions import Function
from .problem import ONLY_SIZE, USUAL_DATA, Problem

#: What the functions and values of a problem may take together: they are sent to every worker.
LARGEST_BYTES = 8 * 2**20

#: What stands for the file of the functions.
MODULE = "functions"

#: The number of the size where there is one.
SIZE = "n"


class Setup(Struct, frozen=True, kw_only=True):
    """How what the functions are called with is made."""

    make: Callable[..., Any]
    """As `inputs` of a problem that is one file."""
    sizes: tuple[int, ...] = ()
    """What `make` is called with, in turn; empty: it takes no size."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """The values that it returns, as the user calls them, where they are known beforehand."""


def problem_of(
    functions: Mapping[str, Callable[..., Any]], setup: Setup, contract: Mapping[str, Callable[..., Any]]
) -> Problem:
    """Return the problem whose implementations are these functions; the first is the baseline.

    Parameters
    ----------
    functions
        Name -> function.
    setup
        What they are called with.
    contract
        ``reference``, ``accept`` and the like, as a problem in one file has them.

    Raises
    ------
    ImplbenchError
        If there is no function, one has a name that means something else, or something cannot be sent to a worker.
    """
    if not functions:
        raise ImplbenchError("nothing to compare; give functions, as in compare(f, g, args=(x,))")
    for name in functions:
        if name in CONTRACT:
            raise ImplbenchError(
                f'{name} is the name of what a problem has; give another: compare({{"my_{name}": ...}})'
            )
    baseline, *_ = functions
    size = f"{SIZE}={setup.sizes[0]}" if setup.sizes else ONLY_SIZE
    return Problem(
        name=MODULE,
        folder=_folder(),
        title=", ".join(functions),
        formula="",
        sizes={size: {SIZE: setup.sizes[0]} if setup.sizes else {}},
        default_size=size,
        data=(USUAL_DATA,),
        baseline=baseline,
        layouts=(),
        outputs=(),
        module=MODULE,
        functions=tuple(Function(name=name, title=_title(one, name)) for name, one in functions.items()),
        arguments=_arguments(functions[baseline]),
        has_dtype=False,
        path=tuple(dict.fromkeys(Path(place).absolute() for place in sys.path if Path(place).is_dir())),
        code=_code({**functions, "inputs": setup.make, **contract}, setup.values),
        texts={name: _text(one) for name, one in functions.items()},
    )


@lru_cache(maxsize=1)
def loaded(code: bytes) -> ModuleType:
    """Return what stands for the module of functions that were sent to this process by the one that started it."""
    import cloudpickle

    module = ModuleType(MODULE)
    vars(module).update(cloudpickle.loads(code))
    return module


def _folder() -> Path:
    """Return the folder of the program that runs, else the current one: modules beside it come first."""
    file = getattr(sys.modules.get("__main__"), "__file__", None)
    return Path(file).absolute().parent if file else Path.cwd()


def _code(functions: Mapping[str, Any], values: Mapping[str, Any]) -> bytes:
    """Return functions as bytes; ImplbenchError with the name of one, or of a value, that cannot be sent, and why."""
    import cloudpickle

    for name, value in {**values, **functions}.items():
        try:
            size = len(cloudpickle.dumps(value))
        except Exception as error:  # whatever an object of the user's raises
            raise ImplbenchError(_unsendable(name, value, error)) from error
        if size > LARGEST_BYTES:
            raise ImplbenchError(
                f"{name} takes {size / 2**20:.0f} MiB, with what it refers to, which each worker would be sent (at "
                f"most {LARGEST_BYTES // 2**20}): make large values in setup=, a function that returns them"
            )
    dumped: bytes = cloudpickle.dumps(dict(functions))
    return dumped


def _unsendable(name: str, value: object, error: Exception) -> str:
    """Return what is said of a function that cannot be pickled: the variable at fault, if known."""
    said = f"{name} cannot be sent to another process: {type(error).__name__}: {error}"
    if not callable(value):
        return f"{said}: make it in setup=, a function that returns what the functions are called with"
    culprit = next((each for each, held in _referred(value).items() if not _is_sendable(held)), None)
    if culprit is None:
        return said
    return f"{said}; it refers to {culprit}: make that in setup=, or inside of the function"


def _referred(value: object) -> dict[str, Any]:
    """Return what a function refers to by name: variables around it, and those of its module."""
    if not inspect.isfunction(value):
        return {}
    found = inspect.getclosurevars(value)
    return {**found.nonlocals, **found.globals}


def _is_sendable(value: object) -> bool:
    import cloudpickle

    try:
        cloudpickle.dumps(value)
    except Exception:  # noqa: BLE001  # whatever an object of the user's raises
        return False
    return True


def _title(function: Callable[..., Any], name: str) -> str:
    said = inspect.getdoc(function) if inspect.isroutine(function) else None
    return (said or name).partition("\n")[0].strip().removesuffix(".")


def _arguments(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of a function's parameters, as far as they take arguments by place."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return ()
    by_place = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return tuple(one.name for one in parameters if one.kind in by_place)


def _text(function: Callable[..., Any]) -> str:
    """Return the source of a function, or what it is called where there is none."""
    try:
        return textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError):
        return f"# {getattr(function, '__module__', None)}.{getattr(function, '__qualname__', repr(function))}\n"
