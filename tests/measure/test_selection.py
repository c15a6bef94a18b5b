"""From what the user asks for to the cases."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from bench.errors import ImplbenchError
from bench.measure import selection
from bench.measure.environments import Environment
from bench.measure.selection import Selection, select
from bench.problems import problem
from bench.store.records import Role
from bench.store.worker_records import Outcome
from tests.environments import RECORDS

FAKES = Path(__file__).parent.parent / "fakes" / "product"


def selected(**axes):
    return select(problem.find(str(FAKES)), Selection(**axes))


def names(arms):
    return [arm.name.removeprefix("product") for arm in arms]


def test_another_dtype_than_the_usual_one_is_only_for_inputs_that_take_it(tmp_path):
    for parameters, told in (("*, seed", "rows.py has no parameter dtype to take it"), ("*, seed, dtype", None)):
        (tmp_path / "rows.py").write_text(f"def inputs({parameters}): ...\ndef loop(x): ...\n")
        found = problem.find(str(tmp_path / "rows.py"))
        assert select(found, Selection())[0][0].case.dtype == "float64"
        if told:
            with pytest.raises(ImplbenchError, match=told):
                select(found, Selection(dtypes=("float32",)))
        else:
            assert select(found, Selection(dtypes=("float32",)))[0][0].case.dtype == "float32"


def test_the_baseline_is_measured_twice_and_joins_whatever_is_chosen():
    arms, left = selected(implementations=("honest_too",))
    assert names(arms) == ["[honest-M-float64-C-1t]", "[honest-M-float64-C-1t] (again)", "[honest_too-M-float64-C-1t]"]
    assert left == ()


def test_another_baseline_can_be_named():
    arms, _ = selected(implementations=("honest", "honest_too"), baseline="honest_too")
    assert [arm.case.implementation for arm in arms if arm.baseline] == ["honest_too"] * 2


def test_axes_multiply_and_each_combination_of_size_dtype_and_threads_has_its_own_baseline():
    arms, _ = selected(
        implementations=("honest_too",), sizes=("S", "M"), dtypes=("float64", "float32"), layouts=("C", "F")
    )
    assert len(arms) == 4 * (2 * 2 + 1)
    assert sum(arm.again for arm in arms) == 4
    assert all(arm.case.layout == "C" for arm in arms if arm.baseline)


def test_the_usual_kind_of_data_is_not_named_in_a_case():
    arms, _ = selected(implementations=("honest",), data="uniform")
    assert arms[0].case.data == ""


def test_threads_beyond_the_cpus_are_told(monkeypatch):
    monkeypatch.setattr(selection, "allowed_cpus", lambda: (0, 1))
    assert selected(threads=(2,))[0][0].case.threads == 2
    with pytest.raises(ImplbenchError, match="--threads 3: expected 1 to 2"):
        selected(threads=(3,))


def test_what_cannot_be_started_stays_in_the_list_with_its_reason():
    _, left = selected(implementations=("unavailable",))
    assert [(one.case.implementation, one.outcome) for one in left] == [("unavailable", "unavailable")]
    assert "pip install" in left[0].reason


def test_a_sweep_gives_a_size_for_each_value_named_as_set_does():
    arms, _ = selected(implementations=("honest",), sweep=("m", (50, 100, 10_000)))
    assert [arm.case.size.name for arm in arms if not arm.again] == ["m=50", "m=100", "M"]


def test_a_sweep_is_crossed_with_the_other_axes_and_gives_no_size_twice():
    arms, _ = selected(
        implementations=("honest",), sizes=("S", "M"), sweep=("m", (5, 6)), allocators=("default", "retain")
    )
    assert [(arm.case.size.name, arm.case.allocator) for arm in arms if not arm.again] == [
        ("m=5", "default"),
        ("m=5", "retain"),
        ("m=6", "default"),
        ("m=6", "retain"),
    ]


@pytest.mark.parametrize(
    ("axes", "told"),
    [
        ({"sweep": ("q", (1, 2))}, "unknown name in --sweep 'q': choose from m"),
        ({"sweep": ("m", (1, 2)), "changes": {"m": 3}}, "--sweep m and --set m: give one of the two"),
        ({"allocators": ("default", "jemalloc")}, "unknown allocator 'jemalloc'"),
    ],
)
def test_a_sweep_that_cannot_be_is_told(axes, told):
    with pytest.raises(ImplbenchError, match=told):
        selected(**axes)


def two_environments(**first):
    record = RECORDS[1]
    return Environment(label="numpy 2.3.5", **first), Environment(label="numpy 2.4.6", record=record)


def test_environments_share_a_group_and_its_baseline_is_in_the_first():
    arms, _ = selected(implementations=("honest", "honest_too"), environments=two_environments())
    assert names(arms) == [
        "[honest-M-float64-C-1t-numpy 2.3.5]",
        "[honest-M-float64-C-1t-numpy 2.3.5] (again)",
        "[honest-M-float64-C-1t-numpy 2.4.6]",
        "[honest_too-M-float64-C-1t-numpy 2.3.5]",
        "[honest_too-M-float64-C-1t-numpy 2.4.6]",
    ]
    assert len({arm.case.group for arm in arms}) == 1
    assert [arm.case.contender for arm in arms if arm.baseline] == ["honest [numpy 2.3.5]"] * 2


def test_where_there_is_no_such_environment_its_cases_have_the_reason_and_the_next_has_the_baseline():
    arms, left = selected(implementations=("honest",), environments=two_environments(broken="there is no such version"))
    assert [(one.case.environment, one.outcome, one.reason) for one in left] == [
        ("numpy 2.3.5", Outcome.UNAVAILABLE, "there is no such version")
    ]
    assert [(arm.case.environment, arm.role) for arm in arms] == [
        ("numpy 2.4.6", Role.BASELINE),
        ("numpy 2.4.6", Role.AGAIN),
    ]


def test_what_an_implementation_requires_is_looked_for_in_its_environment():
    first, second = two_environments()
    _, left = selected(implementations=("unavailable",), environments=(replace(first, record=RECORDS[0]), second))
    assert [one.case.environment for one in left] == ["numpy 2.3.5", "numpy 2.4.6"]
    assert all("which this environment does not have" in one.reason for one in left)
