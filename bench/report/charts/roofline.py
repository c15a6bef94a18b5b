"""The roofline, and which share of what the machine allows each implementation reaches."""

from collections.abc import Sequence
from math import isfinite

from ...analyse.analysis import Analysis
from ...analyse.findings import GroupFindings
from ...analyse.roofline import Doubt, Placed, Roof, Roofline, peak
from ...analyse.verdict import Ratio
from ...units import DASH, amount, percent, significant, time_text
from ..chart import Axis, Chart, Point, Rule, Series
from ..parts import plain
from ..phrases import label, limit_name, titled
from . import ratios
from .style import key, looks


def charts(analysis: Analysis) -> tuple[Chart, ...]:
    """Return shares for each group beside which limits were measured, then rooflines where these say more."""
    return (*shares(analysis), *rooflines(analysis))


def shares(analysis: Analysis) -> tuple[Chart, ...]:
    """Return a chart of shares for each group in which any case has one."""
    return tuple(
        _shares(place, one, analysis.groups)
        for place, one in enumerate(analysis.rooflines)
        if any(placed.share for placed in one.placed)
    )


def rooflines(analysis: Analysis) -> tuple[Chart, ...]:
    """Return a roofline for each group where their intensities differ: at a single one shares say the same."""
    drawable = [
        (place, one) for place, one in enumerate(analysis.rooflines) if one.intensity > 0 and isfinite(one.intensity)
    ]
    several = len({significant(one.intensity) for _place, one in drawable}) > 1
    return tuple(roofline(analysis, place, one) for place, one in drawable) if several else ()


def share_text(one: Placed) -> str:
    """Return as in ``27.1 % [26.8 %, 27.5 %]``; of a share that is doubted, that it is."""
    if one.doubt == Doubt.ABOVE:
        return "doubtful: above 100 %"
    return DASH if one.share is None else interval_text(one.share)


def interval_text(share: Ratio | None) -> str:
    """Return a share with its interval, or that there is none."""
    if share is None:
        return DASH
    ends = share.interval
    if ends is None:
        return f"about {percent(share.value, 3)}"
    return f"{percent(share.value, 3)} [{percent(ends.low, 3)}, {percent(ends.high, 3)}]"


def _shares(place: int, found: Roofline, groups: Sequence[GroupFindings]) -> Chart:
    title = titled("Share of what this machine allows", found.group, groups)
    names = [label(one.finding.arm.case, found.group) for one in found.placed]
    return Chart(
        id=f"share-{place}",
        title=title,
        caption=f"{title}: the shortest time that its limits allow over the time of each, with 95 % intervals.",
        x=Axis(label="share of the attainable", unit="%"),
        y=Axis(label="", scale="category", categories=tuple(names)),
        rules=(Rule(axis="x", at=100.0, label=plain(limit_name(found.binding.limit))),),
        series=tuple(
            Series(name=name, colour=0, kind="bars", whiskers="x", points=(_share(row, name, one),))
            for row, (name, one) in enumerate(zip(names, found.placed, strict=True))
        ),
    )


def _share(row: int, name: str, one: Placed) -> Point:
    text = share_text(one)
    beside = percent(one.share.value, 3) if one.share and not one.doubt else text
    return ratios.point(row, one.share, tip=f"{name}: {text}\n{_rates(one)}", label=beside, scale=100.0)


def _rates(one: Placed) -> str:
    seconds = one.finding.min_seconds_per_call
    rates = f"{amount(one.flops_per_second, 'FLOP/s')}, {amount(one.bytes_per_second, 'B/s')}"
    return f"{rates}, {time_text(seconds.value)} a call (min)" if seconds else rates


def roofline(analysis: Analysis, place: int, found: Roofline) -> Chart:
    """Return the roofs that were measured, and a point and a name for each implementation."""
    title = titled(f"Roofline of {plain(analysis.run.problem.name)}", found.group, analysis.groups)
    known = looks(analysis.run)
    return Chart(
        id=f"roofline-{place}",
        title=title,
        caption=(
            f"{title}: flop rate over flops a byte, both axes logarithmic; the roofs are what this machine was "
            "measured to allow in the same rounds, dashed for arrays larger than the problem's."
        ),
        x=Axis(label="flops a byte", scale="log", unit="flop/B"),
        y=Axis(label="flop rate", scale="log", unit="flop/s"),
        rules=(Rule(axis="x", at=found.intensity, label=f"this problem: {significant(found.intensity)}", dashed=True),),
        series=(
            *_roofs(found),
            *(
                Series(
                    name=label(one.finding.arm.case, found.group),
                    colour=known[key(one.finding.arm.case)].colour,
                    shape=known[key(one.finding.arm.case)].shape,
                    points=(_placed(one, found),),
                )
                for one in found.placed
            ),
        ),
    )


def _placed(one: Placed, found: Roofline) -> Point:
    name = label(one.finding.arm.case, found.group)
    reached = f"share of the attainable: {share_text(one)}" if one.share else ""
    share = f"  {percent(one.share.value)}" if one.share and not one.doubt else ""
    return Point(
        x=found.intensity,
        y=one.flops_per_second,
        tip="\n".join(filter(None, [name, _rates(one), reached])),
        label=f"{name}{share}",
    )


def _far_roof(found: Roofline) -> Roof | None:
    """Return the highest bandwidth over arrays that are larger than the problem's."""
    others = [roof for roof in found.roofs if roof.limit.resource == "bytes" and not roof.limit.applies]
    return max(others, key=lambda roof: roof.rate.value, default=None)


def _widths(found: Roofline) -> tuple[float, float]:
    """Return the ends of the axis of intensities: room for the slopes on the left and for names on the right."""
    ridge = found.ridge or found.intensity
    return min(found.intensity, ridge) / 20, max(found.intensity, ridge) * 15


def _roofs(found: Roofline) -> list[Series]:
    """Return the roofs: what computing allows is level, what moving bytes allows rises up to it."""
    left, right = _widths(found)
    flops, moved = peak(found.roofs, "flops"), peak(found.roofs, "bytes")
    height = flops.rate.value if flops else None
    made = []
    for roof in (moved, _far_roof(found)):
        if roof is not None:
            rate = roof.rate.value
            last = right if height is None else min(right, height / rate)
            text = f"{amount(rate, 'B/s')}: {limit_name(roof.limit)}"
            ends = ((max(left, last / 1e3), text), (last, text))
            made.append(_roof(roof, [(x, x * rate) for x, _text in ends], text, dashed=roof is not moved))
    if flops is not None:
        first = max(left, flops.rate.value / moved.rate.value) if moved else left
        text = f"{amount(flops.rate.value, 'FLOP/s')}: {limit_name(flops.limit)}"
        made.append(_roof(flops, [(first, flops.rate.value), (right, flops.rate.value)], text, dashed=False))
    return made


def _roof(roof: Roof, ends: Sequence[tuple[float, float]], text: str, *, dashed: bool) -> Series:
    (x0, y0), (x1, y1) = ends
    return Series(
        name=plain(limit_name(roof.limit)),
        colour="grey" if dashed else 6,
        kind="line",
        dashed=dashed,
        markers=False,
        legend=False,
        points=(Point(x=x0, y=y0), Point(x=x1, y=y1, label=plain(text))),
    )
