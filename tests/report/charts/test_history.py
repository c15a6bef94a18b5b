"""Earlier runs of each case, as charts."""

import pytest
from msgspec.structs import replace

from bench.analyse.history import Question
from bench.report.charts import history
from bench.report.charts.history import milliseconds
from bench.store import index
from tests.builders import Spec
from tests.histories import HERE, write


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    write(folder, 40)
    return index.consult(folder, Question(machine=HERE).ask, lambda note: None)


def test_each_run_is_a_mark_and_each_change_a_rule(found):
    charts = {chart.title: chart for chart in history.charts(found)}
    fast = charts["backprop[fast-M-float64-C-1t]: speed-up"]
    assert len(fast.series[0].points) == 40
    (rule,) = fast.rules
    assert rule.label.startswith(("-9", "-10"))
    assert rule.at == (milliseconds("2026-01-01T14:00:00Z") + milliseconds("2026-01-01T15:00:00Z")) / 2
    assert [len(one.points) for one in fast.series[1:]] == [2, 2]
    assert charts["backprop[calm-M-float64-C-1t]: speed-up"].rules == ()


def test_one_case_alone_has_its_time_too(found):
    (fast,) = [one for one in found.cases if one.series.name.startswith("fast")]
    alone = history.charts(replace(found, cases=(fast,)))
    assert [chart.title.rpartition(": ")[2] for chart in alone] == ["speed-up", "time"]
    assert len({chart.id for chart in alone}) == 2


def test_an_unstable_series_says_so_and_has_no_levels(tmp_path):
    write(tmp_path, 30, specs=lambda at: (Spec(name="base", ms=10.0, baseline=True), Spec(name="wild", ms=1 + at // 5)))
    wild = history.charts(index.consult(tmp_path, Question(wanted="wild").ask, lambda note: None))[0]
    assert "(unstable: " in wild.title
    assert [one.name for one in wild.series] == ["runs"]
    assert wild.rules == ()


def test_the_baseline_has_its_time_for_it_has_no_ratio(found):
    base = next(chart for chart in history.charts(found) if "[base-" in chart.title)
    assert (base.y.unit, base.title.rpartition(": ")[2]) == ("s", "time")


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("1970-01-01T00:00:01Z", 1000.0),
        ("1970-01-01T01:00:00+01:00", 0.0),
        ("1970-01-01T00:00:00", 0.0),
        ("when?", None),
    ],
)
def test_a_moment_is_milliseconds_since_1970_in_utc(text, ms):
    assert milliseconds(text) == ms
