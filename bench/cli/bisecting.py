"""A search for the commit that made an implementation slower: each step compares a commit with GOOD."""

import time
from collections.abc import Sequence

from msgspec.structs import replace

from ..errors import ImplbenchError
from ..measure.scratch import executable, scratch
from ..measure.selection import Selection
from ..report import terminal
from ..report.sections import bisected
from ..stats import gate
from ..store.records import Settings
from ..versions import bisection
from ..versions.ancestry import Commit
from ..versions.bisection import Bisection, Search, State, Tried
from ..versions.comparer import usual_budget_s
from ..versions.comparison import Comparison
from ..versions.margins import Margins
from ..versions.sides import Asked
from . import comparing
from .comparing import Prepared


class Bisector:
    """Compares commits with GOOD until the first that is slower is known, or all that it may be."""

    def __init__(
        self,
        asked: Asked,
        wanted: Selection,
        settings: Settings,
        *,
        path: Sequence[Commit],
        margins: Margins | None = None,
    ) -> None:
        """Get ready.

        Parameters
        ----------
        asked
            GOOD as its base, BAD as its head, one problem.
        wanted
            The axes, with one implementation; of one case.
        settings
            Of each comparison; its budget is that for one commit.
        path
            The commits behind GOOD up to BAD.
        margins
            Of the benchmarks, by what BAD calls them; None: all have that of the settings.
        """
        self._asked, self._wanted, self._settings = asked, wanted, settings
        self._path = tuple(path)
        self._margins = margins or Margins(usual=settings.margin)
        self._margin = settings.margin
        self._rule = gate.rule_of_search(bisection.most_comparisons(len(path)))
        self._case: str | None = None
        self._found: dict[int, Comparison] = {}
        self._warnings: dict[str, None] = {}

    def search(self, good: str, bad: str) -> Bisection:
        """Return what is found; `good` and `bad` are what people call the two.

        Raises
        ------
        ImplbenchError
            If BAD cannot be compared with GOOD for what was asked for, or what is asked for is more than one case.
        """
        started_s = time.monotonic()
        search = Search(len(self._path))
        while (step := search.next()) is not None:
            place, times = step
            search.add(place, self._tried(place, times))
            left = len(bisection.candidates(search.tried))
            terminal.note(bisected.step(self._path[place], search.tried[place], left))
        return Bisection(
            good=good,
            bad=bad,
            case=self._case or "/".join((*self._asked.problems, *self._wanted.implementations)),
            margin=self._margin,
            path=self._path,
            tried=search.tried,
            whole=self._found[len(self._path) - 1],
            warnings=tuple(self._warnings),
            seconds=time.monotonic() - started_s,
        )

    def _tried(self, place: int, times: int) -> Tried:
        """Return what is said of a commit; an error of any but BAD is a reason to skip it."""
        try:
            found = self._found[place] = self._compared(self._path[place], times)
        except ImplbenchError as error:
            if place == len(self._path) - 1:
                raise
            return Tried(state=State.NOT_COMPARABLE, reason=str(error))
        self._warnings |= dict.fromkeys(found.warnings)
        return bisection.said(found)

    def _compared(self, one: Commit, times: int) -> Comparison:
        settings = self._settings
        if times:  # in another order, at other addresses, for longer
            budget_s = bisection.TIMES[times] * (settings.budget_s or usual_budget_s(1))
            settings = replace(settings, seed=settings.seed ^ times, budget_s=budget_s)
        with scratch() as place:
            asked = replace(self._asked, head=one.commit)
            ready = comparing.prepared(asked, self._wanted, settings, place=executable(place))
            if self._case is None:
                self._follow(ready)
            return comparing.measured(ready, replace(settings, margin=self._margin), rule=self._rule)

    def _follow(self, ready: Prepared) -> None:
        """Have all further comparisons measure the case of this one, by what GOOD calls it, at its margin.

        Raises
        ------
        ImplbenchError
            If there are several.
        """
        if len(ready.chosen) > 1:
            names = ", ".join(one.case.id for one in ready.chosen)
            raise ImplbenchError(f"a search follows one case, and these are {len(ready.chosen)}: {names}; name one")
        for one in ready.chosen:
            base, case = ready.pair[0], one.case
            where = next(where for where, problem in base.problems.items() if problem.file == one.base.problem.file)
            self._case, self._margin = case.id, self._margins.of(case)
            self._asked = replace(self._asked, problems=(str(base.own.origins[0] / where),))
            self._wanted = replace(
                self._wanted,
                implementations=(one.base.implementation.name,),
                changes=case.size.values,
                layouts=(case.layout,) if one.head.problem.layouts else (),
            )
