"""Several runs: speed-ups by run, a row a case, a mark a run."""

from ...analyse.joint import Block, Together
from ..chart import Chart
from ..parts import plain
from ..phrases import margin_text
from ..sections.joint_tables import condition_text, labels
from .layouts import side_by_side

#: With more blocks than this only the table is shown: a page of thirty pictures is read by nobody.
MOST_FIGURES = 6


def charts(found: Together) -> tuple[Chart, ...]:
    """Return ``together-<place of the block>`` for each block that has a speed-up; none where there are many blocks."""
    blocks = found.blocks if len(found.blocks) <= MOST_FIGURES else ()
    return tuple(made for place, block in enumerate(blocks) if (made := chart(found, place, block)))


def chart(found: Together, place: int, block: Block) -> Chart | None:
    """Return the chart of a block; None where it has no speed-up."""
    runs, condition = labels(found), condition_text(block)
    rows = {
        row.name: {run: ratio for run, ratio in zip(runs, row.speedups, strict=True) if ratio}
        for row in block.rows
        if any(row.speedups)
    }
    title = f"Speed-ups by run{f': {condition}' if condition else ''}"
    caption = (
        f"Speed-up of {plain(found.runs[0].problem.name)} over the baseline of each run"
        f"{f' ({condition})' if condition else ''}: one line a case, one mark a run, with 95 % intervals, log axis; in "
        f"the shaded band ({margin_text(found.margin)} each way) a case counts as equal."
    )
    return side_by_side((f"together-{place}", title, caption), rows, runs, found.margin) if rows else None
