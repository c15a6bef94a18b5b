"""The two sides of a comparison: each copied to a folder of its own, at paths of equal length."""

import os
import shutil
from collections.abc import Callable, Container, Sequence
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from ..errors import ImplbenchError, unknown
from ..machine import distributions
from ..measure.group import Source
from ..problems import implementation
from ..problems.implementation import Implementation
from ..problems.packages import elsewhere, import_folders, own_roots, placed, project_names
from ..problems.problem import Problem, read
from ..problems.source_code import differences
from ..worker.origins import Own
from . import builds, checkout, revisions
from .builds import Places
from .checkout import Repository
from .environments import usual
from .environments.asked import AS_HERE, EnvironmentOptions
from .environments.building import Built, Version
from .pairing import Renames, paired_problems
from .places import is_among_tests, is_called, name_at, places_in
from .revisions import WORKING_TREE, Revision


class Asked(Struct, frozen=True, kw_only=True):
    """What is to be compared, as the user says it."""

    base: str
    """A git revision, ``main...`` for where this one left main, or a folder."""
    head: str | None = None
    """Another; None: the working tree."""
    problems: tuple[str, ...] = ()
    """Only these, by name or path; all where none is named."""
    paths: tuple[str, ...] = ()
    """Folders of the repository that packages are imported from, beside those that its own files name."""
    problems_from: str | None = None
    """A revision or folder whose problems are measured on both sides."""
    build: tuple[str, ...] | None = ()
    """What builds each version, in words; empty: what its own files say, of revisions; None: nothing."""
    environments: EnvironmentOptions = AS_HERE
    """What both are built and measured in."""


class Side(Struct, frozen=True, kw_only=True):
    """One version of the code."""

    label: str
    """For people: the revision with its commit, or the folder."""
    root: Path
    """Where it lies for the time of the comparison."""
    own: Own
    """Where its code is imported from."""
    problems: dict[str, Problem]
    """Path of the problem's folder or file, from the root -> the problem."""
    broken: dict[str, str]
    """The same path -> why the problem cannot be read."""
    left_out: tuple[str, ...] = ()
    """Problems among tests, which nobody named."""
    warnings: tuple[str, ...] = ()
    """What of the version could not be had."""
    places: Places = field(default_factory=lambda: {"": Built()})
    """Label of an environment -> what the version is in it."""

    @property
    def is_built(self) -> bool:
        """Whether it was built."""
        return any(one.is_built for one in self.places.values())

    def source(self, problem: Problem, implementation: Implementation, label: str) -> Source:
        """Return where the code of an implementation comes from, in the environment of that label."""
        place = self.places[label]
        own = self.own
        if place.installed:
            own = replace(own, path=(place.installed, *own.path), placed=())
        return Source(problem=problem, implementation=implementation, own=own, environment=place.environment)


class _Copy(Struct, frozen=True, kw_only=True):
    """The files of one version."""

    label: str
    tree: Path
    """All of them."""
    root: Path
    """The part of them in which problems are looked for."""
    origin: Path
    """What that part is a copy of, or another version of."""
    source: Path
    """What all of them are copies of, or another version of."""
    warnings: tuple[str, ...] = ()
    repository: Repository | None = None
    """Where their history is, of a revision or a working tree."""
    commit: str | None = None

    def problems(self, names: Sequence[str]) -> list[str]:
        """Return the paths of its problems, and of its files that have one of these names."""
        return places_in(self.root, lambda where: self.has_named(where, names))

    def has_named(self, where: str, names: Sequence[str]) -> bool:
        """Return whether one of some names is that of the problem there."""
        return any(is_called(where, name, self.root, origin=self.origin) for name in names)


