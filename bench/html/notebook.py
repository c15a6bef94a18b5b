"""What a notebook shows of a run: the answer, the table and the picture that go with it, as one cell's output."""

from base64 import b64encode

from ..analyse.analysis import Analysis
from ..report import sections
from ..report.files import picture
from ..report.sections import speedup, sweep
from .rendering import fragment


def cell(analysis: Analysis) -> str:
    """Return HTML without scripts or styles of its own: its picture is in it."""
    drawn = sweep.section(analysis) or speedup.section(analysis)
    figures = drawn.figures[:1] if drawn else ()
    pictures = [(one.caption, b64encode(picture(one, "png")).decode()) for one in figures]
    return fragment("notebook.html.j2", sections=sections.brief(analysis), pictures=pictures)
