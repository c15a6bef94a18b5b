"""Which kind of check the results of a group had to pass: against what they were held, and how close they had to be."""

from enum import StrEnum

from msgspec import Struct


class Against(StrEnum):
    """What results were held against."""

    REFERENCE = "reference"
    """The problem's own."""
    EXTENDED = "baseline in extended precision"
    BASELINE = "baseline"
    NOTHING = "nothing"
    """The problem's own test judged them alone."""


class Closeness(StrEnum):
    """How close they had to be."""

    ANALYSED = "analysed tolerance"
    """The problem's own."""
    MEASURED = "measured tolerance"
    EQUAL = "equal"
    """There is nothing in them that is rounded."""
    ABSENT = "nothing to compare"
    """The baseline returns nothing."""
    JUDGED = "judged"
    """By the problem's own test, or its own comparison, alone."""


class Check(Struct, frozen=True, kw_only=True):
    """How results were checked."""

    against: Against = Against.REFERENCE
    closeness: Closeness = Closeness.ANALYSED
    dtype: str = "longdouble"
    """In what the reference was computed: ``longdouble``, ``float64``, ...; empty where nothing in it is rounded."""
    accepted: bool = False
    """Whether the problem's own test had to accept them too."""

    @property
    def kind(self) -> str:
        """Which kind of check it was, as verdicts name it."""
        if self.closeness == Closeness.ABSENT:
            return "not checked, nothing is returned"
        if self.closeness == Closeness.JUDGED:
            return "accepted by the problem's own test" if self.accepted else "the same by the problem's own comparison"
        if self.closeness == Closeness.EQUAL:
            return "equal"
        if self.against == Against.BASELINE:
            return "agree with each other only"
        return f"against {'an' if self.closeness == Closeness.ANALYSED else 'a'} {self.closeness.value}"

    @property
    def reference(self) -> str:
        """What results were held against, in words."""
        if self.closeness == Closeness.JUDGED:
            return "the problem's own test" if self.accepted else "the problem's own comparison"
        match self.against:
            case Against.REFERENCE:
                return {
                    "longdouble": "the extended-precision reference",
                    "": "the problem's reference",
                }.get(self.dtype, f"a {self.dtype} reference")
            case Against.EXTENDED:
                return "the baseline in extended precision"
            case Against.BASELINE:
                return "the baseline's result"
        return "nothing"
