"""The only reader and writer of results/: one immutable JSON document a run, made of its `journal`."""

import contextlib
import fcntl
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path

import msgspec
from msgspec.structs import fields, replace

from .. import reading
from ..errors import ImplbenchError
from ..reading import Unreadable
from ..text import speakable
from . import soundness, upgrade
from .records import SCHEMA, Basis, Begun, Round, Run

JOURNAL = ".journal.jsonl"
DOCUMENT = ".json"

#: How a document begins, and no journal.
_BEGINNING = b"{\n"

#: Within a results folder: the runs that are kept in the repository.
BASELINE = "baseline"

#: Where a run is not found, so many of those that there are are named.
_TOLD = 3

#: A larger file is no result of ours: a run ends before it gets there.
LARGEST_BYTES = 64 * 2**20


class _Header(msgspec.Struct):
    """What every document says first."""

    schema: int


def now() -> str:
    """Return the time in UTC, ISO 8601, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def require_writable(folder: Path) -> None:
    """Raise ImplbenchError unless files can be written in `folder`, which is made if it is not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise unwritable(folder, error) from error


def write_atomically(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Write a file, or its parts one after the other, that is whole or not there at all.

    Raises
    ------
    ImplbenchError
        If the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file, name = nameless(path)
        try:
            with file, open(file.fileno(), "wb", closefd=False) as buffered:
                buffered.writelines([data] if isinstance(data, bytes) else data)
                buffered.flush()
                os.fsync(file.fileno())
                name.replace(path)
        except BaseException:
            name.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise unwritable(path.parent, error) from error


def nameless(path: Path) -> tuple[FileIO, Path]:
    """Return a new file, open and locked, and the name that it has until it takes the place of `path`, beside that.

    What a process that was killed has left of these is nobody's: `clear` removes it.
    """
    while True:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        file = FileIO(descriptor, "r+")
        os.fchmod(descriptor, 0o644)
        with contextlib.suppress(OSError):  # a file system without locks: nobody clears there
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return file, Path(name)
        file.close()  # it was taken for abandoned before it was locked


def clear(folder: Path) -> None:
    """Remove what runs that were killed have left half written, and name the documents that they had no time to name.

    So a results folder holds one file of each run, whenever that was ended: its journal, or its document.
    """
    for path in folder.glob(f".[0-9]*Z-*{DOCUMENT}*-????????"):
        with contextlib.suppress(OSError):  # it is somebody else's, or just gone
            descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                found = os.fstat(descriptor)
                if stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid():
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    path.unlink()
            finally:
                os.close(descriptor)
    for path in folder.glob(f"*{JOURNAL}"):
        with contextlib.suppress(ImplbenchError, OSError):
            if not path.is_symlink() and _is_whole(data := reading.contents(path, LARGEST_BYTES)):
                path.replace(folder / Path(f"{_decoded(data).id}{DOCUMENT}").name)


def unwritable(folder: Path, error: OSError) -> ImplbenchError:
    """Return the error for a folder that cannot be written."""
    return ImplbenchError(
        f"{folder}: cannot be written ({error.strerror}); choose another folder (--results, --output)"
    )


def settle(folder: Path) -> None:
    """Have the names in a folder outlast a power failure, where its file system can do that."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def encoded(value: object) -> bytes:
    """Return JSON; names of files and variables need not be UTF-8, and what is no character becomes an escape."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return msgspec.json.encode(_speakable(msgspec.to_builtins(value)))


def _speakable(value: object) -> object:
    match value:
        case str():
            return speakable(value)
        case list() | tuple():
            return [_speakable(one) for one in value]
        case dict():
            return {_speakable(key): _speakable(one) for key, one in value.items()}
    return value


def whole(run: Run) -> bytes:
    """Return the run as JSON, a line for each field and each round, so that it can be read and compared."""
    return b"".join(parts(run))


def parts(run: Run) -> Iterator[bytes]:
    """Yield the same one after the other: a run may be as large as its document."""
    yield _BEGINNING
    for place, field in enumerate(fields(run)):
        value = getattr(run, field.name)
        yield (b",\n" if place else b"") + b'"' + field.name.encode() + b'":'
        if field.name == "rounds":
            yield b"[\n"
            yield from (b",\n" * bool(index) + encoded(one) for index, one in enumerate(value))
            yield b"\n]"
        else:
            yield encoded(value)
    yield b"\n}\n"


def read(path: Path) -> Run:
    """Return the run in a document, or in a journal that was left behind.

    Raises
    ------
    ImplbenchError
        If the file cannot be read, is no JSON, lacks a field, has one of another type, is of a newer schema, or holds
        what no run could have.
    """
    data = reading.contents(path, LARGEST_BYTES)
    try:
        is_journal = path.name.endswith(JOURNAL) and not _is_whole(data)
        return _sound(_from_journal(data) if is_journal else _decoded(data))
    except Unreadable as error:
        found = f"{path}: is no whole result of implbench ({error})"
        raise ImplbenchError(f"{found}; expected a run's JSON document, whole and as it was written") from error
    except ImplbenchError as error:
        raise ImplbenchError(f"{path}: {error}") from error


def of(data: bytes) -> Run:
    """Return the run that a document holds; ImplbenchError as `read`."""
    try:
        return _sound(_decoded(data))
    except Unreadable as error:
        raise ImplbenchError(f"is no whole result of implbench ({error})") from error


def _sound(run: Run) -> Run:
    if found := soundness.doubt(run):
        raise Unreadable(found)
    return run


def _decoded(data: bytes) -> Run:
    found = reading.decoded(data, _Header).schema
    if found > SCHEMA:
        raise ImplbenchError(f"is of schema {found}, this implbench reads up to {SCHEMA}: update implbench")
    return reading.decoded(upgrade.from_1(data) if found < SCHEMA else data, Run)


def _is_whole(data: bytes) -> bool:
    """Return whether the file of a journal has become the document, which it does before it has its name."""
    return data.startswith(_BEGINNING)


class _Kept(msgspec.Struct):
    """What a line of a journal holds beside a round."""

    basis: Basis | None = None


def journal_line(round_: Round, basis: Basis | None) -> bytes:
    """Return the line of a round in a journal, without its end."""
    beside = b"" if basis is None else b',"basis":' + encoded(basis)
    return encoded(round_)[:-1] + beside + b"}"


def _from_journal(data: bytes) -> Run:
    """Return the run of a journal; a last line that is cut off was never finished and is left out."""
    first, *lines = data.split(b"\n")
    whole, _cut = lines[:-1], lines[-1:]
    run = _decoded(first)
    rounds = tuple(reading.decoded(line, Round) for line in whole)
    basis = tuple(kept for line in whole if (kept := reading.decoded(line, _Kept).basis))
    begun = Begun(arms=run.arms, left=run.left, basis=basis)
    return replace(run, rounds=rounds, interrupted=True, begun=begun)


def documents(folder: Path) -> Iterator[Path]:
    """Yield the documents and journals in a results folder, oldest first; links and what is no file are left out."""
    for path in sorted([*folder.glob(f"*{DOCUMENT}"), *folder.glob(f"*{JOURNAL}")]):
        if path.is_file() and not path.is_symlink():
            yield path


def holding(folder: Path) -> Path:
    """Return a results folder, or its ``baseline`` where only that holds runs, as in a fresh clone of a repository."""
    kept = folder / BASELINE
    return kept if any(documents(kept)) and not any(documents(folder)) else folder


def find(folder: Path, name: str | None) -> Path:
    """Return the path of a run: the latest, the one of that path, id or beginning of an id, or a problem's latest.

    Those in the folder's ``baseline`` are looked at where it holds no others.

    Raises
    ------
    ImplbenchError
        If there is none, or several ids begin so.
    """
    problem = None if name is None else Path(name).name.removesuffix(".py")
    if name is not None and Path(name).is_file() and problem == Path(name).name:
        return Path(name)
    paths = list(documents(holding(folder)))
    if name is not None:
        found = [path for path in paths if path.name.startswith(name)]
        paths = found or [path for path in paths if _problem(path) == problem][-1:]
    if not paths:
        raise ImplbenchError(_no_run(folder, name))
    if name is not None and len(paths) > 1:
        raise ImplbenchError(f"{name!r} begins {len(paths)} runs in {folder}: {', '.join(p.name for p in paths)}")
    return paths[-1]


def _problem(path: Path) -> str:
    """Return the name of the problem of a run, which is in its id."""
    return path.name.partition(".")[0].partition("-")[2].rpartition("-")[0]


def _no_run(folder: Path, name: str | None) -> str:
    """Return that there is no such run, and which ones there are."""
    found = [path.name.partition(".")[0] for path in documents(folder)][-_TOLD:]
    wanted = f"no run {name!r}" if name else "no run"
    if not found:
        return f"{folder}: holds {wanted}; measure one by: implbench run backprop"
    latest = ", ".join(found)
    return f"{folder}: holds {wanted}; expected a file, a problem, or the beginning of an id: the latest are {latest}"
