"""Several runs in one report: their answers, their speed-ups side by side, and what else sets them apart."""

from collections.abc import Iterator, Sequence

from ...analyse.joint import Block, Result, Row, Together
from ...analyse.run_warnings import run_warnings
from ...analyse.verdict import Verdict
from ...store.records import Run
from ...text import headed
from ...units import percent
from ..charts import joint
from ..charts.joint import MOST_FIGURES
from ..parts import Figure, Section, code, plain
from ..phrases import counted, margin_text, ratio_text
from . import answer, environment
from .joint_tables import condition_text, difference_table, pairs_text, speedup_table, time_tables

#: A file of which two runs had different versions makes what they measured two things.
_DIGEST = "problem's files (SHA-256)"


def sections(found: Together) -> tuple[Section, ...]:
    """Return the sections of a joint report, in reading order."""
    speedups = Section(
        title="Speed-ups side by side",
        paragraphs=(_explained(found),),
        tables=(speedup_table(found),),
        figures=tuple(_figures(found)),
    )
    parts = [
        Section(title="Answer", kind="answer", paragraphs=tuple(_answers(found))),
        speedups,
        Section(title="Times", paragraphs=(_about_times(found),), tables=tuple(time_tables(found))),
        Section(title="What differs", paragraphs=tuple(_about_differences(found)), tables=(difference_table(found),)),
    ]
    return tuple(parts)


def brief(found: Together) -> tuple[Section, ...]:
    """Return what a terminal shows: the answers and the table of speed-ups."""
    answers, speedups, *_others = sections(found)
    table = Section(title=speedups.title, tables=tuple(one.for_people() for one in speedups.tables))
    return (answers, table)


def title(found: Together) -> str:
    """Return the heading of the page."""
    problem = found.runs[0].problem
    return f"{headed(problem.name, problem.title)} ({counted(len(found.runs), 'run')} side by side)"


def _answers(found: Together) -> Iterator[str]:
    """Yield who is the fastest over all runs, which speed-ups are not the same, then what each run says of itself."""
    if len(found.blocks) > MOST_FIGURES:
        apart = sum(any(row.apart for row in block.rows) for block in found.blocks)
        yield (
            f"{len(found.blocks)} conditions stand side by side in the table; in {apart} of them the intervals of some "
            "case are apart, so that its speed-up is not the same in all runs."
        )
    else:
        for block in found.blocks:
            where = f"{condition_text(block)}: " if block.condition else ""
            yield from (f"{where}{_leaders(block)}", f"{where}{_agreement(block)}")
    for place, one in enumerate(found.analyses, start=1):
        yield f"Run {place} ({code(one.run.id)}): {answer.section(one).paragraphs[0]}"


def _leaders(block: Block) -> str:
    """Return which case is the fastest, run by run, of those that all runs timed: another one proves nothing."""
    base = code(plain(block.baseline)) if block.baseline else "the baseline"
    shared = [row for row in block.rows if all(row.speedups)]
    rivals = [row for row in shared if row.name != block.baseline]
    if not rivals:
        return f"No case but {base} has a time in all runs."
    best: dict[str, list[str]] = {}
    places = range(len(rivals[0].results))
    for place in places:
        row = _best(rivals, place)
        if row is not None:
            best.setdefault(row.name, []).append(f"{ratio_text(row.speedups[place])} in run {place + 1}")
    none = [str(place + 1) for place in places if _best(rivals, place) is None]
    whose = f"Of {counted(len(rivals), 'case')} that all runs timed beside {base}, "
    if not best:
        return f"{whose}none was shown to be faster in any run."
    parts = "; ".join(f"{code(plain(name))} ({', '.join(speeds)})" for name, speeds in best.items())
    unshown = f"; in run {' and '.join(none)} none was shown to be faster" if none else ""
    same = "the fastest is" if len(best) == 1 else "the fastest is not the same in all runs:"
    return f"{whose}{same} {parts}{unshown}."


def _best(rows: Sequence[Row], place: int) -> Row | None:
    """Return the row with the largest speed-up in a run, of those that this run shows to be faster."""
    faster = [row for row in rows if (one := row.results[place]) and _leads(one)]
    return max(faster, key=lambda row: ratio.value if (ratio := row.speedups[place]) else 0.0, default=None)


def _leads(one: Result) -> bool:
    return one.verdict == Verdict.FASTER and not one.reference_blas


def _agreement(block: Block) -> str:
    """Return whether the speed-ups are the same in all runs, as far as their intervals tell."""
    compared = {row.name: row.apart for row in block.rows if row.apart is not None}
    if not compared:
        return "No case has an interval in two runs, so nothing is said of whether its speed-up is the same."
    apart = [f"{code(plain(name))} ({pairs_text(pairs)})" for name, pairs in compared.items() if pairs]
    overlapping = len(compared) - len(apart)
    rest = (
        f"The intervals of {counted(overlapping, 'case')} overlap, which does not show that their speed-ups are equal."
        if overlapping
        else ""
    )
    if not apart:
        return rest
    return f"Not the same speed-up in all runs, their intervals are apart: {', '.join(apart)}. {rest}".strip()


def _explained(found: Together) -> str:
    return (
        "Speed-up is time of the baseline / time of the case within one run, in brackets its 95 % interval over "
        "rounds. Runs are independent, so intervals that are apart show a difference; of those that overlap nothing is "
        f"said. The margin is {margin_text(found.margin)}."
    )


def _figures(found: Together) -> Iterator[Figure]:
    """Yield a figure for each block that has a speed-up; none where there are many blocks."""
    for place, block in enumerate(found.blocks if len(found.blocks) <= MOST_FIGURES else ()):
        chart = joint.chart(found, place, block)
        if chart is not None:
            stem = "speedups" if len(found.blocks) == 1 else f"speedups-{condition_text(block)}"
            yield Figure(name=stem, caption=chart.caption, charts=(chart,))


def _about_times(found: Together) -> str:
    machines = found.machines
    if not found.of_one_machine:
        unknown = "; of some the machine is not known" if None in machines else ""
        return f"No two of these runs are known to be of like machines{unknown}, so no times stand side by side."
    named = "; ".join(", ".join(str(place + 1) for place in places) for places in found.of_one_machine)
    alone = (
        ""
        if len(found.of_one_machine) == 1 and len(found.of_one_machine[0]) == len(machines)
        else (" The others are of unlike machines, and their times say nothing of each other.")
    )
    return (
        f"Runs of like machines (by fingerprint): {named}. Their times may stand side by side; unlike ratios within a "
        f"run they hold what else the machine did at the time.{alone}"
    )


def _about_differences(found: Together) -> Iterator[str]:
    """Yield what a reader should know before holding one run against another."""
    facts = [environment.facts(run) for run in found.runs]
    if len({one.get(_DIGEST) for one in facts}) > 1:
        yield "The problem's files differ: a case of the same name may be other code in another run."
    for place, one in enumerate(found.analyses, start=1):
        yield from _of_run(place, one.run)
        for group in one.groups:
            if group.too_noisy and group.resolved is not None:
                yield (
                    f"Run {place} was too noisy for its margin of {margin_text(group.margin)}: differences below "
                    f"{percent(group.resolved)} cannot be told apart in it."
                )


def _of_run(place: int, run: Run) -> Iterator[str]:
    if run.interrupted:
        yield f"Run {place} was interrupted."
    for warning in run_warnings(run):
        yield f"Warning of run {place}: {plain(warning)}"
