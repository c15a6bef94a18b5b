"""The gate at work: screen every benchmark of two versions in shuffled rounds, then confirm the suspects."""

import random
from collections.abc import Sequence
from functools import partial
from math import log1p
from pathlib import Path

from msgspec import Struct

from ..measure import backends, round_plan
from ..measure.backends import Backend
from ..measure.counting import Untimed
from ..measure.group import Group
from ..measure.progress import Listener, Progress
from ..measure.round_loop import RoundLoop, in_equal_passes
from ..measure.workspace import Stage, staged
from ..stats import gate, intervals
from ..stats.gate import ALONE, Decision, Rule
from ..store.records import Role, Round, Settings
from . import reads
from .benchmarks import Benchmark, arms_of, sources_of
from .margins import Margins
from .measured import Measured, log_ratios

#: Time for a gate where --budget does not say another: so much a benchmark, and so much at least.
USUAL_S_EACH, USUAL_S_LEAST = 22.0, 75.0

#: Where --budget says nothing, rounds are as long as so much time at least pays for: the rest is for more of them.
PLANNED_S_LEAST = 45.0

#: The part of the budget that the screening may take; the rest is for the suspects.
SCREENING_PART = 0.6

#: Where a suspect has not had the rounds of its first look when the budget ends, or --budget says nothing and it is not
#: decided yet, the budget grows to so many times itself.
MOST_GROWTH = 2.0


class _Decided(Struct, frozen=True, kw_only=True):
    """What the gate said of a suspect."""

    decision: Decision
    reason: str | None = None
    early: bool = False


