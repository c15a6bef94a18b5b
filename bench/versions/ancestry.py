"""The commits that lead from one revision to another, one after the other."""

from collections.abc import Iterator

from msgspec import Struct

from ..errors import ImplbenchError
from .checkout import Repository
from .revisions import Revision, remedy

#: What git tells of a commit: its name, those of its parents, the author's date and the first line of its message.
_FORMAT = "%H%x00%P%x00%aI%x00%s"


class Commit(Struct, frozen=True, kw_only=True):
    """A commit, as its author describes it."""

    commit: str
    parents: tuple[str, ...]
    author_date: str
    """As ISO 8601 writes it, in the author's own time zone."""
    subject: str

    @property
    def short(self) -> str:
        """The beginning of its name, by which people know it."""
        return self.commit[:10]

    @property
    def is_merge(self) -> bool:
        """Whether it has several parents."""
        return len(self.parents) > 1


def between(repository: Repository, good: Revision, bad: Revision) -> tuple[Commit, ...]:
    """Return the commits that lead from GOOD to BAD, the oldest first; BAD is the last, and GOOD not among them.

    Each is a parent of the next: of a merge the first one that comes from GOOD or is GOOD, as with git's --first-parent
    where GOOD lies on that line. So a branch that was merged is one step.

    Raises
    ------
    ImplbenchError
        If there are none.
    """
    if good.commit == bad.commit:
        raise ImplbenchError(f"{good.label} and {bad.label} are the same commit: there is none to search")
    known = {one.commit: one for one in _listed(repository, good, bad)}
    if bad.commit not in known:
        raise ImplbenchError(f"{good.label} is no ancestor of {bad.label}: {_instead(repository, good, bad)}")
    path = [known[bad.commit]]
    while (parent := next(one for one in path[-1].parents if one in known or one == good.commit)) != good.commit:
        path.append(known[parent])
    return tuple(reversed(path))


def _listed(repository: Repository, good: Revision, bad: Revision) -> Iterator[Commit]:
    """Yield all commits that come from GOOD and that BAD comes from."""
    how = ("--ancestry-path", "--encoding=UTF-8", f"--format={_FORMAT}")
    listed = repository.git("rev-list", *how, f"{good.commit}..{bad.commit}").decode(errors="replace")
    for line in listed.split("\n"):
        if "\0" in line:  # all others are those that git puts between
            commit, parents, author_date, subject = line.split("\0", 3)
            yield Commit(commit=commit, parents=tuple(parents.split()), author_date=author_date, subject=subject)


def _instead(repository: Repository, good: Revision, bad: Revision) -> str:
    """Return what else may be meant, as the end of a sentence."""
    try:
        common = repository.git("merge-base", good.commit, bad.commit).decode().strip()
    except ImplbenchError:
        return f"the two have no commit in common here{remedy(repository)}"
    if common == bad.commit:
        return "the first comes after the second, name them the other way round"
    return f"the commit where they parted is {common[:10]}{remedy(repository)}"
