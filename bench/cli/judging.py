"""From a candidate to what is said of it: counted, screened and, where it is faster at first sight, confirmed."""

import random
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from ..errors import ImplbenchError
from ..measure.selection import Selection, select
from ..problems import implementation, source_code
from ..problems.candidates import Candidate
from ..stats import judging
from ..stats.judging import Decision
from ..stats.sequential import LOOKS
from ..store.attempts import Attempts
from ..store.records import Run, Settings
from ..versions import judgement
from ..versions.judgement import Judgement, Said
from .asked import asked
from .measuring import measured

#: The part of a budget that somebody names which the screening may take; the rest is for the confirmation.
SCREENING_PART = 0.4

#: Where nobody does, the confirmation may take so long, or so many times the rounds up to its second look.
CONFIRMING_S_LEAST, CONFIRMING_TIMES = 75.0, 1.5

#: Seeds are drawn below this: NumPy takes no larger one, and inputs are made of the next one, too.
_SEEDS = 2**32 - 2


class Judge:
    """Judges candidates, one after the other, each beside the baseline alone."""

    def __init__(
        self, against: str, wanted: Selection, settings: Settings, *, results: Path, seed: int | None = None
    ) -> None:
        """Read the baseline's problem.

        Parameters
        ----------
        against
            Its name or path, or that with the name of an implementation behind a colon.
        wanted
            The axes, of which one case is to come.
        settings
            What was asked for; each run has a seed of its own.
        results
            Where runs are kept, and candidates counted.
        seed
            Of the runs' seeds; None: nobody can know them before.

        Raises
        ------
        ImplbenchError
            If there is no such problem, or the axes give more than one case.
        """
        found, wanted = asked((against,), wanted)
        baseline = wanted.baseline or found.baseline
        self.problem = replace(found, baseline=baseline)
        """Of the baseline, and of all candidates."""
        known = implementation.chosen(self.problem, ())
        layouts = (wanted.layouts or found.layouts)[:1]
        self._wanted = replace(wanted, implementations=(baseline,), baseline=baseline, layouts=layouts)
        arms, left = select(self.problem, self._wanted)
        if len({one.case.group for one in arms} | {one.case.group for one in left}) > 1:
            raise ImplbenchError(f"{against}: candidates are judged at one size and under one condition: name one each")
        self._settings = settings
        self._attempts = Attempts(results, source_code.digests(self.problem, known)[baseline])
        self._generator = random.SystemRandom() if seed is None else random.Random(seed)

    def judged(self, one: Candidate) -> Judgement:
        """Return what is said of a candidate.

        Raises
        ------
        BaselineFailed
            If the baseline has no time.
        KeyboardInterrupt
            If that was interrupted; the candidate is counted all the same.
        """
        attempt = self._attempts.begin(one.name, one.digest)
        seeds = tuple(self._generator.sample(range(_SEEDS), 2))
        (screening, *confirmation), paths = zip(*self._held(one, attempt, seeds), strict=True)
        found = Judgement(
            candidate=one.name,
            baseline=self.problem.baseline,
            attempt=attempt,
            accept_at=self._settings.margin,
            screening=screening,
            confirmation=next(iter(confirmation), None),
            seeds=tuple(seed for seed, path in zip(seeds, paths, strict=False) if path is not None),
            documents=tuple(str(path) for path in paths if path is not None),
        )
        self._attempts.end(attempt, one.name, one.digest, verdict=found.decision, reason=found.reason)
        return found

    def _held(self, one: Candidate, attempt: int, seeds: tuple[int, ...]) -> Iterator[tuple[Said, Path | None]]:
        """Yield what the screening says and where it is kept; then the same of the confirmation, where there is one."""
        wanted = replace(self._wanted, implementations=(one.implementation,))
        for skipped in select(one.problem, wanted)[1]:
            if skipped.case.implementation == one.implementation:
                yield judgement.unstarted(skipped), None
                return
        settings, budget_s = self._settings, self._settings.budget_s
        first_s = budget_s and SCREENING_PART * budget_s
        run, path = self._measured(one, wanted, replace(settings, seed=seeds[0], looks=LOOKS, budget_s=first_s))
        said = judgement.said(run)
        yield said, path
        if said.decision == Decision.ACCEPT:
            rule = judging.confirmation(attempt)
            second_s = budget_s - (first_s or 0.0) if budget_s else _confirming_s(run, rule.looks[1])
            settings = replace(settings, seed=seeds[1], looks=rule.looks, level=rule.alpha, budget_s=second_s)
            run, path = self._measured(one, wanted, settings)
            yield judgement.said(run), path

    def _measured(self, one: Candidate, wanted: Selection, settings: Settings) -> tuple[Run, Path | None]:
        place = self._attempts.folder
        run, path = measured(one.problem, wanted, settings, results=place, decide=judgement.decided)
        if run.interrupted:
            raise KeyboardInterrupt
        return run, path


def _confirming_s(screening: Run, rounds: int) -> float:
    """Return the time for a confirmation, of which the second look comes after so many rounds."""
    longest_s = max(one.duration_ns for one in screening.rounds) * 1e-9
    return max(CONFIRMING_S_LEAST, CONFIRMING_TIMES * rounds * longest_s)