class Comparer:
    """Measures both sides of every benchmark until each is decided or the time is up."""

    def __init__(
        self, settings: Settings, listener: Listener, *, backend: Backend | None = None, rule: Rule = ALONE
    ) -> None:
        """Get ready; the clock of the budget starts. `backend` is what to measure on; None for this machine."""
        self._backend = backend or backends.usual()
        self._settings = settings
        self._rule = rule
        self._margin: dict[str, float] = {}
        self._listen = listener
        self._generator = random.Random(settings.seed)
        self._started = self._backend.monotonic_s()
        self._budget_s = settings.budget_s or USUAL_S_LEAST
        self._screened: dict[str, list[Round]] = {}
        self._fresh: dict[str, list[Round]] = {}
        self._discarded: dict[str, list[Round]] = {}
        self._decided: dict[str, _Decided] = {}
        self._round_s: dict[str, float] = {}
        self._done, self._expected = 0, 0
        self.shared: frozenset[Path] = frozenset()
        """Files outside both versions' folders that HEAD made and that were found there later."""

    @property
    def fresh_rounds(self) -> int:
        """How many fresh rounds the budget leaves one suspect, from the mean of the rounds so far."""
        if not self._round_s:
            return 0
        mean_s = sum(self._round_s.values()) / len(self._round_s)
        return min(gate.LOOKS[-1], int((self._growth - SCREENING_PART) * self._budget_s / mean_s))

    @property
    def _growth(self) -> float:
        """To how many times itself the budget grows for an undecided suspect: a time that was asked for stays."""
        return 1.0 if self._settings.budget_s else MOST_GROWTH

    @property
    def overtime_s(self) -> float:
        """Seconds beyond the budget so far; the budget itself is the longest that is planned."""
        return max(0.0, self._backend.monotonic_s() - self._started - self._budget_s)

    def compare(self, benchmarks: Sequence[Benchmark], margins: Margins | None = None) -> tuple[Measured, ...]:
        """Return what was measured of each benchmark, in their order; without `margins` all have that of the settings.

        Raises
        ------
        ForeignCode
            If a side has loaded other code than its own.
        """
        self._budget_s = self._settings.budget_s or usual_budget_s(len(benchmarks))
        margins = margins or Margins(usual=self._settings.margin)
        self._margin = {one.case.id: margins.of(one.case) for one in benchmarks}
        members = {one.case.id: arms_of(one) for one in benchmarks}
        sources = {name: source for one in benchmarks for name, source in sources_of(one).items()}
        with staged(
            members,
            sources,
            seed=self._settings.seed,
            timeout_s=self._settings.timeout_s,
            memory_bytes=self._settings.memory_bytes,
            tell=self._tell,
            backend=self._backend,
            untimed=Untimed(explains=self._settings.explains),
            partly=True,
        ) as stage:
            groups = {group.name: group for group in stage.groups}
            outside = reads.forget_these(stage.outside)
            loop = RoundLoop(stage.executor, self._backend, self._generator, in_equal_passes(self._passes))
            self._screen(groups, loop)
            suspects = [name for name in groups if self._alive(name) and not self._cleared(name)]
            self._confirm([groups[name] for name in suspects], loop)
            self._settle_noise(groups, loop)
            self.shared = reads.found_there(outside)
        return tuple(self._measured(one, stage) for one in benchmarks)

    def _measured(self, one: Benchmark, stage: Stage) -> Measured:
        name = one.case.id
        said = self._decided.get(name, _Decided(decision=Decision.CLEARED))
        return Measured(
            benchmark=one,
            screening=tuple(self._screened.get(name, ())),
            confirming=tuple(self._fresh.get(name, ())),
            discarded=tuple(self._discarded.get(name, ())),
            suspect=name in self._decided,
            decision=said.decision,
            reason=said.reason,
            early=said.early,
            refused=stage.refused.get(name),
            doubt=stage.doubts.get(name),
            relaid=stage.relaid.get(name),
        )

    def _screen(self, groups: dict[str, Group], loop: RoundLoop) -> None:
        """Hold the screening rounds of all benchmarks; the second base arm goes round among them."""
        self._screened = {name: [] for name in groups}
        names = list(groups)
        rounds = self._rule.rounds(len(names))
        self._expected = rounds * len(names)
        for index in range(rounds):
            twice = self._twice(index)
            for name in self._generator.sample(names, len(names)):
                held, arms = self._screened[name], partial(self._taking_part, again=name in twice)
                if self._fits(name, MOST_GROWTH * SCREENING_PART):
                    # where it is discarded once more, whatever the time: it may have gone into a time-out
                    for round_ in loop.attempts(len(held), groups[name], arms):
                        self._keep(round_, held)

    def _twice(self, index: int) -> Sequence[str]:
        """Return the benchmarks whose BASE is measured twice in a round: those alive in turn, one a round.

        It is more than one where ratios were lost before, for the noise floor wants one of each round.
        """
        seen = {name: len(log_ratios(held, name, Role.AGAIN)) for name, held in self._screened.items()}
        in_turn = sorted(filter(self._alive, seen), key=seen.__getitem__)
        return in_turn[: index + 1 - sum(seen.values())]

    def _confirm(self, suspects: Sequence[Group], loop: RoundLoop) -> None:
        """Judge the suspects: on their first rounds where these are clear, else on fresh rounds in shuffled order."""
        self._fresh = {group.name: [] for group in suspects}
        self._expected += gate.LOOKS[0] * len(suspects)
        family = self._rule.comparisons * len(suspects)
        for _ in range(gate.LOOKS[-1]):
            for group in self._generator.sample(suspects, len(suspects)):
                self._judge_early(group.name)
                judged = group.name in self._decided
                if (not judged or self._doubted(group.name)) and self._goes_on(group.name):
                    arms = self._taking_part(group, again=self._resolved > self._margin[group.name])
                    self._keep(loop.round(len(self._fresh[group.name]), group, arms), self._fresh[group.name])
                    if not judged:
                        self._judge(group.name, family)
        for group in suspects:
            self._judge_early(group.name, ended=True)
            if group.name not in self._decided:
                self._decided[group.name] = self._last_look(group.name, family)

    def _settle_noise(self, groups: dict[str, Group], loop: RoundLoop) -> None:
        """Hold further rounds, with BASE measured twice, where identical arms seem to differ by more than a margin.

        They tell whether that was chance: of a few rounds a single disturbed one suffices. Where a benchmark is slower,
        that stands anyway.
        """
        if any(said.decision == Decision.SLOWER for said in self._decided.values()):
            return
        for _ in range(gate.LOOKS[-1]):
            going = [name for name in groups if self._alive(name) and self._fits(name, 1.0)]
            if not going or self._resolved <= min(self._margin.values()):
                return
            name = self._generator.choice(going)
            held = self._fresh.get(name) or self._screened[name]
            self._keep(loop.round(len(held), groups[name], self._taking_part(groups[name], again=True)), held)

    @property
    def _resolved(self) -> float:
        """The smallest margin that the ratio of two identical arms can carry, from all rounds so far; 0 if unknown."""
        held = [(name, rounds) for part in (self._screened, self._fresh) for name, rounds in part.items()]
        ratios = [ratio for name, rounds in held for ratio in log_ratios(rounds, name, Role.AGAIN)]
        return intervals.resolves(intervals.hodges_lehmann(ratios) if ratios else None) or 0.0

    def _doubted(self, name: str) -> bool:
        """Return whether a suspect is slower by no more than identical arms seem to differ.

        Its verdict does not stand then. Further rounds, with BASE measured twice, tell whether it was chance.
        """
        said = self._decided[name]
        if said.decision != Decision.SLOWER:
            return False
        fresh = log_ratios(self._fresh[name], name)
        ratios = (*log_ratios(self._screened[name], name), *fresh) if said.early else fresh
        interval = intervals.hodges_lehmann(ratios).interval
        return interval is not None and interval.low <= log1p(max(self._margin[name], self._resolved))

    def _goes_on(self, name: str) -> bool:
        """Return whether a suspect gets another fresh round; up to its first look any budget may grow for it."""
        growth = MOST_GROWTH if len(self._fresh[name]) < gate.LOOKS[0] else self._growth
        return self._alive(name) and self._fits(name, growth)

    def _judge_early(self, name: str, *, ended: bool = False) -> None:
        """Look once at a suspect's first rounds: where there are enough of them, or where there will be no more."""
        ratios = (*log_ratios(self._screened[name], name), *log_ratios(self._fresh[name], name))
        cases = self._rule.comparisons * len(self._screened)
        there = len(ratios) == gate.early_rounds(cases) or (ended and len(ratios) < gate.early_rounds(cases))
        if there and name not in self._decided and gate.is_slower_early(ratios, self._margin[name], cases):
            self._decided[name] = _Decided(decision=Decision.SLOWER, early=True)

    def _judge(self, name: str, family: int) -> None:
        """Look at a suspect's fresh rounds, where their number is one of the looks."""
        ratios = log_ratios(self._fresh[name], name)
        if len(ratios) in gate.LOOKS and len(ratios) == len(self._fresh[name]):
            decision = gate.look(ratios, self._margin[name], family)
            if decision != Decision.UNDECIDED:
                self._decided[name] = _Decided(decision=decision)

    def _last_look(self, name: str, family: int) -> _Decided:
        """Return the decision on a suspect whose rounds have ended, at a look that has not been held yet."""
        ratios = log_ratios(self._fresh[name], name)
        if not ratios:
            return _Decided(decision=Decision.UNDECIDED, reason="because the time ended before its first fresh round")
        held = len(ratios) in gate.LOOKS
        decision = Decision.UNDECIDED if held else gate.look(ratios, self._margin[name], family)
        reason = f"after {len(ratios)} fresh rounds" if decision == Decision.UNDECIDED else None
        return _Decided(decision=decision, reason=reason)

    def _taking_part(self, group: Group, *, again: bool) -> list[str]:
        """Return the arms of a benchmark's next round, with BASE perhaps again; none where one has ended."""
        return [arm.name for arm in group.arms if again or not arm.again] if self._alive(group.name) else []

    def _passes(self, group: Group, pass_ns: int, start_ns: int) -> int:
        planned_s = self._settings.budget_s or max(PLANNED_S_LEAST, USUAL_S_EACH * len(self._screened))
        share_s = SCREENING_PART * planned_s / self._expected
        return round_plan.passes_for(pass_ns, start_ns, round(share_s * 1e9))

    def _keep(self, round_: Round, held: list[Round]) -> None:
        """Add a round to those held of its benchmark; one that is discarded is kept apart.

        What it takes to see what workers do comes on top of the budget: there are no fewer rounds for it.
        """
        (held if round_.discarded is None else self._discarded.setdefault(round_.group, [])).append(round_)
        self._budget_s += round_.counting_ns * 1e-9
        self._round_s[round_.group] = (round_.duration_ns - round_.counting_ns) * 1e-9
        self._done += 1

    def _cleared(self, name: str) -> bool:
        ratios = log_ratios(self._screened[name], name)
        return gate.cleared_by_screening(ratios, self._margin[name], self._rule.clearing_level)

    def _alive(self, name: str) -> bool:
        """Return whether no worker of the benchmark has ended with another outcome than ok."""
        held = (*self._screened[name], *self._fresh.get(name, ()), *self._discarded.get(name, ()))
        return not any(one.ended for one in held)

    def _fits(self, name: str, growth: float) -> bool:
        """Return whether another round of the benchmark fits in so many budgets; a first one always does."""
        left_s = growth * self._budget_s - (self._backend.monotonic_s() - self._started)
        return name not in self._round_s or left_s > self._round_s[name]

    def _tell(self, doing: str) -> None:
        left_s = max(0.0, self._budget_s - (self._backend.monotonic_s() - self._started))
        expected = max(self._expected, self._done + 1)
        self._listen(Progress(doing=doing, rounds_done=self._done, rounds_expected=expected, left_s=left_s))


def usual_budget_s(benchmarks: int) -> float:
    """Return the time for a gate of so many benchmarks, in seconds, where nobody says another."""
    return max(USUAL_S_LEAST, USUAL_S_EACH * benchmarks)
