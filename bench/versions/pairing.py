"""What of one version belongs to what of the other: by its place, or by git's own detection of renames."""

import os
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from ..errors import ImplbenchError
from ..problems.files import MODULE
from ..problems.implementation import Implementation
from ..programs import git


class Pairs(Struct, frozen=True, kw_only=True):
    """Names of BASE and HEAD that belong together, and those that have no partner."""

    pairs: tuple[tuple[str, str], ...]
    """(BASE's name, HEAD's name)."""
    gone: tuple[str, ...]
    """Names of BASE alone."""
    new: tuple[str, ...]
    """Names of HEAD alone."""


class Renames:
    """Which file of HEAD was which file of BASE; git is asked only if somebody wants to know."""

    def __init__(self, base: Path, head: Path) -> None:
        self._base = base
        self._head = head

    def origin(self, file: str) -> str | None:
        """Return the path in BASE of a file that was renamed, from its path in HEAD; None if it was not."""
        return self._known.get(file)

    @cached_property
    def _known(self) -> dict[str, str]:
        """Path in HEAD -> path in BASE."""
        above = Path(os.path.commonpath([self._base, self._head]))
        names = [folder.relative_to(above).as_posix() for folder in (self._base, self._head)]
        how = ("--no-index", "--no-ext-diff", "--no-textconv", "--find-renames", "--name-status", "-z")
        try:
            listed = git(above, "diff", *how, "--", *names, fine=(0, 1))
        except ImplbenchError:  # without git nothing is known to be renamed, and what has vanished is told
            return {}
        words = iter(os.fsdecode(listed).split("\0"))
        found = {}
        for status in words:
            if status.startswith(("R", "C")):
                before, after = next(words), next(words)
                found[os.path.relpath(after, names[1])] = os.path.relpath(before, names[0])
            elif status:
                next(words)
        return found


def paired(base: Iterable[str], head: Iterable[str], origin: Callable[[str], str | None]) -> Pairs:
    """Return which names belong together.

    Parameters
    ----------
    base, head
        The names on both sides.
    origin
        From a name of HEAD to the one that it had in BASE, None where it was not renamed.
    """
    before, after = list(base), list(head)
    pairs = {name: name for name in after if name in set(before)}
    for name in after:
        former = origin(name) if name not in pairs else None
        if former in before and former not in pairs.values():
            pairs[name] = former
    return Pairs(
        pairs=tuple((pairs[name], name) for name in after if name in pairs),
        gone=tuple(name for name in before if name not in pairs.values()),
        new=tuple(name for name in after if name not in pairs),
    )


def paired_problems(base: Iterable[str], head: Iterable[str], renames: Renames) -> Pairs:
    """Return which problems belong together: paths of their folders and files."""

    def origin(where: str) -> str | None:
        if where.endswith(".py"):
            return renames.origin(where)
        file = renames.origin(os.path.normpath(f"{where}/{MODULE}.py"))
        return None if file is None or Path(file).stem != MODULE else Path(file).parent.as_posix()

    return paired(base, head, origin)


def paired_implementations(
    base: Mapping[str, Implementation], head: Mapping[str, Implementation], roots: tuple[Path, Path], renames: Renames
) -> Pairs:
    """Return which implementations of two problems belong together.

    Parameters
    ----------
    base, head
        Name -> implementation, of both sides.
    roots
        Folders of both sides.
    renames
        From the one folder to the other.
    """
    names = {one.file.relative_to(roots[0]).as_posix(): name for name, one in base.items()}

    def origin(name: str) -> str | None:
        file = renames.origin(head[name].file.relative_to(roots[1]).as_posix())
        return names.get(file) if file else None

    return paired(base, head, origin)
