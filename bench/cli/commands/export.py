"""Write stored runs in another tool's format."""

import sys
from dataclasses import dataclass
from pathlib import Path

from ... import formats
from ...errors import Exit, ImplbenchError
from ...formats.timed_cases import left_out
from ...report import terminal
from ...store import documents
from ...store.selectors import finished
from ..options import StoredOptions


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportOptions(StoredOptions):
    """What `implbench export` can be told."""

    run: tuple[str, ...] = ()
    format: str
    output: str | None = None


def command(options: ExportOptions) -> int:
    """Do `implbench export`; see `parser`."""
    export = formats.exporter(options.format)
    paths = dict.fromkeys(documents.find(options.results, name) for name in options.run or [None])
    runs = [finished(documents.read(path)) for path in paths]
    made = export(runs)
    if not isinstance(made, bytes):
        _write_folder(options, made)
    elif options.output is None:
        sys.stdout.write(made.decode())
    else:
        documents.write_atomically(Path(options.output), made)
        terminal.note(f"written: {options.output}")
    if options.format not in formats.WITH_OUTCOMES:
        for sentence in left_out(runs):
            terminal.note(sentence)
    return Exit.FINE


def _write_folder(options: ExportOptions, files: formats.Files) -> None:
    if options.output is None:
        raise ImplbenchError(f"{options.format} is a folder of files: say where to write it, by --output FOLDER")
    for name, data in files.items():
        documents.write_atomically(Path(options.output) / name, data)
        terminal.note(f"written: {Path(options.output) / name}")  # to stderr: stdout is the file's
