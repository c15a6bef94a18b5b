"""What a section is to a report and to a page: where it stands, and which charts a page shows beside it."""

from collections.abc import Callable, Sequence
from typing import Literal

from msgspec import Struct

from ...analyse.analysis import Analysis
from ..chart import Chart
from ..parts import Section

#: What of a part a page shows at once: all, its charts alone with the rest to be opened, or nothing but its title.
Shown = Literal["whole", "charts", "title"]


def _nothing(_analysis: Analysis) -> None:
    return None


class Subject(Struct, frozen=True, kw_only=True):
    """One subject; where it has neither section nor chart it is left out."""

    id: str
    """Of its element on a page, and in the links there."""
    title: str
    """On a page."""
    section: Callable[[Analysis], Section | None]
    place: int = 125
    """Its place in a report and on a page, the least first. Unless it says so, it is after all that was measured."""
    in_report: bool = True
    on_page: bool = True
    shown: Shown = "whole"
    page_section: Callable[[Analysis], Section | None] | None = None
    """The section as a page has it, where that is another."""
    charts: Callable[[Analysis], tuple[Chart, ...]] = lambda _analysis: ()
    explained: Callable[[Sequence[Chart]], tuple[str, ...]] = lambda _made: ()
    """How the charts are read, where the section does not say it."""
    told: Callable[[Analysis], str | None] = _nothing
    """The gist in a sentence, which a page shows whatever else has to be opened."""
    doubts: bool = False
    """Whether it is about where it was measured and what stands against it, and no more about what was measured."""
    is_of_one_size: bool = False
    """Whether it is left out of a run over many sizes: that of the sweep stands for all of them."""
    charts_of_one_size: bool = False
    """Whether its charts are: those of each size would bury the answer."""
