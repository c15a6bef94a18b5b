"""Names of benchmarks for people."""

import pytest

from bench.report.sections.compared_names import condition, shortened
from bench.versions.benchmarks import Skipped
from bench.versions.comparison import Comparison


def named(*names):
    return Comparison(
        base="main",
        head="working tree",
        margin=0.03,
        compared=(),
        skipped=tuple(Skipped(name=name, reason="the same code") for name in names),
        noise=None,
        resolved=None,
        warnings=(),
        seconds=1.0,
    )


def shown(*names):
    return [one.name for one in shortened(named(*names)).skipped]


def test_what_all_have_in_common_is_told_once_in_words():
    names = "rows[fast-one-S-float64-C-1t-retain]", "sums[loop-n=5,m=2-float64-C-1t-retain]"
    assert shown(*names) == ["rows[fast-one-S]", "sums[loop-n=5,m=2]"]
    told = condition(named(*names))
    assert told == (
        "All of them: float64, C order, 1 thread, freed memory kept (`--allocator default` measures what fresh memory "
        "costs, too)."
    )


@pytest.mark.parametrize(
    "names",
    [
        ("rows[fast-S-float64-C-1t-retain]", "rows[fast-S-float32-C-1t-retain]"),
        ("rows[fast-S-float64-C-1t]", "rows[fast-S-float64-C-1t-retain]"),
        ("rows[fast]", "p/other"),
        (),
    ],
)
def test_names_stay_whole_where_they_have_not_the_same_end(names):
    assert shown(*names) == [*names]
    assert condition(named(*names)) is None
