"""Functions of a program or a notebook, compared as `implbench run` compares files: ``import implbench`` gives these.

    import implbench

    result = implbench.compare(loop, rows, args=(x,))
    result.verdict, result.ratio

Each function is called in fresh worker processes, verified against the first, and timed in turns with the others.
"""

import inspect
import operator
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from ..errors import ImplbenchError
from ..problems.pickled import SIZE, Setup, problem_of
from ..problems.problem import Problem
from ..store.records import Run
from ..text import article
from .result import Comparison

Function = Callable[..., Any]

#: Parameter -> field of `Timing`, where that is called otherwise.
_FIELDS = {"budget": "budget_s", "timeout": "timeout_s"}


def compare(
    *functions: Function | Mapping[str, Function],
    args: Sequence[Any] = (),
    kwargs: Mapping[str, Any] | None = None,
    setup: Function | None = None,
    sizes: Iterable[int] = (),
    reference: Function | None = None,
    tolerance: Function | None = None,
    accept: Function | None = None,
    same: Function | None = None,
    quality: Function | None = None,
    fresh: Function | None = None,
    margin: float | None = None,
    seed: int | None = None,
    threads: int = 1,
    rounds: int | None = None,
    budget: float | None = None,
    timeout: float | None = None,
    results: str | Path | None = None,
    quiet: bool = False,
) -> Comparison:
    """Verify functions against each other, time them, and return which is faster, by how much, and how sure that is.

    Parameters
    ----------
    functions
        What computes the same; the first is the baseline. Or one mapping of name -> function.
    args, kwargs
        What each is called with.
    setup
        Makes that instead: it returns a tuple of arguments, a dict of keywords, or the one argument. It is called with
        a size, if there are `sizes`, and with a ``seed``, if it has such a parameter; that other seeds give other
        values is what lets a remembered answer be told from a computed one.
    sizes
        Whole numbers that `setup` is called with in turn.
    reference
        Called like the functions: the right answer; None for what the first of them returns.
    tolerance, accept, same, quality, fresh
        As in a problem of one file (docs/problems.md).
    margin
        The smallest relative difference that matters; None for 3 %.
    seed
        Of the inputs, and of all order.
    threads
        That BLAS and OpenMP may use.
    rounds, budget
        How many rounds of fresh workers; seconds that they may take.
    timeout
        Seconds that a worker may take for one step.
    results
        A folder to keep the run in; None to keep it in memory alone.
    quiet
        Whether to show no progress on stderr.

    Raises
    ------
    ImplbenchError
        If something given does not fit, or a function cannot be sent to another process.
    NothingMeasured
        If no function could be run.
    """
    from ..analyse.analysis import Analysis
    from ..report import terminal

    named = _named(functions)
    makes = _setup(named, args=args, kwargs=kwargs, setup=setup, sizes=_whole(sizes))
    contract = {"reference": reference, "tolerance": tolerance, "accept": accept, "same": same}
    contract |= {"quality": quality, "fresh": fresh}
    problem = problem_of(named, makes, _functions(contract))
    timing = _numbers(margin=margin, seed=seed, rounds=rounds, budget=budget, timeout=timeout)
    with terminal.speaking(terminal.Manner(quiet=quiet)), _folder(results) as folder:
        run, path = _measured(problem, makes.sizes, threads, timing=timing, folder=folder)
    return Comparison(Analysis(run), path if results is not None else None)


def _measured(
    problem: Problem, sizes: Sequence[int], threads: int, *, timing: Mapping[str, Any], folder: Path
) -> tuple[Run, Path | None]:
    """Measure the functions; KeyboardInterrupt if that came before there was anything to keep."""
    from ..cli.measuring import measured
    from ..cli.measuring_options import RunOptions, Timing
    from ..measure.selection import Selection

    selection = Selection(threads=(threads,), sweep=(SIZE, tuple(sizes)) if len(sizes) > 1 else None)
    options = RunOptions(problem=(problem.name,), selection=selection, timing=Timing(**timing))
    names = (function.name for function in problem.functions)
    settings = replace(options.settings, command=("implbench.compare", *names))
    return measured(problem, selection, settings, results=folder)


def _functions(contract: Mapping[str, Function | None]) -> dict[str, Function]:
    """Return those that are given; ImplbenchError if one is no function."""
    given = {name: one for name, one in contract.items() if one is not None}
    for name, one in given.items():
        if not callable(one):
            raise ImplbenchError(f"{name}= must be a function, found {article(type(one).__name__)}")
    return given


def _numbers(**given: float | None) -> dict[str, float]:
    """Return the fields of `Timing` that are given; ImplbenchError if one is out of bounds."""
    found: dict[str, float] = {}
    for name, value in given.items():
        if value is None:
            continue
        whole, least = name in ("rounds", "seed"), 0 if name == "seed" else 1 if name == "rounds" else 1e-9
        if not isinstance(value, int if whole else int | float) or not least <= value < 2**32 - 1:
            expected = f"a whole number of at least {least}" if whole else "a number above 0"
            raise ImplbenchError(f"{name}= must be {expected}, found {value!r}")
        found[_FIELDS.get(name, name)] = value
    return found


