"""What the user calls BASE and HEAD, as commits of the repository that the command is started in."""

import os
from pathlib import Path

from msgspec import Struct

from ..errors import ImplbenchError
from ..programs import git
from .checkout import Repository

#: Where a revision is not found, so many branches are named.
_TOLD = 8

#: Between two revisions: from where the second one left the first.
MERGE_BASE = "..."

#: What the files of the checkout are called, committed or not.
WORKING_TREE = "working tree"

_SHALLOW = (
    "this clone is shallow, its history ends after some commits: git fetch --unshallow, or fetch-depth: 0 for "
    "actions/checkout, brings the rest"
)


class Revision(Struct, frozen=True, kw_only=True):
    """A commit, as the user named it."""

    label: str
    commit: str


def repository_here(asked: str) -> Repository:
    """Return the repository around the current folder.

    Raises
    ------
    ImplbenchError
        If there is none; `asked` is what is wanted of it.
    """
    try:
        top = os.fsdecode(git(Path.cwd(), "rev-parse", "--show-toplevel")).rstrip("\n")
    except ImplbenchError as error:
        raise ImplbenchError(f"{asked!r}: no folder, and no revision of this one: {error}") from error
    return Repository(top=Path(top))


def is_one(word: str) -> bool:
    """Return whether somebody who types a word here means a revision: one that there is, or ``main...topic``."""
    try:
        return MERGE_BASE in word or bool(resolved(repository_here(word), word))
    except ImplbenchError:
        return False


def pair(repository: Repository, base: str, head: str | None) -> tuple[Revision, Revision | None]:
    """Return both revisions; None for the working tree.

    Parameters
    ----------
    repository
        Where they are looked up.
    base, head
        Revisions; a base as ``main...`` or ``main...topic`` is the commit where the topic (HEAD, if it is not named)
        left main.

    Raises
    ------
    ImplbenchError
        If one does not exist, or the two have no commit in common; with the remedy where the clone is shallow.
    """
    if MERGE_BASE not in base:
        return resolved(repository, base), None if head is None else resolved(repository, head)
    first, _, second = base.partition(MERGE_BASE)
    if second and head is not None:
        raise ImplbenchError(f"{base!r} names HEAD already: leave {head!r} out, or write {first + MERGE_BASE!r}")
    topic = second or head
    ends = [resolved(repository, name or "HEAD") for name in (first, topic or "HEAD")]
    try:
        common = repository.git("merge-base", *(one.commit for one in ends)).decode().strip()
    except ImplbenchError as error:
        told = f"{base!r}: the two have no commit in common here"
        raise ImplbenchError(f"{told}{remedy(repository)}") from error
    merge_base = Revision(label=f"merge base with {first or 'HEAD'} ({common[:10]})", commit=common)
    return merge_base, ends[1] if topic else None


def resolved(repository: Repository, name: str) -> Revision:
    """Return the commit of that name.

    Raises
    ------
    ImplbenchError
        If there is none, with the branches that there are.
    """
    try:
        found = repository.git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    except ImplbenchError as error:
        told = f"{name!r}: neither a revision of this repository nor a folder; its branches are {_branches(repository)}"
        raise ImplbenchError(f"{told}{remedy(repository)}") from error
    commit = found.decode().strip()
    return Revision(label=commit[:10] if commit.startswith(name) else f"{name} ({commit[:10]})", commit=commit)


def _branches(repository: Repository) -> str:
    listed = repository.git("for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes")
    return ", ".join(os.fsdecode(listed).split()[:_TOLD]) or "(none)"


def remedy(repository: Repository) -> str:
    """Return what brings history that is missing, as the end of a sentence; nothing where the clone has all of it."""
    is_shallow = repository.git("rev-parse", "--is-shallow-repository").strip() == b"true"
    return f"; {_SHALLOW}" if is_shallow else ""
