"""What is saved of a problem: seen by looking again and again, kept as a copy, held against the one before."""

import os
import shutil
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from ..errors import ImplbenchError
from ..problems import implementation, problem, source_code
from ..problems.files import leads_back, own_files
from ..problems.implementation import Implementation
from ..problems.problem import Problem

#: Time between two looks; a folder that has not changed meanwhile has settled: editors write in steps.
LOOK_S = 0.3

#: What editors and Python leave beside the files that somebody works on.
_LEFT_BEHIND = shutil.ignore_patterns("__pycache__", "*.pyc", ".*", "*~", "#*#")

#: Path from the folder -> modification time in ns, size in bytes, inode (another one where a file took its place).
Stamps = Mapping[Path, tuple[int, int, int]]


class Saved(KeyboardInterrupt):
    """Something was saved during a measurement, which ends as Ctrl-C would end it: whole rounds are kept."""


class Version(Struct, frozen=True, kw_only=True):
    """A problem at one moment, in a copy of its own that nobody edits."""

    root: Path
    """Where the copy lies."""
    stamps: Stamps
    problem: Problem
    implementations: Mapping[str, Implementation]
    digests: Mapping[str, str]
    """Implementation -> that of all code that it may run, comments left out."""
    shared: str
    """Digest of what is no implementation's own: problem.py, and what lies beside it."""


class Changes(Struct, frozen=True, kw_only=True):
    """What has happened between two versions, by implementation."""

    new: tuple[str, ...]
    saved: tuple[str, ...]
    """Whose own files were written, or what all share; whether that is other code is not said."""
    gone: tuple[str, ...]


class Folder(Struct, frozen=True, kw_only=True):
    """A problem's folder, or its file with those beside it that it imports, in which somebody saves files."""

    path: Path
    beside: tuple[Path, ...] = ()
    """Folders below it that belong to nobody's code: those of results and reports, where it is worked in."""
    imports: tuple[Path, ...] = ()
    """Where its code, in whatever copy, may import from too."""

    @property
    def root(self) -> Path:
        """The folder that its files lie in."""
        return self.path.parent if self._is_file else self.path

    @property
    def _is_file(self) -> bool:
        return self.path.suffix == ".py"  # it may be gone for a moment

    def look(self) -> Stamps:
        """Return the stamps of the files; what is gone has none."""
        return {file.relative_to(self.root): stamp for file, stamp in self._stamped()}

    def settled(self, known: Stamps | None) -> Stamps:
        """Wait until the files are others than `known` and no longer change; return their stamps."""
        before: Stamps | None = None
        while True:
            now = self.look()
            if now == before != known:
                return now
            before = now
            time.sleep(LOOK_S)

    def kept(self, stamps: Stamps, place: Path) -> Version:
        """Return the version that has these stamps, copied into a folder of its own below `place`.

        Raises
        ------
        Saved
            If the files have other stamps by now.
        ImplbenchError
            If problem.py cannot be read, or a file cannot be copied.
        """
        number = 1 + max((int(entry.name) for entry in place.iterdir()), default=0)
        root = place / f"{number:06}"  # all of equal length: that of a path shifts the stack of a worker
        copy = root / self.root.name
        try:
            self._copy(copy)
        except (OSError, shutil.Error) as error:
            if self.look() == stamps:
                raise ImplbenchError(f"{self.path}: cannot be copied: {error}") from error
        if self.look() != stamps:
            shutil.rmtree(root, ignore_errors=True)
            raise Saved
        found = replace(problem.read(copy / self.path.name if self._is_file else copy), path=self.imports)
        implementations = implementation.found(found)
        return Version(
            root=root,
            stamps=stamps,
            problem=found,
            implementations=implementations,
            digests=source_code.digests(found, implementations),
            shared=source_code.shared_digest(found, implementations),
        )

    def _copy(self, copy: Path) -> None:
        """Copy the files to another folder."""
        if not self._is_file:
            shutil.copytree(self.path, copy, ignore=self._passing)
            return
        for file in own_files(self.path):
            target = copy / file.relative_to(self.root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, target)

    def _stamped(self) -> Iterator[tuple[Path, tuple[int, int, int]]]:
        for file in own_files(self.path) if self._is_file else self._below():
            with suppress(OSError):  # between two steps of an editor it is not there
                found = file.stat()
                yield file, (found.st_mtime_ns, found.st_size, found.st_ino)

    def _below(self) -> Iterator[Path]:
        for place, folders, files in os.walk(self.path, followlinks=True):  # as they are copied
            passing = self._passing(place, [*folders, *files])
            folders[:] = [name for name in folders if name not in passing]
            yield from (Path(place, name) for name in files if name not in passing)

    def _passing(self, place: str, names: list[str]) -> set[str]:
        """Return which names in a folder are not to be looked at; as `shutil.copytree` asks for it."""
        files = ((name, Path(place, name)) for name in names)
        return _LEFT_BEHIND(place, names) | {name for name, file in files if file in self.beside or leads_back(file)}


def changes(before: Version, now: Version) -> Changes:
    """Return what was saved, added and deleted from one version to the next."""
    old, new = before.implementations.keys(), now.implementations.keys()
    names = frozenset[str]() if now.problem.is_one_file else old | new  # a file's functions may call each other
    written = {
        _owner(file, names)
        for file in before.stamps.keys() | now.stamps.keys()
        if before.stamps.get(file) != now.stamps.get(file)
    }
    both = old & new
    return Changes(
        new=tuple(sorted(new - old)),
        saved=tuple(sorted(both if None in written else both & written)),
        gone=tuple(sorted(old - new)),
    )


def _owner(file: Path, names: Collection[str]) -> str | None:
    """Return the implementation that a file belongs to; None for what all share."""
    name = file.parts[0].removesuffix(".py") if len(file.parts) == 1 else file.parts[0]
    return name if name in names else None
