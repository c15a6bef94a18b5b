"""Names of benchmarks for people."""

import pytest
from msgspec.structs import replace

from bench.report.sections.compared_names import condition, shortened
from bench.store.worker_records import Outcome
from bench.versions.benchmarks import Skipped
from bench.versions.comparison import Compared, Comparison
from bench.versions.standing import Standing


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


def test_of_inputs_that_are_no_arrays_neither_dtype_nor_order_is_told():
    found = named("rows[fast-S-float64-C-1t-retain]")
    one = Compared(
        name="sums[loop-S-float64-C-1t-retain]",
        title="",
        standing=Standing.SLOWER,
        outcome=Outcome.OK,
        reason=None,
        log_ratio=None,
        rounds=8,
        suspect=True,
        log_ratios=(),
        min_seconds_per_call=None,
        faults_per_call=None,
        counts=(),
        margin=0.03,
    )
    assert condition(replace(found, compared=(one,))).startswith("All of them: float64, C order, 1 thread,")
    bare = replace(one, takes_arrays=False)
    assert condition(replace(found, compared=(bare,))).startswith("All of them: 1 thread, freed memory kept")
    assert condition(replace(found, compared=(bare, one))).startswith("All of them: float64")


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
