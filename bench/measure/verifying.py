"""What a round has verified: what calls have returned, on which contents, and when those are handed out."""

import secrets
import shutil
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

from ..worker.protocol import LAST, Change, Changed, Content, Verified, Verify
from .ended import Ended
from .group import Group
from .recording import Active
from .seen import Contradiction
from .untouched import Untouched
from .verifiers import Verifiers

#: What the calls of a worker returned takes at most so much memory, if it is more than that of one of them.
MOST_KEPT_BYTES = 4 * 2**20

#: Contents to be timed take the place of the first where calls are no longer: three are made for it.
LONGEST_CHANGED_NS = 20_000_000

_NUMBERS = count()


class Verifying:
    """Of one round."""

    def __init__(self, verifiers: Verifiers, group: Group, scratch: Path) -> None:
        self._verifiers = verifiers
        self._group = group
        self._place = scratch / f"round-{next(_NUMBERS)}"
        self._untouched = Untouched()
        self._handed_out: dict[tuple[Path, str], Content] = {}

    def require_untouched(self) -> None:
        """Raise ImplbenchError if somebody has changed the code, the inputs, or what was handed out."""
        self._untouched.require()
        self._verifiers.untouched.require()

    def close(self) -> None:
        """Remove what was handed out, and what was returned."""
        shutil.rmtree(self._place, ignore_errors=True)

    def place(self) -> Path:
        """Return a new folder for what a call returns, or several."""
        return self._place / f"returned-{next(_NUMBERS)}"

    def first(self, one: Active, inputs: Path, place: Path, digest: str | None) -> None:
        """Verify the first call of a worker; Ended if it is wrong."""
        one.keep(place, digest, first=True)
        one.largest_kept = _size(place)
        self.all_of(one, inputs)

    def draw(self, one: Active, passes: int) -> None:
        """Draw in which of its bursts something is kept of what a worker's calls return: in all, if there is room."""
        fit = max(1, MOST_KEPT_BYTES // max(1, one.largest_kept))
        one.keeps = frozenset(secrets.SystemRandom().sample(range(passes), min(passes, fit)))

    def wants_others(self, one: Active, inputs: Path, *, copies: bool) -> bool:
        """Return whether a worker is to be timed on other contents than those it was prepared on."""
        return self._verifiers.is_replaceable(inputs) and not copies and one.call_ns <= LONGEST_CHANGED_NS

    def change(self, one: Active, inputs: Path, name: str, ask: Callable[[Change], Changed]) -> Changed:
        """Have a worker change to other contents, of that name; Ended where it cannot."""
        place = self.place()
        content = self._content(inputs, name)
        reply = ask(Change(content=content, kept=place, timed=name == LAST))
        if name == LAST:
            one.keep(place / "last", reply.last)
        one.content = name
        one.keep(place / "first", reply.first, first=True)
        return reply

    def all_of(self, one: Active, inputs: Path) -> None:
        """Verify all that a worker's calls returned since its first; Ended if something is wrong."""
        one.record_verified(self._verified(inputs, one))
        one.returned.clear()

    def _content(self, inputs: Path, name: str) -> Content:
        """Return contents, handed out when the first worker of the round needs them."""
        key = inputs, name
        if key not in self._handed_out:
            place = self._place / f"{name}-{len(self._handed_out)}"
            self._handed_out[key] = self._verifiers.hand_out(inputs, name, place)
            self._untouched.add(place)
        return self._handed_out[key]

    def _verified(self, inputs: Path, one: Active) -> Verified:
        order = Verify(
            returned=tuple(one.returned),
            implementation=one.arm.case.implementation,
            other_version=self._group.is_other_version(one.arm),
        )
        found = self._verifiers.verify(inputs, order)
        for returned in one.returned:
            shutil.rmtree(returned.kept.folder, ignore_errors=True)
        return found


def contradicted(said: Sequence[Contradiction]) -> None:
    """End a case whose bursts, in a row, are contradicted by what is seen of its worker."""
    raise Ended(said[-1].outcome, f"{said[-1].reason} (and in {len(said) - 1} more before it)")


def _size(folder: Path) -> int:
    """Return how many bytes the files below a folder have."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
