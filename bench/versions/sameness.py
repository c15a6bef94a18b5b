"""Which benchmarks are the same code on both sides: those of which everything that was read is the same."""

import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field

from .. import reading
from ..measure.backends import Backend
from ..measure.round_loop import RoundLoop, all_arms
from ..measure.workspace import staged
from ..problems.literals import LARGEST_SOURCE
from ..problems.source_code import differences
from ..store.records import Settings
from ..store.worker_records import Outcome
from ..worker.origins import Own
from . import machine_code, reads
from .benchmarks import SAME, Benchmark, Skipped, arms_of, sources_of

#: What is not for this machine or case would not be measured either, and its code has been read as far as it goes.
_WELL = frozenset({Outcome.OK, Outcome.UNAVAILABLE, Outcome.UNSUPPORTED})


class Parted(Struct, frozen=True, kw_only=True):
    """What is to be measured, and what is not."""

    changed: tuple[Benchmark, ...]
    same: tuple[Skipped, ...]
    read: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
    """Paths of the files that were read while finding out, below each version's folder."""
    shared: frozenset[Path] = frozenset()
    """Files outside these that HEAD made and that were found there later."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Id of one to be measured -> why HEAD's problem gave it no inputs."""


class _Seen(Struct, frozen=True, kw_only=True):
    """What workers did while nothing was timed."""

    same: frozenset[str]
    """Ids of the benchmarks that read no changed file on either side and ended well."""
    read: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
    shared: frozenset[Path] = frozenset()
    refused: Mapping[str, str] = field(default_factory=dict)


def differing(base: Own, head: Own) -> frozenset[str]:
    """Return the paths of the files that differ between two versions, as far as they may be other code."""
    changed = differences(base.tree, head.tree)
    return changed - machine_code.alike(base.tree, head.tree, changed)


def parted(
    benchmarks: Sequence[Benchmark], settings: Settings, tell: Callable[[str], None], *, backend: Backend
) -> Parted:
    """Part benchmarks into those to be measured and those that are the same code on both sides.

    Where a look at the problem's own folder shows no change but the versions differ elsewhere, a worker of each side
    prepares and verifies the case, untimed, and the files below its version's folder that were read in the meantime are
    held against those that differ. A file of several functions that differs in others alone is none of these.
    Where the file system does not tell what was read, the case is measured; so it is once a case has left files behind,
    which another may find in place of what they were made from.

    Parameters
    ----------
    benchmarks
        Cases that both sides have.
    settings
        Seed and time limit.
    tell
        Is told what is being done.
    backend
        What to look on.

    Raises
    ------
    ForeignCode
        If a side has loaded another's code.
    """
    plain = [one for one in benchmarks if not one.changed]
    seen = _Seen(same=frozenset())
    if plain:
        base, head = plain[0].base.own, plain[0].head.own
        changed = differing(base, head) if base and head else frozenset()
        if not changed:
            seen = _Seen(same=frozenset(one.case.id for one in plain))
        elif base and head and reads.are_recorded(head.tree) and not _has_links(changed, base, head):
            seen = _seen(changed, plain, (base, head), (settings, tell, backend))
    return Parted(
        changed=tuple(one for one in benchmarks if one.case.id not in seen.same),
        same=tuple(Skipped(name=one.case.id, reason=SAME) for one in benchmarks if one.case.id in seen.same),
        read=seen.read,
        shared=seen.shared,
        refused=seen.refused,
    )


def _has_links(changed: frozenset[str], base: Own, head: Own) -> bool:
    """Return whether a link has changed: what is read through it counts for the place that it leads to."""
    return any((own.tree / name).is_symlink() for name in changed for own in (base, head))


def _seen(
    changed: frozenset[str],
    benchmarks: Sequence[Benchmark],
    owns: tuple[Own, Own],
    manner: tuple[Settings, Callable[[str], None], Backend],
) -> _Seen:
    """Return which benchmarks are the same, and what was read."""
    settings, tell, backend = manner
    known = {one.case.id: one for one in benchmarks}
    members = {one.case.id: [arm for arm in arms_of(one) if not arm.again] for one in benchmarks}
    sources = {name: source for one in benchmarks for name, source in sources_of(one).items()}
    same: set[str] = set()
    base, head = frozenset[str](), frozenset[str]()
    there = [reads.names(own.tree) for own in owns]
    with staged(
        members,
        sources,
        seed=settings.seed,
        timeout_s=settings.timeout_s,
        memory_bytes=settings.memory_bytes,
        tell=tell,
        backend=backend,
        partly=True,
    ) as stage:
        outside = reads.forget_these(stage.outside)
        loop = RoundLoop(stage.executor, backend, random.Random(settings.seed))
        for group in stage.groups:
            tell(f"which files {group.name} reads")
            for own in owns:
                reads.forget(own.tree)
            round_ = loop.round(0, group, all_arms(group))
            well = all(worker.outcome in _WELL for worker in round_.workers)
            now = [reads.since_forgotten(own.tree) for own in owns]
            base, head = base | now[0], head | now[1]
            if any(reads.names(own.tree) - before for own, before in zip(owns, there, strict=True)):
                break  # what was made of a changed file would be read in its place from here on
            one = known[group.name]
            if well and not (now[0] | now[1]) & (changed - _edited_apart(one, owns, now)):
                same.add(group.name)
        shared = reads.found_there(outside)
    return _Seen(same=frozenset(same), read=(base, head), shared=shared, refused=stage.refused)


def _edited_apart(one: Benchmark, owns: tuple[Own, Own], read: Sequence[frozenset[str]]) -> frozenset[str]:
    """Return the path of a benchmark's file on either side, if it has its code to itself there.

    The function's digest says that the file has not changed for it, unless what else was read might know the file: then
    none is returned.
    """
    found = set()
    for source, own, names in zip((one.base, one.head), owns, read, strict=True):
        file = source.problem.file
        if not source.problem.shares_a_file or not file.is_relative_to(own.tree):
            return frozenset()
        others = [
            own.tree / name for name in names if name.endswith(".py") and own.tree / name not in source.problem.files
        ]
        if any(file.stem.encode() in reading.contents(other, LARGEST_SOURCE) for other in others):
            return frozenset()
        found.add(file.relative_to(own.tree).as_posix())
    return frozenset(found)
