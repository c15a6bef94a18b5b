"""The smallest differences that matter: one for all benchmarks of a gate, and those that some have of their own."""

from collections.abc import Mapping

from msgspec import Struct, field

from ..problems.case import Case


class Margins(Struct, frozen=True, kw_only=True):
    """What a difference has to exceed."""

    usual: float
    """Of benchmarks that have none of their own."""
    own: Mapping[str, float] = field(default_factory=dict)
    """Name of a problem, of an implementation as in ``rows/loop``, or id of a case -> its margin."""

    def of(self, case: Case) -> float:
        """Return the margin of a case: that of its id, else of its implementation, else of its problem."""
        names = (case.id, f"{case.problem}/{case.implementation}", case.problem)
        return next((self.own[name] for name in names if name in self.own), self.usual)
