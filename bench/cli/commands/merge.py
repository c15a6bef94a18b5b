"""Join the runs of several machines, or of the parts of one run, to one run."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from ...analyse.analysis import Analysis
from ...errors import Exit, ImplbenchError
from ...report import json_run, sections, terminal
from ...report.phrases import counted
from ...store import documents
from ...store.journal import kept
from ...store.merging import Part, merged
from ...store.records import Run
from ..exit_codes import exit_code
from ..measuring_options import as_typed
from ..options import StoredOptions


class MergeOptions(StoredOptions, frozen=True, kw_only=True):
    """What `implbench merge` can be told."""

    place: tuple[str, ...]


def command(options: MergeOptions) -> int:
    """Do `implbench merge`; see `parser`. All are joined before the first is written."""
    found: dict[str, list[tuple[Path, Run]]] = {}
    for path in _documents(options.place):
        run = documents.read(path)
        found.setdefault(run.problem.name, []).append((path, run))
    runs = [merged(_parts(each), as_typed()) for each in found.values()]
    written = [kept(run, options.results) for run in runs]
    analyses = [(Analysis(run), path) for run, path in written]
    if options.json:
        print(json.dumps([json_run.of(*one) for one in analyses], indent=2, allow_nan=False))
    else:
        for analysis, path in analyses:
            terminal.show(sections.brief(analysis))
            terminal.say(f"merged: {counted(len(analysis.run.machines), 'run')}; written: {path}")
    return max((exit_code(analysis) for analysis, _path in analyses), default=Exit.FINE)


def _documents(places: Sequence[str]) -> Iterator[Path]:
    """Yield the documents in the folders, and the files, each once."""
    for place in map(Path, places):
        inside = [*documents.documents(place)] if place.is_dir() else [place]
        if not inside:
            raise ImplbenchError(f"{place}: holds no run; expected a folder that implbench run --results has filled")
        yield from inside


def _parts(found: Sequence[tuple[Path, Run]]) -> list[Part]:
    """Return the runs under the names of their folders, where each has one of its own, else under their ids."""
    names = [path.resolve().parent.name for path, _run in found]
    labels = names if len(set(names)) == len(names) else [run.id for _path, run in found]
    parts = [Part(label=label, run=run) for label, (_path, run) in zip(labels, found, strict=True)]
    return sorted(parts, key=lambda one: one.run.settings.shard or (0, 0))
