"""The run before another one, to say what changed since."""

from pathlib import Path

from ..analyse.since import is_comparable
from ..errors import ImplbenchError
from ..store import documents
from ..store.documents import DOCUMENT
from ..store.records import Run

#: So many documents are looked at: what was made on this machine before is among the last few, or far away.
_MOST_READ = 4


def earlier(results: Path, run: Run) -> Run | None:
    """Return the run of the same problem that was made last before another one on the same machine; None without one.

    Names of documents begin with the time at which the run was made, so those after it are not even read.
    """
    if not run.id or not results.is_dir():
        return None
    alike = f"-{run.problem.name}-"
    names = [path for path in documents.documents(results) if path.name.endswith(DOCUMENT) and alike in path.name]
    for path in reversed([path for path in names if path.name < run.id][-_MOST_READ:]):
        try:
            found = documents.read(path)
        except ImplbenchError:
            continue  # it is told wherever somebody asks for it
        if is_comparable(run, found):
            return found
    return None
