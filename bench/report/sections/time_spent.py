"""Where the time of a run went."""

from collections import Counter

from ...analyse.analysis import Analysis
from ...analyse.source_facts import source_facts
from ...store.records import Run
from ..parts import Section
from .subject import Subject

#: What implementations do with their inputs before they are timed.
_PREPARING = "preparing and compiling"

#: Field of `Spent` -> what that is for a reader.
_PARTS = {
    "timed_ns": "timed",
    "warming_ns": "warming up",
    "verifying_ns": "verifying",
    "starting_ns": "starting workers",
    "preparing_ns": _PREPARING,
    "counting_ns": "counting",
}

#: Less is not worth mentioning, in seconds.
_LEAST_S = 0.05


def section(analysis: Analysis) -> Section | None:
    """Return one sentence, the largest part first; None where nobody kept account."""
    spent_s = seconds(analysis.run)
    if not spent_s:
        return None
    said = {_PREPARING: _PREPARING if _compiles(analysis.run) else "preparing"}
    parts = [f"{value:.1f} s {said.get(name, name)}" for name, value in spent_s.items() if value >= _LEAST_S]
    return Section(title="Where the time went", paragraphs=(f"Time: {', '.join(parts)}.",))


def _compiles(run: Run) -> bool:
    """Return whether anything may have been compiled: not where all is known to be in Python and NumPy alone."""
    found = [source_facts(name, files) for name, files in run.sources.items()]
    return not found or not all(facts is not None and facts.plain for facts in found)


def seconds(run: Run) -> dict[str, float]:
    """Return what -> seconds, all workers of all rounds together, the largest first; empty where it is unknown."""
    total: Counter[str] = Counter()
    for worker in (worker for one in run.rounds for worker in one.workers):
        if worker.spent:
            total.update({name: getattr(worker.spent, field) for field, name in _PARTS.items()})
    spent_s = {name: ns * 1e-9 for name, ns in total.items()} | run.spent_s
    return dict(sorted(spent_s.items(), key=lambda part: -part[1])) if total else {}


SUBJECT = Subject(id="time", title="Where the time went", section=section, place=150, on_page=False)
