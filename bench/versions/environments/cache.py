"""Where environments are kept: made once each, under a lock, and whole or not there at all."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from ... import reading
from ...errors import ImplbenchError, unknown
from ...store.documents import now, require_writable, write_atomically

#: Variable of the environment that names the folder.
CACHE = "IMPLBENCH_CACHE"

#: Within an environment: what it is, written once it is whole.
RECORD = "implbench-environment.json"

#: So many letters of a digest tell environments apart; all their paths are of one length, as those of workers must be.
_LETTERS = 16

#: A larger record is none of ours.
_LARGEST_BYTES = 2**20


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What an environment is."""

    title: str
    """What was asked for."""
    python: str
    pins: tuple[str, ...]
    """All that was to be installed, as resolved."""
    made: str = msgspec.field(default_factory=now)


class Entry(Struct, frozen=True, kw_only=True):
    """An environment that is kept."""

    name: str
    folder: Path
    kept: Kept
    bytes: int


def folder() -> Path:
    """Return the folder that environments are kept in, which need not be there."""
    asked = os.environ.get(CACHE)
    if asked:
        return Path(asked).absolute()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "implbench"
    usual = os.environ.get("XDG_CACHE_HOME")
    return (Path(usual) if usual else Path.home() / ".cache") / "implbench"


def digest(*parts: object) -> str:
    """Return a name for what is the same if all its parts are."""
    return hashlib.sha256(repr(parts).encode(errors="surrogateescape")).hexdigest()[:_LETTERS]


def environments() -> Path:
    """Return the folder of the environments."""
    return folder() / "environments"


def known(request: str) -> str | None:
    """Return what a request was resolved to before, None where it was not, or what it gave is gone."""
    try:
        name = (folder() / "requests" / request).read_text().strip()
    except OSError:
        return None
    return name if read(environments() / name) else None


def remember(request: str, name: str) -> None:
    """Note what a request was resolved to, so that it needs no network again."""
    write_atomically(folder() / "requests" / request, name.encode())


def once(place: Path, make: Callable[[], Kept]) -> Kept:
    """Return what is kept in a folder; where there is nothing whole, it is made.

    Raises
    ------
    ImplbenchError
        If it cannot be made, or the folder not be written.
    """
    require_writable(place.parent)
    with locked(place):
        found = read(place)
        if found is None:
            shutil.rmtree(place, ignore_errors=True)
            try:
                found = make()
                write_atomically(place / RECORD, msgspec.json.encode(found))
            except BaseException:
                shutil.rmtree(place, ignore_errors=True)
                raise
    return found


def read(place: Path) -> Kept | None:
    """Return what is kept in a folder, None where nothing whole is."""
    try:
        return reading.decoded(reading.contents(place / RECORD, _LARGEST_BYTES), Kept)
    except ImplbenchError:
        return None


def entries() -> tuple[Entry, ...]:
    """Return all environments, oldest first."""
    places = [place for place in environments().glob("*") if place.is_dir()] if environments().is_dir() else []
    found = [(place, kept) for place in places if (kept := read(place))]
    return tuple(
        Entry(name=place.name, folder=place, kept=kept, bytes=_size(place))
        for place, kept in sorted(found, key=lambda one: (one[1].made, one[0].name))
    )


def remove(names: tuple[str, ...]) -> tuple[Entry, ...]:
    """Remove environments, by their names or the beginnings of these, and return them.

    Raises
    ------
    ImplbenchError
        If a name begins none of them, or several.
    """
    there = entries()
    chosen = []
    for name in names:
        found = [one for one in there if one.name.startswith(name)]
        if len(found) != 1:
            raise unknown("environment", name, [one.name for one in there])
        chosen += found
    for one in chosen:
        with locked(one.folder):
            shutil.rmtree(one.folder)
            with contextlib.suppress(FileNotFoundError):
                log(one.folder).unlink()
    return tuple(chosen)


def log(place: Path) -> Path:
    """Return the file that keeps what building an environment said."""
    return place.with_name(f"{place.name}.log")


@contextmanager
def locked(place: Path) -> Iterator[None]:
    """Have nobody else make, build or remove what is in a folder meanwhile."""
    place.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(place.with_name(f".{place.name}.lock"), os.O_RDWR | os.O_CREAT, 0o644)
    try:
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _size(place: Path) -> int:
    """Return the bytes of the files below a folder; what is shared with others counts as well."""
    files = (Path(at, name) for at, _, names in os.walk(place) for name in names)
    return sum(file.lstat().st_size for file in files)
