"""The two sides of a comparison: each copied to a folder of its own, at paths of equal length."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from .errors import ImplbenchError, unknown
from .problem import Problem, is_problem, read

#: Folders that are never copied from a folder that git does not manage.
_LEFT_OUT = shutil.ignore_patterns("__pycache__", ".git", ".venv", ".tox", "*.pyc", "node_modules")

#: Where a revision is not found, so many branches are named.
_TOLD = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """One version of the code."""

    label: str
    """For people: the revision with its commit, or the folder."""
    root: Path
    """Where it lies for the time of the comparison."""
    problems: dict[str, Problem]
    """Path of the problem's folder, from the root -> the problem."""

    @property
    def path(self) -> tuple[Path, ...]:
        """Where its own modules are imported from, before installed ones."""
        return tuple(folder for folder in (self.root / "src", self.root) if folder.is_dir())


def sides(base: str, head: str | None, place: Path, names: Sequence[str]) -> tuple[Side, Side]:
    """Return both sides, copied below `place`.

    Parameters
    ----------
    base, head
        Git revisions (head None: the working tree), or two folders.
    place
        An empty folder.
    names
        Only these problems, by name; all where none is named.

    Raises
    ------
    ImplbenchError
        If a revision or folder does not exist, or a problem is in neither.
    """
    folders = place / "base", place / "head"
    if head is not None and Path(base).is_dir() and Path(head).is_dir():
        labels = base, head
        for source, folder in zip((base, head), folders, strict=True):
            shutil.copytree(source, folder / Path(head).resolve().name, ignore=_LEFT_OUT)
    else:
        labels = _checked_out(base, head, folders)
    found = [_problems(folder, names) for folder in folders]
    for name in names:
        if not any(problem.name == name for problems in found for problem in problems.values()):
            known = {problem.name for folder in folders for problem in _problems(folder, ()).values()}
            raise unknown("problem", name, sorted(known))
    first, second = (
        Side(label=label, root=folder, problems=problems)
        for label, folder, problems in zip(labels, folders, found, strict=True)
    )
    return first, second


def _checked_out(base: str, head: str | None, folders: tuple[Path, Path]) -> tuple[str, str]:
    """Write both revisions into their folders; return their labels."""
    try:
        top = Path(_git(Path.cwd(), "rev-parse", "--show-toplevel").decode().strip())
    except ImplbenchError as error:
        raise ImplbenchError(f"{base!r}: no folder, and no revision of this one: {error}") from error
    base_label = _archive(top, base, folders[0])
    if head is not None:
        return base_label, _archive(top, head, folders[1])
    listed = _git(top, "ls-files", "-z", "--cached", "--others", "--exclude-standard").decode().split("\0")
    for name in filter(None, listed):
        if (top / name).is_file():  # not one that was deleted, nor a submodule
            (folders[1] / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(top / name, folders[1] / name)
    return base_label, "working tree"


def _archive(top: Path, revision: str, folder: Path) -> str:
    """Write a revision's files into a folder, without a worktree that could be left behind; return its label."""
    try:
        commit = _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except ImplbenchError as error:
        known = _git(top, "branch", "--all", "--format=%(refname:short)").decode().split()
        told = f"{revision!r}: neither a revision of this repository nor a folder"
        raise ImplbenchError(f"{told}; its branches are {', '.join(known[:_TOLD]) or '(none)'}") from error
    name = commit.decode().strip()
    folder.mkdir(parents=True)
    index = {"GIT_INDEX_FILE": str(folder.with_name(f"{folder.name}.index"))}
    _git(top, "read-tree", name, variables=index)
    _git(top, "checkout-index", "--all", f"--prefix={folder}{os.sep}", variables=index)
    return f"{revision} ({name[:10]})" if not name.startswith(revision) else name[:10]


def _git(folder: Path, *arguments: str, variables: Mapping[str, str] = MappingProxyType({})) -> bytes:
    environment = os.environ | variables
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, env=environment, capture_output=True, check=True)  # noqa: S607
    except FileNotFoundError as error:
        raise ImplbenchError("git is not installed; give two folders, or install it") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines()
        raise ImplbenchError(f"git {arguments[0]}: {said[-1] if said else f'exit code {error.returncode}'}") from error
    return done.stdout


def _problems(root: Path, names: Sequence[str]) -> dict[str, Problem]:
    """Return the problems below a folder; those among tests only if they are named."""
    found = {}
    for file in sorted(root.rglob("problem.py")):
        where = file.parent.relative_to(root)
        wanted = file.parent.name in names if names else "tests" not in where.parts
        if wanted and is_problem(file):
            found[where.as_posix()] = read(file.parent)
    return found
