"""What is said of a candidate, in a sentence or two."""

from collections.abc import Iterator

from ...analyse.verdict import Ratio
from ...units import significant
from ...versions.judgement import Judgement
from ..parts import Section, code, plain
from ..phrases import counted, times_text


def section(one: Judgement) -> Section:
    """Return verdict and reason, the ratio with its interval, and what it would take to decide."""
    return Section(title=f"{one.decision.value} {plain(one.candidate)}", paragraphs=(" ".join(_sentences(one)),))


def _sentences(one: Judgement) -> Iterator[str]:
    yield f"{one.decision.value} {code(one.candidate)}: {plain(one.reason)}."
    last, kind = one.last, "fresh round" if one.confirmation else "round"
    if last.log_ratio is not None:
        fast = times_text(Ratio.of(last.log_ratio).inverse())
        yield f"It is {fast} as fast as {code(one.baseline)} ({counted(last.rounds, kind)})."
    if last.on_new is not None:
        share = significant(last.on_new.share, 2)
        yield f"On contents that it has not met before it takes {share} times as long as {code(one.baseline)}."
    if last.needed is not None:
        takes = f", {significant(last.needed.seconds, 2)} s" if last.needed.seconds else ""
        yield f"To decide it takes {plain(last.needed.remedy)}{takes}."
    yield f"Candidate {one.attempt} against this baseline."
