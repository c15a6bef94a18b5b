"""Take the results of other tools into the history, a run each file."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

from ... import formats, reading
from ...errors import Exit, ImplbenchError
from ...formats.imported import Origin
from ...report import terminal
from ...report.phrases import counted
from ...store import documents
from ...store.journal import kept
from ...store.records import Run
from ..options import StoredOptions


class ImportOptions(StoredOptions, frozen=True, kw_only=True):
    """What `implbench import` can be told."""

    file: tuple[str, ...]


def command(options: ImportOptions) -> int:
    """Do `implbench import`; see `parser`. All files are read before the first run is written."""
    runs = [_read(Path(name)) for name in options.file]
    written = [kept(run, options.results) for run in runs]
    if options.json:
        print(json.dumps([_told(run, path) for run, path in written], indent=2))
        return Exit.FINE
    for run, path in written:
        counts = f"{counted(len(run.arms), 'case')}, {counted(len(run.rounds), 'round')}"
        terminal.say(f"{run.problem.title}: {counts}; written: {path}")
        for one in run.left:
            terminal.note(f"skipped: {one.title} {one.reason}")
    return Exit.FINE


def _told(run: Run, path: Path) -> dict[str, object]:
    skipped = [{"name": one.title, "reason": one.reason} for one in run.left]
    return {"run": run.id, "document": str(path), "skipped": skipped}


def _read(path: Path) -> Run:
    try:
        data = reading.contents(path, documents.LARGEST_BYTES)
        modified = datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except OSError as error:
        raise ImplbenchError(f"{path}: cannot be read ({error.strerror})") from error
    origin = Origin(file=path.name, sha256=hashlib.sha256(data).hexdigest(), modified=modified)
    try:
        return formats.read(data, origin)
    except ImplbenchError as error:
        raise ImplbenchError(f"{path}: {error}") from error