def _named(functions: Sequence[Function | Mapping[str, Function]]) -> dict[str, Function]:
    """Return name -> function; those without a name of their own are numbered."""
    named: dict[str, Function] = {}
    for place, one in enumerate(functions, start=1):
        if isinstance(one, Mapping):
            each: dict[Any, Function] = dict(one)
        else:
            name = getattr(one, "__name__", type(one).__name__)
            each = {f"function_{place}" if name == "<lambda>" else name: one}
        for name, function in each.items():
            if not isinstance(name, str) or not name.strip():
                raise ImplbenchError(f'found {name!r} as a name, expected text, as in compare({{"old": f, "new": g}})')
            if not callable(function):
                raise ImplbenchError(f"{name} is {article(type(function).__name__)}, expected a function")
            if name in named:
                raise ImplbenchError(
                    f'two functions are called {name}; name them: compare({{"old": f, "new": g}}, ...)'
                )
            named[name] = function
    return named


def _setup(
    named: Mapping[str, Function],
    *,
    args: Sequence[Any],
    kwargs: Mapping[str, Any] | None,
    setup: Function | None,
    sizes: tuple[int, ...],
) -> Setup:
    """Return how what the functions are called with is made."""
    if not isinstance(args, tuple | list):
        raise ImplbenchError(
            f"args= must be a tuple of arguments, found {article(type(args).__name__)}; of one argument: args=(x,)"
        )
    if not isinstance(kwargs, Mapping | None):
        raise ImplbenchError(f"kwargs= must be a dict of arguments, found {article(type(kwargs).__name__)}")
    if setup is not None:
        if not callable(setup):
            raise ImplbenchError(f"setup= must be a function, found {article(type(setup).__name__)}; values: args=(x,)")
        if args or kwargs:
            raise ImplbenchError("setup= makes what the functions are called with: leave out args= and kwargs=")
        _require_fit(setup, sizes)
        return Setup(make=_sized(setup) if sizes else _unsized(setup), sizes=sizes)
    if sizes:
        raise ImplbenchError(
            "sizes= needs setup=, a function of a size that returns what the functions are called with"
        )
    positional, keywords = tuple(args), dict(kwargs or {})
    values = {f"args[{place}]": one for place, one in enumerate(positional)}
    values |= {f"kwargs[{name!r}]": one for name, one in keywords.items()}
    if positional and keywords:
        first, *_ = named.values()
        return Setup(make=lambda: dict(inspect.signature(first).bind(*positional, **keywords).arguments), values=values)
    return Setup(make=(lambda: keywords) if keywords else (lambda: positional), values=values)


def _whole(sizes: Iterable[int]) -> tuple[int, ...]:
    """Return sizes as plain whole numbers, each once; ImplbenchError if they are something else."""
    try:
        found = tuple(dict.fromkeys(operator.index(size) for size in sizes))
    except TypeError as error:
        raise ImplbenchError(f"sizes= must be whole numbers, as [100, 10_000]: {error}") from error
    if any(size < 1 for size in found):
        raise ImplbenchError(f"sizes= must be above 0, found {min(found)}")
    return found


def _require_fit(setup: Function, sizes: Sequence[int]) -> None:
    """Raise ImplbenchError if a setup cannot be called with a size, or without one."""
    given = {"seed": 1} if _takes_seed(setup) else {}
    try:
        inspect.signature(setup).bind(*sizes[:1], **given)
    except TypeError as error:
        how = "a size, for there are sizes=" if sizes else "no size, for there are no sizes="
        raise ImplbenchError(f"setup= is called with {how}, which does not fit: {error}") from error
    except ValueError:  # a builtin that does not tell
        return


def _takes_seed(setup: Function) -> bool:
    try:
        return "seed" in inspect.signature(setup).parameters
    except (TypeError, ValueError):  # a builtin that does not tell
        return False


def _sized(setup: Function) -> Function:
    if _takes_seed(setup):
        return lambda n, seed: setup(n, seed=seed)
    return lambda n: setup(n)  # noqa: PLW0108  # its parameter may have any name


def _unsized(setup: Function) -> Function:
    if _takes_seed(setup):
        return lambda seed: setup(seed=seed)
    return lambda: setup()  # noqa: PLW0108


@contextmanager
def _folder(results: str | Path | None) -> Iterator[Path]:
    """Give the folder of results, or one that is gone afterwards."""
    if results is not None:
        yield Path(results)
        return
    with tempfile.TemporaryDirectory(prefix="implbench-") as folder:
        yield Path(folder)
