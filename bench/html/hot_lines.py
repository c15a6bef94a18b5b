"""The lines of a source as its page shows them: those that take much of the time are marked, as far as it is known."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from ..store.profile_records import Line
from ..store.records import Run
from ..store.worker_records import Worker
from ..units import percent
from .rendering import visible

#: A line that takes such a share of the time is marked, more strongly from the second one on.
_LEAST, _MUCH = 0.05, 0.25


class Shown(Struct, frozen=True, kw_only=True):
    """A line of a source."""

    text: str
    mark: str
    """``much`` or ``some`` of the time; empty where it is little, or nobody looked."""
    told: str
    """How much, and how often it began, as in ``about 32 % of the time, 20,001 times``."""
    share: str = ""
    """How much, for the margin, as in ``32 %``."""
    times: str = ""
    """How often it began, for the end of the line."""


def shown(run: Run, sources: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, tuple[Shown, ...]]]:
    """Return implementation -> file -> its lines.

    Parameters
    ----------
    run
        Whose workers may have looked.
    sources
        Implementation -> file -> text, as the page shows them.
    """
    known = _workers(run)
    return {
        name: {file: _of_file(text, known.get(name), file) for file, text in files.items()}
        for name, files in sources.items()
    }


def _workers(run: Run) -> dict[str, Worker]:
    """Return implementation -> the first worker that looked."""
    arms = {arm.name: visible(arm.case.implementation) for arm in run.arms}
    found: dict[str, Worker] = {}
    for worker in (worker for one in run.rounds for worker in one.workers):
        if worker.lines and worker.arm in arms:
            found.setdefault(arms[worker.arm], worker)
    return found


def _of_file(text: str, worker: Worker | None, file: str) -> tuple[Shown, ...]:
    lines = text.split("\n")
    known = (worker.lines or ()) if worker else ()
    hot = dict(_placed(lines, [line for line in known if visible(line.file) == file]))
    whole = "the time" if worker is None or worker.lines_watched == 1 else f"the first {percent(worker.lines_watched)}"
    return tuple(_shown(line, hot.get(place), whole) for place, line in enumerate(lines))


def _placed(lines: Sequence[str], known: Iterable[Line]) -> Iterator[tuple[int, Line]]:
    """Yield the place of each line; of a file of which a part is kept, that of the only line that reads like it."""
    texts = [line.strip() for line in lines]
    for line in known:
        text = visible(line.text)
        if line.number <= len(texts) and texts[line.number - 1] == text:
            yield line.number - 1, line
        elif texts.count(text) == 1:
            yield texts.index(text), line


def _shown(text: str, line: Line | None, whole: str) -> Shown:
    """Return a line and what it takes of ``the time``, or of ``the first 30 %`` that was watched."""
    if line is None or line.share < _LEAST:
        return Shown(text=text, mark="", told="")
    mark = "much" if line.share >= _MUCH else "some"
    share, times = f"{100 * line.share:.0f} %", f"{line.times:,} times"
    return Shown(text=text, mark=mark, told=f"about {share} of {whole}, {times}", share=share, times=times)