def sides(asked: Asked, place: Path, tell: Callable[[str], None] = lambda text: None) -> tuple[Side, Side]:
    """Return both sides, copied below `place`, an empty folder, and built where they are to be.

    Raises
    ------
    ImplbenchError
        If a revision or folder does not exist, or a problem is in neither.
    BuildFailed
        If a version cannot be built.
    """
    folders = place / "base", place / "head"
    copied: Sequence[_Copy]
    if asked.head is not None and Path(asked.base).is_dir() and Path(asked.head).is_dir():
        copied = _two_folders(Path(asked.base), Path(asked.head), folders)
    else:
        copied = _two_revisions(asked, folders)
    for name in asked.paths:
        if not any((one.tree / name).is_dir() for one in copied):
            raise ImplbenchError(f"--path {name}: there is no such folder in {copied[0].label} or {copied[1].label}")
    places = _places(asked, copied, tell)
    if asked.problems_from is not None:
        copied = _give_problems(asked.problems_from, copied, place / "from", names=asked.problems)
    wanted = _wanted(copied, asked.problems) if asked.problems else (None, None)
    origins = tuple(dict.fromkeys(one.source.resolve() for one in copied))
    first, second = (_side(one, asked, names) for one, names in zip(copied, wanted, strict=True))
    return _finished(first, origins, places[0]), _finished(second, origins, places[1])


def _places(asked: Asked, copied: Sequence[_Copy], tell: Callable[[str], None]) -> tuple[Places, Places]:
    """Return what both versions are measured in, built where that is asked for, or where their files say so."""
    command = asked.build or ()
    base, head = copied
    if asked.build == () and head.repository:
        command = usual.command(head.tree, [head.root / where for where in places_in(head.root)]) or ()
    versions = (
        Version(label=base.label, tree=base.tree, repository=base.repository, commit=base.commit),
        Version(label=head.label, tree=head.tree, repository=head.repository, commit=head.commit),
    )
    return builds.places(versions, command, asked.environments, tell=tell)


def _finished(side: Side, origins: tuple[Path, ...], places: Places) -> Side:
    return replace(side, own=replace(side.own, origins=origins), places=places)


def _wanted(copied: Sequence[_Copy], names: Sequence[str]) -> tuple[set[str], set[str]]:
    """Return the paths on both sides of the problems that are named on either: one may have been renamed."""
    places = [(one, where) for one in copied for where in one.problems(names)]
    for name in names:
        if not any(one.has_named(where, [name]) for one, where in places):
            known = {name_at(where, one.root) for one, where in places}
            raise unknown("problem", name, sorted(known))
    named = [{where for at, where in places if at is one and one.has_named(where, names)} for one in copied]
    base, head = copied
    before, after = ([where for at, where in places if at is one] for one in copied)
    pairs = paired_problems(before, after, Renames(base.root, head.root)).pairs
    meant = [pair for pair in pairs if pair[0] in named[0] or pair[1] in named[1]]
    return named[0] | {pair[0] for pair in meant}, named[1] | {pair[1] for pair in meant}


def _two_folders(base: Path, head: Path, folders: Sequence[Path]) -> tuple[_Copy, _Copy]:
    """Copy two folders, each with the whole checkout or project that it lies in, unless that is the same one."""
    roots = own_roots(base.resolve(), head.resolve())
    name = roots[1].name or "root"  # the same for both, so that paths are equally long
    found = []
    for folder, root, place in zip((base, head), roots, folders, strict=True):
        tree = place / name
        checkout.write_folder(root, tree)
        place_of = tree / folder.resolve().relative_to(root)
        found.append(_Copy(label=str(folder), tree=tree, root=place_of, origin=folder.resolve(), source=root))
    return found[0], found[1]


def _two_revisions(asked: Asked, folders: Sequence[Path]) -> tuple[_Copy, _Copy]:
    repository = revisions.repository_here(asked.base)
    base, head = revisions.pair(repository, asked.base, asked.head)
    return _revision(repository, base, folders[0]), _revision(repository, head, folders[1])


