"""The verifying process: it makes the inputs of a case, knows what is right for them, and tells it to nobody.

What is right is in its own memory alone. What workers have returned it reads from files, as structure and numbers, and
runs none of their code; the only code it runs beside the harness's is the problem's.
"""

import contextlib
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from ..store.checks import Against
from ..store.worker_records import Verification, worst
from . import correctness
from .baseline import Baseline, copied
from .expecting import Expecting
from .input_files import Made, Maker, hand_out
from .inputs import same_value
from .keeping import FOR_TEST
from .loading import ProblemFunctions, module_of
from .originals import first_of
from .outcome import OF_ANOTHER_VERSION, Unfit, Wrong, held_against, judged
from .outputs import RESULT, leaves_of
from .protocol import FIRST, LAST, TIMED, HandedOut, HandOut, Returned, Verified, Verify, WriteInputs
from .steps import Tell, untold
from .values import structure
from .values.leaves import Leaf
from .values.nothing import NOTHING
from .values.stored import DIGEST, load_leaves

#: There are contents to time on beside the first where making some, with what is right for them, takes no longer.
LONGEST_MADE_S = 1.0

#: Others are made for each round where that takes no longer.
LONGEST_RENEWED_S = 0.02

#: Seeds of contents that nobody is to know beforehand are drawn from so many.
MOST_DRAWN = 10**6


