"""The gate at work: screen every benchmark of two versions in shuffled rounds, then confirm the suspects."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from . import executor, gate, rounds, verdict
from .benchmarks import Benchmark
from .conductor import Group, Source
from .executor import Backend
from .gate import Decision
from .measurement import Arm, Outcome, Round, Settings
from .runner import Listener, Progress
from .staging import Stage, staged

#: Time for a gate where --budget does not say another: so much a benchmark, and so much at least.
USUAL_S_EACH, USUAL_S_LEAST = 22.0, 45.0

#: The part of the budget that the screening may take; the rest is for the suspects.
SCREENING_PART = 0.6

BASE, HEAD, AGAIN = " base", " head", " base (again)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """What the gate measured of one benchmark, and what it decided."""

    benchmark: Benchmark
    screening: tuple[Round, ...]
    confirming: tuple[Round, ...]
    suspect: bool
    decision: Decision
    reason: str | None
    """Why it is undecided, where that is not the interval's doing."""


class Comparer:
    """Measures both sides of every benchmark until each is decided or the time is up."""

    def __init__(self, settings: Settings, listener: Listener, *, backend: Backend | None = None) -> None:
        """Get ready; the clock of the budget starts. `backend` is what to measure on; None for this machine."""
        self._backend = backend or executor.usual()
        self._settings = settings
        self._listen = listener
        self._generator = random.Random(settings.seed)
        self._cpus = self._backend.cpus()
        self._started = self._backend.monotonic_s()
        self._budget_s = settings.budget_s or USUAL_S_LEAST
        self._held: dict[str, list[Round]] = {}
        self._round_s: dict[str, float] = {}
        self._done, self._expected = 0, 0

    @property
    def fresh_rounds(self) -> int:
        """How many fresh rounds the budget leaves one suspect, from the mean of the rounds so far."""
        if not self._round_s:
            return 0
        mean_s = sum(self._round_s.values()) / len(self._round_s)
        return min(gate.LOOKS[-1], int((1 - SCREENING_PART) * self._budget_s / mean_s))

    def compare(self, benchmarks: Sequence[Benchmark]) -> tuple[Measured, ...]:
        """Return what was measured of each benchmark, in their order.

        Raises
        ------
        NothingMeasured
            If a problem fails to give its inputs.
        """
        if self._settings.budget_s is None:
            self._budget_s = max(USUAL_S_LEAST, USUAL_S_EACH * len(benchmarks))
        members = {one.case.id: _arms(one) for one in benchmarks}
        sources = {name: source for one in benchmarks for name, source in _sources(one).items()}
        seed, timeout_s = self._settings.seed, self._settings.timeout_s
        with staged(
            members,
            sources,
            seed=seed,
            timeout_s=timeout_s,
            tell=self._tell,
            backend=self._backend,
            untimed="count",
        ) as stage:
            groups = {group.name: group for group in stage.groups}
            self._screen(groups, stage)
            screening = {name: tuple(self._held[name]) for name in groups}
            suspects = [name for name in groups if self._alive(name) and not self._cleared(name)]
            self._held = {name: [] for name in suspects}
            decided = self._confirm([groups[name] for name in suspects], stage)
        found = []
        for one in benchmarks:
            name = one.case.id
            decision, reason = decided.get(name, (Decision.CLEARED, None))
            found.append(
                Measured(
                    benchmark=one,
                    screening=screening[name],
                    confirming=tuple(self._held.get(name, ())),
                    suspect=name in decided,
                    decision=decision,
                    reason=reason,
                )
            )
        return tuple(found)

    def _screen(self, groups: dict[str, Group], stage: Stage) -> None:
        """Hold the screening rounds of all benchmarks; the second base arm goes round among them."""
        self._held = {name: [] for name in groups}
        names = list(groups)
        self._expected = gate.SCREEN_ROUNDS * len(names)
        share_s = SCREENING_PART * self._budget_s / self._expected
        for index in range(gate.SCREEN_ROUNDS):
            twice = names[index % len(names)]
            for name in self._generator.sample(names, len(names)):
                if self._alive(name) and self._fits(name):
                    self._hold(groups[name], stage, share_s, again=name == twice)

    def _confirm(self, suspects: Sequence[Group], stage: Stage) -> dict[str, tuple[Decision, str | None]]:
        """Hold fresh rounds of the suspects, in shuffled order, and judge each at its looks; return the decisions."""
        decided: dict[str, tuple[Decision, str | None]] = {}
        if not suspects:
            return decided
        self._expected += gate.LOOKS[0] * len(suspects)
        share_s = SCREENING_PART * self._budget_s / self._expected
        for count in range(1, gate.LOOKS[-1] + 1):
            for group in self._generator.sample(suspects, len(suspects)):
                if group.name not in decided and self._fits(group.name) and self._alive(group.name):
                    self._hold(group, stage, share_s, again=False)
            for group in suspects:
                done = len(self._ratios(group.name))
                if group.name not in decided and done == count and count in gate.LOOKS:
                    decision = gate.look(self._ratios(group.name), self._settings.margin, len(suspects))
                    if decision != Decision.UNDECIDED:
                        decided[group.name] = decision, None
        for group in suspects:
            if group.name not in decided:
                decided[group.name] = self._last_look(group.name, len(suspects))
        return decided

    def _last_look(self, name: str, suspects: int) -> tuple[Decision, str | None]:
        """Return the decision on a suspect whose rounds have ended, at a look that has not been held yet."""
        ratios = self._ratios(name)
        if not ratios:
            return Decision.UNDECIDED, "the budget ended before its first fresh round"
        held = len(ratios) in gate.LOOKS
        decision = Decision.UNDECIDED if held else gate.look(ratios, self._settings.margin, suspects)
        return decision, f"after {len(ratios)} fresh rounds" if decision == Decision.UNDECIDED else None

    def _hold(self, group: Group, stage: Stage, share_s: float, *, again: bool) -> None:
        """Hold one round of a benchmark; a round that is discarded is not kept."""
        self._tell(f"{group.name}")
        started = self._backend.monotonic_s()
        names = [arm.name for arm in group.arms if again or not arm.again]
        plan = rounds.draw(self._generator, names, self._cpus, group.threads)

        def choose_passes(pass_ns: int, start_ns: int) -> int:
            return rounds.passes_for(pass_ns, start_ns, round(share_s * 1e9))

        one = stage.executor.round(len(self._held[group.name]), group, plan, choose_passes)
        if one.discarded is None:
            self._held[group.name].append(one)
        self._round_s[group.name] = self._backend.monotonic_s() - started
        self._done += 1

    def _ratios(self, name: str) -> list[float]:
        return list(verdict.log_ratios(self._held[name], name + HEAD, name + BASE).values())

    def _cleared(self, name: str) -> bool:
        return gate.cleared_by_screening(self._ratios(name), self._settings.margin)

    def _alive(self, name: str) -> bool:
        """Return whether no worker of the benchmark has ended with another outcome than ok."""
        return all(worker.outcome == Outcome.OK for one in self._held[name] for worker in one.workers)

    def _fits(self, name: str) -> bool:
        """Return whether another round of the benchmark fits in the budget; a first one always does."""
        left_s = self._budget_s - (self._backend.monotonic_s() - self._started)
        return name not in self._round_s or left_s > self._round_s[name]

    def _tell(self, doing: str) -> None:
        left_s = max(0.0, self._budget_s - (self._backend.monotonic_s() - self._started))
        expected = max(self._expected, self._done + 1)
        self._listen(Progress(doing=doing, rounds_done=self._done, rounds_expected=expected, left_s=left_s))


def _arms(one: Benchmark) -> list[Arm]:
    """Return the arms of a benchmark; HEAD's problem makes the inputs of all."""
    arm = Arm(name=one.case.id + HEAD, case=one.case, title=one.title, baseline=False)
    base = replace(arm, name=one.case.id + BASE, baseline=True)
    return [arm, base, replace(base, name=one.case.id + AGAIN, again=True)]


def _sources(one: Benchmark) -> dict[str, Source]:
    name = one.case.id
    return {name + HEAD: one.head, name + BASE: one.base, name + AGAIN: one.base}
