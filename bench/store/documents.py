"""The only reader and writer of results/: a journal while a run lasts, then one immutable JSON document."""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import msgspec

from ..errors import ImplbenchError
from . import upgrade
from .records import SCHEMA, Left, Round, Run

JOURNAL = ".journal.jsonl"
DOCUMENT = ".json"

#: Within a results folder: the runs that are kept in the repository.
BASELINE = "baseline"

#: Where a run is not found, so many of those that there are are named.
_TOLD = 3

#: A larger file is no result of ours.
LARGEST_BYTES = 512 * 2**20


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
        raise _unwritable(folder, error) from error


class Journal:
    """A run that is being made: each round is on the disk before the next one starts."""

    def __init__(self, folder: Path, run: Run) -> None:
        """Open the journal and write the run as it is, without rounds.

        Raises
        ------
        ImplbenchError
            If the folder cannot be written.
        """
        self._folder = folder
        self._run = run
        stamp = "".join(character for character in run.created if character.isalnum())
        self._stem = f"{stamp}-{run.problem.name}"
        self.path = folder / f"{self._stem}-{os.getpid()}{JOURNAL}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("xb")
        except OSError as error:
            raise _unwritable(folder, error) from error
        self._write(msgspec.json.encode(run))

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    @property
    def run(self) -> Run:
        """The run with the rounds so far."""
        return self._run

    def _write(self, line: bytes) -> None:
        self._file.write(line + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def append(self, round_: Round) -> None:
        """Add a finished round."""
        self._run = replace(self._run, rounds=(*self._run.rounds, round_))
        self._write(msgspec.json.encode(round_))

    def leave(self, left: Sequence[Left]) -> None:
        """Move cases that will not be started after all from the arms to those left; the next `close` writes it."""
        gone = {skipped.case.id for skipped in left}
        kept = tuple(arm for arm in self._run.arms if arm.case.id not in gone)
        self._run = replace(self._run, arms=kept, left=(*self._run.left, *left))

    def stop(self, reasons: Mapping[str, str]) -> None:
        """Note which arms are measured no further, and why; the next `close` writes it."""
        self._run = replace(self._run, stopped={**self._run.stopped, **reasons})

    def close(
        self, *, interrupted: bool = False, spent_s: Mapping[str, float] | None = None
    ) -> tuple[Run, Path | None]:
        """Write the document and remove the journal; a run without a round leaves neither.

        Returns
        -------
        The run as written, with its id, and the path of its document (None without a round).
        """
        self._file.close()
        run = replace(self._run, interrupted=interrupted, spent_s=dict(spent_s or {}))
        path = None
        if run.rounds:
            digest = hashlib.sha256(msgspec.json.encode(run)).hexdigest()[:8]
            run = replace(run, id=f"{self._stem}-{digest}")
            path = self._folder / f"{run.id}{DOCUMENT}"
            write_atomically(path, _document(run))
        self.path.unlink()
        return run, path


def write_atomically(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Write a file, or its parts one after the other, that is whole or not there at all.

    Raises
    ------
    ImplbenchError
        If the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.writelines([data] if isinstance(data, bytes) else data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink()
            raise
    except OSError as error:
        raise _unwritable(path.parent, error) from error


def _unwritable(folder: Path, error: OSError) -> ImplbenchError:
    return ImplbenchError(
        f"{folder}: cannot be written ({error.strerror}); choose another folder (--results, --output)"
    )


def _document(run: Run) -> bytes:
    """Return the run as JSON, a line for each field and each round, so that it can be read and compared."""
    lines = []
    for field in fields(run):
        value = getattr(run, field.name)
        if field.name == "rounds":
            body = b"[\n" + b",\n".join(msgspec.json.encode(one) for one in value) + b"\n]"
        else:
            body = msgspec.json.encode(value)
        lines.append(b'"' + field.name.encode() + b'":' + body)
    return b"{\n" + b",\n".join(lines) + b"\n}\n"


def read(path: Path) -> Run:
    """Return the run in a document, or in a journal that was left behind.

    Raises
    ------
    ImplbenchError
        If the file cannot be read, is no JSON, lacks a field, has one of another type, or is of a newer schema.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ImplbenchError(f"{path}: is larger than {LARGEST_BYTES} bytes, no result of implbench is")
        data = path.read_bytes()
    except OSError as error:
        raise ImplbenchError(f"{path}: cannot be read ({error.strerror})") from error
    try:
        return _from_journal(data) if path.name.endswith(JOURNAL) else _decoded(data)
    except msgspec.DecodeError as error:
        found = f"{path}: is no whole result of implbench ({error})"
        raise ImplbenchError(f"{found}; expected a run's JSON document, whole and as it was written") from error
    except ImplbenchError as error:
        raise ImplbenchError(f"{path}: {error}") from error


def _decoded(data: bytes) -> Run:
    found = msgspec.json.decode(data, type=_Header).schema
    if found > SCHEMA:
        raise ImplbenchError(f"is of schema {found}, this implbench reads up to {SCHEMA}: update implbench")
    return msgspec.json.decode(upgrade.from_1(data) if found < SCHEMA else data, type=Run)


def _from_journal(data: bytes) -> Run:
    """Return the run of a journal; a last line that is cut off was never finished and is left out."""
    first, *lines = data.split(b"\n")
    whole, _cut = lines[:-1], lines[-1:]
    rounds = tuple(msgspec.json.decode(line, type=Round) for line in whole)
    return replace(_decoded(first), rounds=rounds, interrupted=True)


def documents(folder: Path) -> Iterator[Path]:
    """Yield the documents and journals in a results folder, oldest first."""
    yield from sorted([*folder.glob(f"*{DOCUMENT}"), *folder.glob(f"*{JOURNAL}")])


def holding(folder: Path) -> Path:
    """Return a results folder, or its ``baseline`` where only that holds runs, as in a fresh clone of a repository."""
    kept = folder / BASELINE
    return kept if any(documents(kept)) and not any(documents(folder)) else folder


def find(folder: Path, name: str | None) -> Path:
    """Return the path of a run: the latest, or the one of that path, id or beginning of an id.

    Those in the folder's ``baseline`` are looked at where it holds no others.

    Raises
    ------
    ImplbenchError
        If there is none, or several ids begin so.
    """
    if name is not None and Path(name).is_file():
        return Path(name)
    paths = list(documents(holding(folder)))
    if name is not None:
        paths = [path for path in paths if path.name.startswith(name)]
    if not paths:
        raise ImplbenchError(_no_run(folder, name))
    if name is not None and len(paths) > 1:
        raise ImplbenchError(f"{name!r} begins {len(paths)} runs in {folder}: {', '.join(p.name for p in paths)}")
    return paths[-1]


def _no_run(folder: Path, name: str | None) -> str:
    """Return that there is no such run, and which ones there are."""
    found = [path.name.partition(".")[0] for path in documents(folder)][-_TOLD:]
    wanted = f"no run {name!r}" if name else "no run"
    if not found:
        return f"{folder}: holds {wanted}; measure one by: implbench run backprop"
    return f"{folder}: holds {wanted}; expected a file, or the beginning of an id: the latest are {', '.join(found)}"