class Answers:
    """What is right for the contents of one case's inputs."""

    def __init__(self, order: WriteInputs, tell: Tell = untold) -> None:
        """Make the contents, and write the first for the workers; `tell` of the baseline's calls meanwhile."""
        self._order = order
        self._spec = order.spec
        self._maker = Maker(order, tell)
        first = self._maker.contents(FIRST, 0)
        hand_out(first, first_of(self._spec, first.data, first.seed).folder, self._spec)
        self._made = {FIRST: first, LAST: self._maker.contents(LAST, order.drawn)}
        if self._made[LAST].took_s < LONGEST_MADE_S:
            self._made[TIMED] = self._maker.contents(TIMED, order.drawn)
        self.written = self._maker.told(first, self._made[LAST], self._made.get(TIMED))
        self._handed_out: set[str] = set()
        self._weak: str | None = None
        """Which result of nothing is right; empty where none is, None as long as nobody has looked."""
        self._found: dict[tuple[str, str], tuple[Verification, ...]] = {}
        """Content and digest of what was right -> its errors: mostly calls return the same."""

    def hand_out(self, order: HandOut) -> HandedOut:
        """Write contents for the workers: others in each round where that takes next to no time."""
        if order.name in self._handed_out and self._made[order.name].took_s < LONGEST_RENEWED_S:
            with contextlib.suppress(Unfit):  # what was there before will do
                self._made[order.name] = self._maker.contents(order.name, secrets.randbelow(MOST_DRAWN))
                self._found.clear()
        self._handed_out.add(order.name)
        return HandedOut(content=hand_out(self._made[order.name], order.folder, self._spec))

    def verify(self, order: Verify) -> Verified:
        """Hold what the calls of one worker have returned against what is right; Unfit where one is wrong."""
        errors: tuple[Verification, ...] = ()
        quality = doubt = None
        for returned in order.returned:
            try:
                found = self._errors(returned, returned.content)
            except Unfit as unfit:
                raise Unfit(unfit.outcome, self._explained(unfit.reason, returned, order)) from unfit
            errors = worst(errors, found)
            if returned.first and returned.content == FIRST:
                quality = self._quality(returned)
                doubt = self._doubt(returned) if order.implementation == self._order.baseline else None
        return Verified(verification=errors, quality=quality, doubt=doubt)

    def _explained(self, reason: str, returned: Returned, order: Verify) -> str:
        """Return what is said of a wrong result, by which call it was and what else it would be right for."""
        if not returned.first:
            return f"a later call gave another result than the first: {reason}"
        others = self._made.keys() - {returned.content}
        if returned.content != FIRST and any(self._is_right(returned, content) for content in others):
            return (
                "gave the answer for the earlier contents of its inputs: the result is remembered, not computed "
                "(if prepare() copies the inputs, say COPIES_INPUTS = True)"
            )
        against = self._made[returned.content].right.check.against
        is_itself = order.implementation == self._order.baseline and not order.other_version
        if is_itself and against == Against.BASELINE:
            return (
                "the baseline itself gives another result in another process: seed what is random from the inputs, "
                f"leave no set's order in it, or let accept() judge; {reason}"
            )
        if returned.content != FIRST:
            reason = f"on other contents (seed {self._made[returned.content].seed}): {reason}"
        unknown = order.other_version and against in (Against.BASELINE, Against.EXTENDED)
        return OF_ANOTHER_VERSION + reason if unknown else reason

    def _is_right(self, returned: Returned, content: str) -> bool:
        try:
            self._errors(returned, content)
        except Unfit:
            return False
        return True

    def _errors(self, returned: Returned, content: str) -> tuple[Verification, ...]:
        """Return the errors of what was returned, were it for some contents; Unfit where it is not right for them."""
        with held_against():
            try:
                leaves = load_leaves(returned.kept.folder, returned.kept.digest[:DIGEST])
            except (OSError, ValueError) as error:
                raise Wrong(str(error)) from error
            key = content, returned.kept.digest
            if key not in self._found:
                self._found[key] = self._right(leaves, content, returned)
        return self._found[key]

    def _right(self, leaves: Mapping[str, Leaf], content: str, returned: Returned) -> tuple[Verification, ...]:
        contents = self._made[content]
        expected = contents.right.expected
        found = correctness.check(leaves, expected) if expected else ()
        problem = self._maker.problem
        if problem.accept or problem.same:
            self._tested(problem, contents, self._for_test(returned))
            self._require_finite(problem, contents, leaves)
        return found

    def _require_finite(self, problem: ProblemFunctions, contents: Made, leaves: Mapping[str, Leaf]) -> None:
        """Raise Wrong for more NaN or infinity than the baseline's result has: a test that compares lets NaN pass."""
        found = correctness.not_finite(leaves)
        if not found:
            return
        baseline = Baseline(self._spec, problem, self._order.baseline)
        try:
            with judged("its baseline: "):
                own = correctness.not_finite(leaves_of(baseline(_own(contents)), judged=True))
        except Unfit:
            return  # it cannot be computed here: the test alone says what is right
        correctness.require_numbers(found, own)

    def _tested(self, problem: ProblemFunctions, contents: Made, given: Mapping[str, Any]) -> None:
        """Raise Wrong unless the problem's own functions take outputs for right."""
        bare = self._is_bare(given)
        if problem.same:
            baseline = Baseline(self._spec, problem, self._order.baseline)
            right = Expecting(self._spec, problem, baseline).result(_own(contents))
            pair = (right.get(RESULT), given[RESULT]) if bare else (right, given)
            correctness.accept(problem.same, *pair, name="same")
        if problem.accept:
            correctness.accept(problem.accept, _own(contents), given[RESULT] if bare else given)

    def _quality(self, returned: Returned) -> float | None:
        """Return how good a right result is, where the problem says so; Unfit where it says something else."""
        if self._maker.problem.quality is None:
            return None
        with judged("the problem's quality(): "):
            given = self._for_test(returned)
            outputs = given[RESULT] if self._is_bare(given) else given
            found = self._maker.problem.quality(_own(self._made[FIRST]), outputs)
            return correctness.figure(found)

    def _doubt(self, returned: Returned) -> str | None:
        """Return which result of nothing the problem's own test takes for right; None where it takes none."""
        problem, contents = self._maker.problem, self._made[FIRST]
        if contents.right.expected or not (problem.accept or problem.same):
            return None
        if self._weak is None:
            given = self._for_test(returned)
            self._weak = next((what for what, of in NOTHING.items() if self._takes(given, of)), "")
        name = "accept" if problem.accept else "same"
        told = f"{self._weak} would be right for its {name}(): who computes nothing is right; let it ask for more"
        return told if self._weak else None

    def _takes(self, given: Mapping[str, Any], of: Callable[[Any], Any]) -> bool:
        """Return whether outputs of which nothing is left are right, though the given ones are others."""
        nothing = {name: of(value) for name, value in given.items()}
        if all(same_value(value, given[name]) for name, value in nothing.items()):
            return False
        try:
            self._tested(self._maker.problem, self._made[FIRST], nothing)
        except (Unfit, Wrong):
            return False
        return True

    def _is_bare(self, given: Mapping[str, Any]) -> bool:
        """Return whether the problem's functions are given the result itself, and no names."""
        return not self._spec.outputs and list(given) == [RESULT]

    def _for_test(self, returned: Returned) -> Mapping[str, Any]:
        """Return name -> value as it was returned, built again from what is written of it."""
        module = module_of(self._spec)
        own = getattr(module, "__name__", None)
        classes = {name: one for name, one in vars(module).items() if own and getattr(one, "__module__", None) == own}
        folder = returned.kept.folder / FOR_TEST
        try:
            given = structure.built(load_leaves(folder, returned.kept.digest[DIGEST:]), classes)
        except (OSError, ValueError) as error:
            raise Wrong(str(error)) from error
        if not isinstance(given, dict):
            raise Wrong("the outputs cannot be read: they have no names")
        return given


def _own(contents: Made) -> dict[str, Any]:
    """Return inputs that may be changed."""
    return {name: copied(value) for name, value in contents.inputs.items()}
