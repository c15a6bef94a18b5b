"""Several runs: speed-ups by run, a row a case, one series a run."""

from ...analyse.joint import Block, Row, Together
from ..chart import Axis, Chart, Series
from ..document import plain
from ..sections.joint import MOST_FIGURES, caption_of
from ..sections.joint_tables import condition_text, labels
from ..wording import ratio_text
from . import ratios
from .style import numbered


def charts(found: Together) -> tuple[Chart, ...]:
    """Return ``together-<place of the block>`` for each block that has a speed-up; none where there are many blocks."""
    blocks = found.blocks if len(found.blocks) <= MOST_FIGURES else ()
    return tuple(_chart(found, place) for place, block in enumerate(blocks) if _rows(block))


def _rows(block: Block) -> list[Row]:
    return [row for row in block.rows if any(row.speedups)]


def _chart(found: Together, place: int) -> Chart:
    block = found.blocks[place]
    rows = _rows(block)
    condition = condition_text(block)
    return Chart(
        id=f"together-{place}",
        title=f"Speed-ups by run{f': {condition}' if condition else ''}",
        caption=caption_of(found, block),
        x=ratios.SPEEDUP,
        y=Axis(label="", scale="category", categories=tuple(plain(row.name) for row in rows)),
        bands=(ratios.equal(found.margin),),
        rules=(ratios.BASELINE,),
        series=tuple(_series(rows, run, name) for run, name in enumerate(labels(found))),
    )


def _series(rows: list[Row], run: int, name: str) -> Series:
    look = numbered(run)
    return Series(
        name=name,
        colour=look.colour,
        shape=look.shape,
        whiskers="x",
        points=tuple(
            ratios.point(place, ratio, tip=f"{plain(row.name)}: {ratio_text(ratio)}\nrun {name}")
            for place, row in enumerate(rows)
            if (ratio := row.speedups[run])
        ),
    )
