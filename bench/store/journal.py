"""A run while it is made: each round is on the disk before the next one starts, whatever ends it."""

import contextlib
import hashlib
import os
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import FileIO
from pathlib import Path
from secrets import token_hex
from types import TracebackType

from msgspec.structs import replace

from ..errors import ImplbenchError
from . import documents
from .documents import DOCUMENT, JOURNAL, LARGEST_BYTES, encoded, parts, settle, unwritable, write_atomically
from .interrupted import Interrupted
from .records import Basis, Begun, Left, Round, Run

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


def kept(run: Run, folder: Path) -> tuple[Run, Path]:
    """Write a run that was measured elsewhere, and return it with its id, and its document; twice is the same document.

    Raises
    ------
    ImplbenchError
        If the folder cannot be written, or the run holds no round.
    """
    with Journal(folder, run) as journal:
        stored, path = journal.close(spent_s=run.spent_s)
    if path is None:
        raise ImplbenchError(f"{run.problem.title}: holds no round")
    return stored, path


class Journal:
    """A run that is being made: each round is on the disk before the next one starts.

    The file is locked as long as this process lives, so that nobody takes the run for interrupted before.

    When an error ends the run, what was measured before becomes a document all the same. Where that cannot be written,
    the journal stays, which can be read as well; where that is gone, or has no whole round, the document is written to
    the usual temporary folder. The error says where it is.
    """

    def __init__(
        self,
        folder: Path,
        run: Run,
        *,
        basis: Callable[[], Basis] | None = None,
        after: Interrupted | None = None,
    ) -> None:
        """Open the journal and write the run as it is.

        Parameters
        ----------
        folder
            Where it lies.
        run
            The run before its first round.
        basis
            Is asked, whenever a round is appended, what the plan went by up to its end; None for a run without a plan.
        after
            The interrupted run that goes on: its rounds are written at once, the journal takes the place of its file,
            and it is the first that is to be appended, once more.

        Raises
        ------
        ImplbenchError
            If the folder cannot be written; no file is left there.
        """
        self._folder = folder
        self._run = run
        self._begun = Begun(arms=run.arms, left=run.left, basis=())
        self._basis = basis
        self._bases: list[Basis] = []
        self._again = deque(after.kept if after else ())
        """Rounds that are in the file, and have not been appended once more yet."""
        self._bytes = 0
        self._whole_rounds = len(self._again)
        stamp = "".join(character for character in run.created if character.isalnum())
        self._stem = f"{stamp}-{run.problem.name}"
        self.path = folder / f"{self._stem}-{token_hex(4)}{JOURNAL}"  # of several at once, on several machines
        if after and after.path.name.endswith(JOURNAL):
            self.path = after.path
        self._file = self._opened()
        if after and after.path != self.path:
            after.path.unlink(missing_ok=True)

    def _opened(self) -> FileIO:
        """Return the file of the journal, which is whole from the moment on in which it has its name."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            file, name = documents.nameless(self.path)
            try:
                lines = [encoded(self._run), *(documents.journal_line(*kept) for kept in self._again)]
                self._write(b"".join(map(self._fitting, lines)), file)
                name.replace(self.path)
            except BaseException:
                file.close()
                name.unlink(missing_ok=True)
                raise
        except OSError as error:
            raise unwritable(self._folder, error) from error
        settle(self._folder)
        return file

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

    def _write(self, line: bytes, file: FileIO | None = None) -> None:
        """Write a line so that it outlasts a power failure; ImplbenchError if it cannot be written."""
        file, data = file or self._file, memoryview(line)
        try:
            while data:
                data = data[file.write(data) :]  # unbuffered: what could not be written is not tried again at the end
            os.fsync(file.fileno())
        except OSError as error:
            raise unwritable(self._folder, error) from error

    def append(self, round_: Round) -> None:
        """Add a finished round; ImplbenchError if it cannot be written. Those of an interrupted run are there."""
        basis = self._basis() if self._basis else None
        is_there = bool(self._again)
        if is_there:
            self._again.popleft()
        line = b"" if is_there else self._fitting(documents.journal_line(round_, basis))
        self._run = replace(self._run, rounds=(*self._run.rounds, round_))  # whatever happens from now on
        if basis:
            self._bases.append(basis)
        if not is_there:
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
        """Make the journal the document; a run without a round leaves neither.

        The file gets the contents of the document first, and then its name: a run is one file at any moment.

        Returns
        -------
        The run as written, with its id, and the path of its document (None without a round).

        Raises
        ------
        ImplbenchError
            If the document cannot be written; the journal stays, then.
        """
        self._run = replace(self._run, spent_s=dict(spent_s or {}))
        run = self._named(interrupted=interrupted)
        path = None
        if run.rounds:
            write_atomically(self.path, parts(run))
            path = self._folder / f"{run.id}{DOCUMENT}"
            with contextlib.suppress(FileNotFoundError):  # another run has given it that name already
                self.path.replace(path)
            settle(self._folder)
        self._remove()
        return run, path

    def _named(self, *, interrupted: bool) -> Run:
        """Return the run as its document has it."""
        rounds = (*self._run.rounds, *(round_ for round_, _ in self._again))
        basis = (*self._bases, *(basis for _, basis in self._again))
        begun = replace(self._begun, basis=basis) if interrupted else None
        run = replace(self._run, rounds=rounds, interrupted=interrupted, begun=begun)
        if not rounds:
            return run
        digest = hashlib.sha256()
        for part in parts(run):
            digest.update(part)
        return replace(run, id=f"{self._stem}-{digest.hexdigest()[:8]}")

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
                    path = self._elsewhere()
        if path is not None:
            error.add_note(_KEPT.format(path=path))

    def _elsewhere(self) -> Path | None:
        """Write the document to the usual temporary folder."""
        run = self._named(interrupted=True)
        path = Path(tempfile.gettempdir(), f"{run.id}{DOCUMENT}")
        if not run.rounds:
            return None
        write_atomically(path, parts(run))
        return path
