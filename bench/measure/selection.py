"""From what the user asks for to the cases: what cannot run stays in the list, with its reason."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from msgspec import Struct, field
from msgspec.structs import replace

from ..errors import ImplbenchError, unknown
from ..machine.hardware import allowed_cpus
from ..problems import case, implementation
from ..problems.case import ALLOCATORS, CACHES, DEFAULT_ALLOCATOR, DTYPES, USUAL_LAYOUTS, WARM, Case, Size
from ..problems.implementation import Implementation
from ..problems.problem import Problem
from ..store.records import Arm, Left, Role
from ..store.worker_records import Outcome
from .environments import HERE, Environment


class Selection(Struct, frozen=True, kw_only=True):
    """The axes of a run; an empty one means the problem's own default."""

    implementations: tuple[str, ...] = ()
    baseline: str | None = None
    sizes: tuple[str, ...] = ()
    changes: Mapping[str, int] = field(default_factory=dict)
    """Numbers put over the size, from ``--set m=500``."""
    sweep: tuple[str, tuple[int, ...]] | None = None
    """A number of the size and the values that it takes in turn, from ``--sweep m=100..1e6`` or ``m=10,20,50``."""
    dtypes: tuple[str, ...] = ("float64",)
    layouts: tuple[str, ...] = ()
    threads: tuple[int, ...] = (1,)
    allocators: tuple[str, ...] = (DEFAULT_ALLOCATOR,)
    data: str = ""
    cache: str = WARM
    environments: tuple[Environment, ...] = (HERE,)
    """What the cases run in; the baseline does so in the first that there is."""
    shard: tuple[int, int] | None = None
    """Which part of the groups, as (2, 3) of ``--shard 2/3``: the second and every third after it; None for all."""


def select(problem: Problem, wanted: Selection) -> tuple[tuple[Arm, ...], tuple[Left, ...]]:
    """Return the arms that can be started, group by group, and the cases that cannot.

    Raises
    ------
    ImplbenchError
        If a name does not exist, a number is out of range, or there are fewer groups than shards.
    """
    _check(problem, wanted)
    baseline = wanted.baseline or problem.baseline
    names = [*wanted.implementations]
    if names and baseline not in names:
        names.insert(0, baseline)
    implementations = implementation.chosen(problem, names)
    if baseline not in implementations:
        raise unknown("baseline", baseline, implementations)
    layouts = wanted.layouts or problem.layouts or USUAL_LAYOUTS
    first = next((one for one in wanted.environments if not one.broken), wanted.environments[0])
    arms: list[Arm] = []
    left: list[Left] = []
    for group in _shared_out(list(_groups(problem, wanted)), wanted.shard):
        for found, layout, environment in product(implementations.values(), layouts, wanted.environments):
            one = replace(group, implementation=found.name, layout=layout, environment=environment.label)
            refused = _refused(found, environment)
            if refused:
                left.append(Left(case=one, title=found.title, outcome=refused[0], reason=refused[1]))
                continue
            is_baseline = (found.name, layout, environment) == (baseline, layouts[0], first)
            arms.append(Arm(name=one.id, case=one, title=found.title, role=Role.BASELINE if is_baseline else Role.CASE))
            if is_baseline:
                arms.append(replace(arms[-1], name=f"{one.id} (again)", role=Role.AGAIN))
    return tuple(arms), tuple(left)


def with_layouts(problem: Problem, wanted: Selection) -> Problem:
    """Return a problem with the memory orders that are asked for; where none are, those that it says."""
    return replace(problem, layouts=wanted.layouts) if wanted.layouts else problem


def _groups(problem: Problem, wanted: Selection) -> Iterator[Case]:
    """Yield a case of each group, which is of no implementation yet."""
    for size, dtype, threads, allocator in product(
        _sizes(problem, wanted), wanted.dtypes, wanted.threads, wanted.allocators
    ):
        yield Case(
            problem=problem.name,
            implementation="",
            size=size,
            dtype=dtype,
            layout="",
            threads=threads,
            allocator=allocator,
            data="" if wanted.data == problem.data[0] else wanted.data,
            cache=wanted.cache,
        )


def _shared_out(groups: Sequence[Case], shard: tuple[int, int] | None) -> Sequence[Case]:
    """Return the groups of a shard: whole ones, for ratios are formed within a round of one machine."""
    if shard is None:
        return groups
    number, count = shard
    if count > len(groups):
        raise ImplbenchError(
            f"--shard {number}/{count}: expected 1 to {len(groups)} parts, for so many combinations of size, dtype, "
            "threads and allocator are asked for, and none is parted"
        )
    return groups[number - 1 :: count]


def _sizes(problem: Problem, wanted: Selection) -> list[Size]:
    """Return the sizes, each once; those of a sweep ascend."""
    names = wanted.sizes or (problem.default_size,)
    if wanted.sweep is None:
        return [case.sized(problem.sizes, name, wanted.changes) for name in names]
    parameter, values = wanted.sweep
    if parameter in wanted.changes:
        raise ImplbenchError(f"--sweep {parameter} and --set {parameter}: give one of the two")
    for name in names:
        known = case.sized(problem.sizes, name, wanted.changes).values
        if parameter not in known:
            raise unknown("name in --sweep", parameter, known)
    found = [
        case.sized(problem.sizes, name, {**wanted.changes, parameter: value}) for name in names for value in values
    ]
    return list({tuple(size.values.items()): size for size in found}.values())


def _check(problem: Problem, wanted: Selection) -> None:
    """Raise ImplbenchError for a value that no case can have."""
    for dtype in wanted.dtypes:
        if dtype not in DTYPES:
            raise unknown("dtype", dtype, DTYPES)
        if not problem.has_dtype and dtype != DTYPES[0]:
            raise ImplbenchError(f"--dtype {dtype}: inputs() in {problem.file.name} has no parameter dtype to take it")
    for allocator in wanted.allocators:
        if allocator not in ALLOCATORS:
            raise unknown("allocator", allocator, ALLOCATORS)
    if wanted.cache not in CACHES:
        raise unknown("state of the caches", wanted.cache, CACHES)
    if wanted.data and wanted.data not in problem.data:
        raise unknown(f"data of {problem.name}", wanted.data, problem.data)
    cpus = len(allowed_cpus())
    for threads in wanted.threads:
        if not 1 <= threads <= cpus:
            raise ImplbenchError(f"--threads {threads}: expected 1 to {cpus}, the number of CPUs this process may use")


def _refused(found: Implementation, environment: Environment) -> tuple[Outcome, str] | None:
    if found.unsupported:
        return Outcome.UNSUPPORTED, found.unsupported
    if found.broken:
        return Outcome.FAILED, found.broken
    reason = environment.broken or (
        found.unavailable if environment.record is None else environment.lacking(found.requires)
    )
    return (Outcome.UNAVAILABLE, reason) if reason else None
