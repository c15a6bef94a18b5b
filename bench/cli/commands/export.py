"""Write stored runs in another tool's format."""

import sys
from collections.abc import Mapping
from pathlib import Path

from ... import formats
from ...errors import Exit, ImplbenchError
from ...formats.timed_cases import left_out
from ...report import terminal
from ...store import documents
from ...store.selectors import finished
from ..options import StoredOptions


class ExportOptions(StoredOptions, frozen=True, kw_only=True):
    """What `implbench export` can be told."""

    run: tuple[str, ...] = ()
    format: str
    output: str | None = None


def command(options: ExportOptions) -> int:
    """Do `implbench export`; see `parser`."""
    chosen = formats.format_of(options.format)
    paths = dict.fromkeys(documents.find(options.results, name) for name in options.run or [None])
    runs = [finished(documents.read(path)) for path in paths]
    made = chosen.export(runs)
    if isinstance(made, Mapping):
        _write_folder(options, made)
    elif options.output is None:
        sys.stdout.writelines(part.decode() for part in ([made] if isinstance(made, bytes) else made))
    else:
        documents.write_atomically(Path(options.output), made)
        terminal.note(f"written: {options.output}")
    if not formats.has_outcomes(chosen):
        for sentence in left_out(runs):
            terminal.note(sentence)
    return Exit.FINE


def _write_folder(options: ExportOptions, files: Mapping[str, bytes]) -> None:
    if options.output is None:
        raise ImplbenchError(f"{options.format} is a folder of files: say where to write it, by --output FOLDER")
    for name, data in files.items():
        documents.write_atomically(Path(options.output) / name, data)
        terminal.note(f"written: {Path(options.output) / name}")  # to stderr: stdout is the file's
