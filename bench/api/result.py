"""What a comparison of functions gives: verdicts and ratios, the samples as a table, a picture, a page."""

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ImplbenchError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

    from ..analyse.analysis import Analysis
    from ..analyse.findings import Finding
    from ..analyse.verdict import Ratio


class Comparison:
    """What was measured of some functions, and what follows from it."""

    def __init__(self, analysis: "Analysis", path: Path | None) -> None:
        self._analysis = analysis
        self.path = path
        """The document of the run, None where it was not kept."""

    @property
    def verdicts(self) -> dict[str, str]:
        """Function, and its size in a sweep -> ``faster``, ``slower``, ``equivalent``, ...; or its outcome."""
        return {
            name: finding.verdict.value if finding.verdict else finding.outcome.value
            for name, finding in self._findings().items()
        }

    @property
    def ratios(self) -> dict[str, "Ratio | None"]:
        """Function, and its size in a sweep -> how many times as fast as the first it is, None where it has no time."""
        return {name: finding.speedup_over_baseline for name, finding in self._findings().items()}

    @property
    def verdict(self) -> str:
        """The verdict on the second function, if there are two; else on the fastest of those that are not the first."""
        return self.verdicts[self._best()]

    @property
    def ratio(self) -> "Ratio | None":
        """How many times as fast as the first that function is: ``.value``, ``.interval.low``, ``.interval.high``.

        None where it has no time, as it is wrong, failed or was not measured: `verdict` says which. The interval is
        None where there were too few rounds for one.
        """
        return self.ratios[self._best()]

    def frame(self) -> "DataFrame":
        """Return the samples as a tidy table, one row a sample (`implbench export --format csv` writes it)."""
        return self._analysis.frame()

    def plot(self) -> "Axes":
        """Draw the speed-ups, of a sweep the times, with their intervals, and return the axes."""
        from ..report.charts import speedup, sweep
        from ..report.figures.drawing import draw

        charts = sweep.charts(self._analysis) or speedup.charts(self._analysis)
        if not charts:
            raise ImplbenchError(f"there is nothing to draw: {self!r}")
        return draw(charts[:1]).axes[0]

    def report(self, path: str | Path) -> Path:
        """Write the report into one file, a page for a browser, and return its path."""
        from ..html import report_page
        from ..store.documents import write_atomically

        write_atomically(Path(path), report_page(self._analysis).encode())
        return Path(path)

    def __str__(self) -> str:
        from ..report import sections
        from ..report.terminal.screen import Screen
        from ..report.terminal.text import rendered

        return rendered(sections.brief(self._analysis), Screen())

    def __repr__(self) -> str:
        from ..report.sections import answer

        return "\n".join(answer.section(self._analysis).paragraphs)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Return what a notebook shows: the first of these that it can."""
        return {"text/html": self._repr_html_(), "text/plain": str(self)}

    def _repr_html_(self) -> str:
        from ..html.notebook import cell

        return cell(self._analysis)

    def _findings(self) -> dict[str, "Finding"]:
        """Return what was found of each function but the first; of a sweep, of each at each size."""
        groups = self._analysis.groups
        found = {}
        for group in groups:
            for finding in group.findings:
                case = finding.arm.case
                if not finding.arm.baseline:
                    at = f", {case.size.name}" if len(groups) > 1 else ""
                    found[case.implementation + at] = finding
        return found

    def _best(self) -> str:
        """Return which of the functions but the first is the fastest, at the largest size of a sweep."""
        found = self._findings()
        if not found:
            raise ImplbenchError("there is one function alone, and nothing to compare it with")
        timed = {name: ratio.value for name, ratio in self.ratios.items() if ratio is not None}
        return max(timed, key=timed.__getitem__) if timed else next(iter(found))
