"""How many candidates were ever judged against a baseline: a journal beside the runs, to which lines are only added.

Each candidate counts from the moment that it is about to be measured, whatever comes of it, and the same one again each
time. The file is called after the digest of the baseline's code and of what makes its inputs.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from msgspec import Struct

from .documents import encoded, now, unwritable

#: Within a results folder: what was judged, for each baseline a journal and the documents of its candidates' runs.
JUDGED = "judged"

#: So many digits of the digest name the journal.
_DIGITS = 16

_BEGUN = b'"event":"begun"'


class Entry(Struct, frozen=True, kw_only=True):
    """A line of the journal."""

    event: Literal["begun", "ended"]
    attempt: int
    at: str
    candidate: str
    digest: str
    """SHA-256 of its files."""
    verdict: str | None = None
    reason: str | None = None


class Attempts:
    """The journal of one baseline."""

    def __init__(self, results: Path, digest: str) -> None:
        """Take the folder of results, and the digest of the baseline's code and inputs."""
        self.folder = results / JUDGED / digest[:_DIGITS]
        """Where the runs of its candidates are kept."""
        self.path = self.folder.with_suffix(".jsonl")

    def begin(self, candidate: str, digest: str) -> int:
        """Count a candidate and return which it is, from 1; ImplbenchError if that cannot be written."""
        with self._locked() as descriptor:
            attempt = 1 + _read(descriptor).count(_BEGUN)
            entry = Entry(event="begun", attempt=attempt, at=now(), candidate=candidate, digest=digest)
            _append(descriptor, entry)
        return attempt

    def end(self, attempt: int, candidate: str, digest: str, *, verdict: str, reason: str | None) -> None:
        """Note what came of a candidate."""
        with self._locked() as descriptor:
            entry = Entry(
                event="ended",
                attempt=attempt,
                at=now(),
                candidate=candidate,
                digest=digest,
                verdict=verdict,
                reason=reason,
            )
            _append(descriptor, entry)

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """Give the journal, which nobody else changes meanwhile."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                yield descriptor
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise unwritable(self.path.parent, error) from error


def _read(descriptor: int) -> bytes:
    os.lseek(descriptor, 0, os.SEEK_SET)
    found = b""
    while piece := os.read(descriptor, 2**20):
        found += piece
    return found


def _append(descriptor: int, entry: Entry) -> None:
    os.write(descriptor, encoded(entry) + b"\n")