def _revision(repository: Repository, revision: Revision | None, folder: Path) -> _Copy:
    """Copy a revision, or the working tree."""
    top = repository.top
    where = _Copy(label=WORKING_TREE, tree=folder, root=folder, origin=top, source=top, repository=repository)
    if revision is None:
        checkout.write_working_tree(repository, folder)
        return where
    missing = checkout.write_revision(repository, revision.commit, folder)
    return replace(where, label=revision.label, warnings=missing, commit=revision.commit)


def _give_problems(source: str, copied: Sequence[_Copy], place: Path, *, names: Sequence[str]) -> list[_Copy]:
    """Return both versions with the problems of another one in the place of their own."""
    if Path(source).is_dir():
        root = Path(source).resolve()
    else:
        repository = revisions.repository_here(source)
        checkout.write_revision(repository, revisions.resolved(repository, source).commit, place)
        root = place
    given = _Copy(label=source, tree=root, root=root, origin=root, source=root)
    wheres = [where for where in given.problems(names) if not is_among_tests(where)]
    if not wheres:
        raise ImplbenchError(f"--problems-from {source}: there is no problem")
    if "." in wheres:
        raise ImplbenchError(
            f"--problems-from {source}: its problem.py lies beside all other files, which would replace both versions; "
            "move the problem to a folder of its own there"
        )
    return [replace(one, warnings=(*one.warnings, *_replaced(one, root, (wheres, source)))) for one in copied]


def _replaced(one: _Copy, root: Path, given: tuple[Sequence[str], str]) -> tuple[str, ...]:
    """Replace the problems of a version, and return what is to be said of its implementations that are gone by that."""
    wheres, source = given
    gone: list[str] = []
    for where in wheres:
        target = one.root / where
        gone += _implementations_lost(target, root / where)
        if (root / where).is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / where, target)
        else:
            shutil.rmtree(target, ignore_errors=True)
            checkout.write_folder(root / where, target)
    if not gone:
        return ()
    where = f"in the problems that --problems-from {source} replaces"
    return (f"its own {', '.join(gone)}, {where}, were not measured: those of {source} were",)


def _implementations_lost(own: Path, other: Path) -> list[str]:
    """Return the implementations of a problem of which another one has no equal; of a file all, if it is another."""
    try:
        problem = read(own)
        implementations = implementation.found(problem)
    except ImplbenchError:
        return []
    changed = {own / name for name in differences(own, other)}
    return [f"{problem.name}/{name}" for name, one in implementations.items() if changed.intersection(one.files)]


def _side(one: _Copy, asked: Asked, wanted: Container[str] | None) -> Side:
    """Return a version with the problems of these paths, or with all but those among tests."""
    problems: dict[str, Problem] = {}
    broken: dict[str, str] = {}
    left_out = []
    for where in one.problems(asked.problems):
        if wanted is not None and where not in wanted:
            continue
        if wanted is None and is_among_tests(where):
            left_out.append(where)
            continue
        try:
            problems[where] = _readable(one.root, where)
        except ImplbenchError as error:
            broken[where] = str(error).replace(f"{one.root}{os.sep}", "")
    return Side(
        label=one.label,
        root=one.root,
        own=_own(one.tree, asked.paths),
        problems=problems,
        broken=broken,
        left_out=tuple(left_out),
        warnings=one.warnings,
    )


def _own(tree: Path, named: Sequence[str]) -> Own:
    """Return where a version's code is imported from, and what else is its own."""
    path = import_folders(tree, named)
    projects, all_known = project_names(tree)
    others = distributions.of_others(projects) if all_known else frozenset()
    return Own(
        tree=tree,
        path=path,
        elsewhere=elsewhere(tree, path, others),
        placed=tuple(placed(tree).items()),
        installed=distributions.names_of(projects),
    )


def _readable(root: Path, where: str) -> Problem:
    """Return the problem there; ImplbenchError if it cannot be read, or its name not be written."""
    try:
        where.encode()
    except UnicodeEncodeError as error:
        raise ImplbenchError("its path is not UTF-8: rename it") from error
    return read(root / where)
