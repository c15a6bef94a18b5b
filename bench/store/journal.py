"""A run while it is made: each round is on the disk before the next one starts, whatever ends it."""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from types import TracebackType

from ..errors import ImplbenchError
from .documents import DOCUMENT, JOURNAL, LARGEST_BYTES, encoded, settle, unwritable, whole, write_atomically
from .records import Left, Round, Run

#: So much a journal may hold: its document says a little more, and is to be read again.
MOST_BYTES = LARGEST_BYTES - 2**20

_KEPT = "what was measured is kept: implbench report {path}"


@contextlib.contextmanager
def kept_in(path: Path | None) -> Iterator[None]:
    """Have errors in here say in which document a run is kept, if it is in one."""
    try:
        yield
    except Exception as error:
        if path is not None:
            error.add_note(_KEPT.format(path=path))
        raise


class Journal:
    """A run that is being made: each round is on the disk before the next one starts.

    When an error ends the run, what was measured before becomes a document all the same. Where that cannot be written,
    the journal stays, which can be read as well; where that is gone, or has no whole round, the document is written to
    the usual temporary folder. The error says where it is.
    """

    def __init__(self, folder: Path, run: Run) -> None:
        """Open the journal and write the run as it is, without rounds.

        Raises
        ------
        ImplbenchError
            If the folder cannot be written; no file is left there.
        """
        self._folder = folder
        self._run = run
        self._bytes = 0
        self._whole_rounds = 0
        stamp = "".join(character for character in run.created if character.isalnum())
        self._stem = f"{stamp}-{run.problem.name}"
        self.path = folder / f"{self._stem}-{token_hex(4)}{JOURNAL}"  # of several at once, on several machines
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("xb", buffering=0)  # what could not be written is not tried again at the end
        except OSError as error:
            raise unwritable(folder, error) from error
        try:
            self._write(self._fitting(encoded(run)))
        except BaseException:
            self._remove()
            raise
        settle(folder)

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and not self._file.closed:
            self._keep(error)
        self._file.close()

    @property
    def run(self) -> Run:
        """The run with the rounds so far."""
        return self._run

    def _fitting(self, line: bytes) -> bytes:
        """Return a line with its end; ImplbenchError if no document could hold it too."""
        self._bytes += len(line) + 1
        if self._bytes > MOST_BYTES:
            raise ImplbenchError(f"this run has reached {MOST_BYTES} bytes, and no document holds more")
        return line + b"\n"

    def _write(self, line: bytes) -> None:
        """Write a line so that it outlasts a power failure; ImplbenchError if it cannot be written."""
        data = memoryview(line)
        try:
            while data:
                data = data[self._file.write(data) :]
            os.fsync(self._file.fileno())
        except OSError as error:
            raise unwritable(self._folder, error) from error

    def append(self, round_: Round) -> None:
        """Add a finished round; ImplbenchError if it cannot be written."""
        line = self._fitting(encoded(round_))
        self._run = replace(self._run, rounds=(*self._run.rounds, round_))  # whatever happens from now on
        self._write(line)
        self._whole_rounds += 1

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

        Raises
        ------
        ImplbenchError
            If the document cannot be written; the journal stays, then.
        """
        self._run = replace(self._run, spent_s=dict(spent_s or {}))
        run, path = self._document_in(self._folder, interrupted=interrupted)
        self._remove()
        return run, path

    def _document_in(self, folder: Path, *, interrupted: bool) -> tuple[Run, Path | None]:
        run = replace(self._run, interrupted=interrupted)
        if not run.rounds:
            return run, None
        digest = hashlib.sha256(encoded(run)).hexdigest()[:8]
        run = replace(run, id=f"{self._stem}-{digest}")
        path = folder / f"{run.id}{DOCUMENT}"
        write_atomically(path, whole(run))
        settle(folder)
        return run, path

    def _remove(self) -> None:
        self._file.close()
        with contextlib.suppress(OSError):  # it may be gone, as the whole folder may
            self.path.unlink()

    def _keep(self, error: BaseException) -> None:
        """Keep what was measured before an error, and have the error say where."""
        path = None
        try:
            path = self.close(interrupted=True)[1]
        except ImplbenchError:
            if self._whole_rounds and self.path.exists():
                path = self.path
            else:
                self._remove()
                with contextlib.suppress(ImplbenchError):
                    path = self._document_in(Path(tempfile.gettempdir()), interrupted=True)[1]
        if path is not None:
            error.add_note(_KEPT.format(path=path))
