"""The files of one version, written to a folder of its own: a revision, the working tree, or another folder."""

import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from ..errors import ImplbenchError
from ..programs import git

#: Folders that are nobody's code, wherever they lie in a folder that git does not manage.
_LEFT_OUT = frozenset({"__pycache__", ".git", ".venv", ".tox", ".nox", ".mypy_cache", ".pytest_cache", "node_modules"})

#: The mode by which git lists a submodule, and the tag of what a sparse checkout leaves out.
_SUBMODULE, _SKIPPED = "160000", "S "

#: So many names fit into one command line, at up to 4096 bytes each.
_AT_ONCE = 400


class Repository(Struct, frozen=True, kw_only=True):
    """A repository of git."""

    top: Path
    """Its working tree."""
    git_folder: Path | None = None
    """Where its objects lie, if its working tree is not there to ask."""

    def git(self, *arguments: str, work_tree: Path | None = None, index: Path | None = None) -> bytes:
        """Return what git prints, asked about another working tree and index where these are given."""
        where = ["--git-dir", str(self.git_folder)] if self.git_folder else []
        tree = ["--work-tree", str(work_tree)] if work_tree else []
        variables = {"GIT_INDEX_FILE": str(index)} if index else {}
        folder = work_tree if self.git_folder and work_tree else self.top
        return git(folder if folder.is_dir() else Path.cwd(), *where, *tree, *arguments, variables=variables)

    def submodule(self, name: str, commit: str) -> "Repository | None":
        """Return the repository of a submodule if it has the commit, None otherwise."""
        common = self.git_folder or Path(os.fsdecode(self.git("rev-parse", "--git-common-dir")).strip())
        for place in (self.top / name / ".git", self.top / common / "modules" / name):
            if not place.exists():
                continue
            one = Repository(top=self.top / name, git_folder=None if place.name == ".git" else place)
            try:
                one.git("cat-file", "-e", f"{commit}^{{commit}}")
            except ImplbenchError:
                continue
            return one
        return None


def write_revision(repository: Repository, commit: str, folder: Path) -> tuple[str, ...]:
    """Write a commit's files to a folder, with its submodules at their commits, without a worktree to be left behind.

    Returns
    -------
    tuple of str
        What could not be written, one sentence each: submodules whose commits are not here.
    """
    folder.mkdir(parents=True, exist_ok=True)
    index = folder.with_name(f"{folder.name}.index")
    repository.git("read-tree", commit, index=index)
    repository.git("checkout-index", "--all", "--force", f"--prefix={folder}{os.sep}", index=index, work_tree=folder)
    index.unlink(missing_ok=True)
    missing: list[str] = []
    for line in _entries(repository.git("ls-tree", "-r", "-z", "--full-tree", commit)):
        about, _, name = line.partition("\t")
        if about.startswith(_SUBMODULE):
            missing += _write_submodule(repository, name, about.split()[2], folder)
    relink(folder, repository.top)
    return tuple(missing)


def write_working_tree(repository: Repository, folder: Path) -> None:
    """Write the working tree's files to a folder, with those of its submodules, but for what git ignores."""
    listed = _entries(repository.git("ls-files", "-z", "-t", "--cached", "--others", "--exclude-standard"))
    _write_skipped(repository, folder, [entry.removeprefix(_SKIPPED) for entry in listed if entry.startswith(_SKIPPED)])
    _copy(repository.top, folder, (entry.partition(" ")[2] for entry in listed))
    for line in _entries(repository.git("ls-files", "-z", "--stage")):
        about, _, name = line.partition("\t")
        if about.startswith(_SUBMODULE) and (repository.top / name / ".git").exists():
            write_working_tree(Repository(top=repository.top / name), folder / name)
    relink(folder, repository.top)


def _write_skipped(repository: Repository, folder: Path, names: Sequence[str]) -> None:
    """Write files that a sparse checkout leaves out of the working tree: they belong to it, as they were committed."""
    how = ("checkout-index", "--force", "--ignore-skip-worktree-bits", f"--prefix={folder}{os.sep}", "--")
    for first in range(0, len(names), _AT_ONCE):
        repository.git(*how, *names[first : first + _AT_ONCE])


def write_folder(source: Path, folder: Path) -> None:
    """Write a folder's files to another one, but for environments, caches and the like; what was built stays."""
    _copy(source, folder, _files(source))
    relink(folder, source)


def relink(folder: Path, origin: Path) -> None:
    """Have the links in a copied folder lead to the copies of what they led to, or to that itself if it lay outside.

    Parameters
    ----------
    folder
        The copy.
    origin
        What it is a copy of.
    """
    for place in [Path(at, name) for at, folders, files in os.walk(folder) for name in (*folders, *files)]:
        if not place.is_symlink():
            continue
        text = os.readlink(place)  # noqa: PTH115  # as it was written
        target = Path(os.path.normpath(origin / place.relative_to(folder).parent / text))
        inside = target.is_relative_to(origin)
        wanted = os.path.relpath(folder / target.relative_to(origin), place.parent) if inside else str(target)
        if wanted != text:
            place.unlink()
            place.symlink_to(wanted)


def _entries(listed: bytes) -> list[str]:
    """Return what git lists with zero bytes between; a name that is not UTF-8 is as the system's functions take it."""
    return [os.fsdecode(entry) for entry in listed.split(b"\0") if entry]


def _write_submodule(repository: Repository, name: str, commit: str, folder: Path) -> tuple[str, ...]:
    one = repository.submodule(name, commit)
    if one is None:
        return (f"the submodule {name} is not here at {commit[:10]} (git submodule update --init --recursive)",)
    return write_revision(one, commit, folder / name)


def _files(source: Path) -> Iterator[str]:
    """Yield the names of files and links below a folder."""
    for at, folders, files in os.walk(source, onerror=_refuse):
        here = Path(at)
        links = [name for name in folders if (here / name).is_symlink()]
        folders[:] = [name for name in folders if name not in _LEFT_OUT and not (here / name / "pyvenv.cfg").exists()]
        yield from (str((here / name).relative_to(source)) for name in (*files, *links) if not name.endswith(".pyc"))


def _copy(source: Path, folder: Path, names: Iterable[str]) -> None:
    """Copy files and links, but for what has gone in the meantime, submodules, and what is no file."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        for name in names:
            _copy_one(source / name, folder / name)
    except PermissionError as error:
        raise ImplbenchError(
            f"{error.filename}: cannot be read ({error.strerror}), and what a version is without it cannot be known: "
            "make it readable, or take it out of the folder"
        ) from error


def _copy_one(source: Path, target: Path) -> None:
    try:
        mode = source.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return  # deleted, and still in the index
    if stat.S_ISREG(mode) or stat.S_ISLNK(mode):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target, follow_symlinks=False)


def _refuse(error: OSError) -> None:
    """Raise the error of a folder that may not be listed; one that has gone in the meantime is no matter."""
    if isinstance(error, PermissionError):
        raise error
