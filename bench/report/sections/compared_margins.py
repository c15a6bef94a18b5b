"""The margins that two versions' benchmarks are judged by, in words and as a column: one for all, or several."""

from collections import Counter
from collections.abc import Iterable

from ...versions.comparison import Comparison
from ..parts import Column
from ..phrases import counted, margin_text

COLUMN = Column(name="margin", header="margin")


def are_several(found: Comparison) -> bool:
    """Return whether not all benchmarks are judged by the same margin."""
    return len({one.margin for one in found.compared}) > 1


def at_margins(told: Iterable[tuple[float, str]]) -> str:
    """Return texts with their margins, as in ``a, against a margin of 3 %; b, against a margin of 10 %``."""
    texts: dict[float, list[str]] = {}
    for margin, text in told:
        texts.setdefault(margin, []).append(text)
    return "; ".join(f"{', '.join(ones)}, against a margin of {margin_text(margin)}" for margin, ones in texts.items())


def below(margins: Iterable[float], before: str) -> str:
    """Return what nothing reaches, as in ``of 3 % or more in 3 benchmarks, of 10 % or more in 1 benchmark``.

    Parameters
    ----------
    margins
        One for each benchmark.
    before
        What stands before each.
    """
    numbers = sorted(Counter(margins).items())
    return ", ".join(
        f"{before} {margin_text(margin)} or more in {counted(number, 'benchmark')}" for margin, number in numbers
    )
