"""Runs of several machines, and the parts of one run, made one: what it holds, and what cannot be merged."""

import pytest
from msgspec.structs import replace

from bench.errors import ImplbenchError
from bench.store import documents, soundness
from bench.store.journal import kept
from bench.store.merging import Part, merged
from bench.store.records import Limit, Role
from bench.store.selectors import by_group
from tests.builders import USUAL, make_run, make_sizes

TYPED = ("implbench", "merge", "a", "b")


def machine(name, **changes):
    """Return what is known of where a run was made."""
    return {"fingerprint": name, "cpu": {"model": name, "logical": 2}, "python": {"version": "3.11.7"}, **changes}


def parts(**runs):
    return [Part(label=label, run=run) for label, run in runs.items()]


def shard(number, count, *, sizes, **changes):
    run = make_run(sizes=make_sizes(*sizes), seed=number, **changes)
    return replace(run, settings=replace(run.settings, seed=1, shard=(number, count)))


def test_the_parts_of_a_run_on_like_machines_are_the_whole_run_in_its_order():
    first, second = shard(1, 2, sizes=(10, 1000)), shard(2, 2, sizes=(100,))
    run = merged(parts(a=first, b=second), TYPED)
    assert [name.split("-")[1] for name in by_group(run)] == [f"m={m},n=64,p=25" for m in (10, 100, 1000)]
    assert run.settings == replace(first.settings, shard=None, command=TYPED)
    assert not any(arm.case.machine for arm in run.arms)
    assert sorted(run.problem.work) == sorted({**first.problem.work, **second.problem.work})
    assert len(run.rounds) == len(first.rounds) + len(second.rounds)
    assert [one.case.size.values["m"] for one in run.left] == [10, 100, 1000]
    assert [one.run for one in run.machines] == [first.id, second.id]


def test_the_same_case_on_several_machines_is_a_case_of_each():
    here, there = make_run(seed=1), make_run(seed=2)
    there = replace(there, settings=here.settings)
    run = merged(parts(node1=here, node2=there), TYPED)
    groups = by_group(run)
    assert list(groups) == ["backprop-M-float64-1t-node1", "backprop-M-float64-1t-node2"]
    for (name, found), one in zip(groups.items(), (here, there), strict=True):
        (own,) = by_group(one).values()
        assert found.baseline.case.machine == name.rpartition("-")[2]
        for arm, before in zip(found.arms, own.arms, strict=True):
            assert arm.name.endswith("(again)") == (arm.role == Role.AGAIN)
            assert found.workers(arm).keys() == own.workers(before).keys()
            assert [*found.log_ratios(arm, found.baseline)] == [*own.log_ratios(before, own.baseline)]
    assert soundness.doubt(run) is None


def test_parts_measured_on_unlike_machines_say_which_of_them():
    runs = parts(
        old=shard(1, 2, sizes=(10,), environment=machine("Zen 2")),
        new=shard(2, 2, sizes=(100,), environment=machine("Zen 4")),
    )
    run = merged(runs, TYPED)
    assert [group.rpartition("-")[2] for group in by_group(run)] == ["old", "new"]
    assert run.environment == {"cpu": {"logical": 2}, "python": {"version": "3.11.7"}}
    assert [one.environment["fingerprint"] for one in run.machines] == ["Zen 2", "Zen 4"]


def test_limits_warnings_and_what_was_stopped_follow_their_group():
    run = make_run(warnings=("the CPU was busy",))
    (group,) = by_group(run)
    case = replace(run.arms[0].case, problem="gemm")
    arm = replace(run.arms[0], name=f"{case.id} beside {group}", case=case, role=Role.LIMIT)
    limit = Limit(group=group, arm=arm, resource="flops", applies=True, work={"flops": 1.0})
    run = replace(run, limits=(limit,), stopped={run.arms[-1].name: "it is hopeless"}, doubts={group: "few contents"})
    found = merged(parts(a=run, b=run), TYPED)
    names = [f"{group}-{label}" for label in "ab"]
    assert [one.group for one in found.limits] == names
    assert len({one.arm.name for one in found.limits}) == 2
    assert list(found.doubts) == names
    assert set(found.stopped) == {one.name for one in found.arms if one.case.implementation == USUAL[3].name}
    assert found.warnings == ("a: the CPU was busy", "b: the CPU was busy")
    assert soundness.doubt(found) is None


def test_a_merged_run_is_written_and_read_like_any_other(tmp_path):
    run = merged(parts(a=make_run(), b=make_run()), TYPED)
    stored, path = kept(run, tmp_path)
    assert documents.read(path) == stored
    assert kept(run, tmp_path)[1] == path
    assert stored.id
    assert replace(stored, id="") == run


RUN = make_run(rounds=2)


@pytest.mark.parametrize(
    ("runs", "told"),
    [
        ({"a": RUN}, "there is one run alone of backprop"),
        ({"a": RUN, "b": replace(RUN, interrupted=True)}, "was interrupted; finish it first"),
        ({"a": RUN, "b": merged(parts(a=RUN, b=RUN), TYPED)}, "is merged already"),
        ({"a": RUN, "b": make_run(rounds=2, problem="rows")}, r"a and b: the problem differs \(backprop and rows\)"),
        (
            {"a": RUN, "b": replace(RUN, problem=replace(RUN.problem, digest="0" * 64))},
            "the state of the problem's files differs",
        ),
        (
            {"a": RUN, "b": replace(RUN, settings=replace(RUN.settings, margin=0.1))},
            r"what was asked for differs \(margin 0.03 and 0.1\)",
        ),
        (
            {"a": replace(RUN, environment=machine("x")), "b": replace(RUN, environment=machine("x", python={}))},
            r"the software differs \(python 3.11.7 and None\)",
        ),
        ({"a": shard(1, 3, sizes=(1,)), "b": shard(3, 3, sizes=(3,))}, "--shard 2/3: is missing"),
        ({"a": shard(1, 2, sizes=(1,)), "b": shard(2, 3, sizes=(3,))}, "parts of 2 and of 3"),
        ({"a": shard(1, 2, sizes=(1,)), "b": make_run(rounds=8)}, "parts of 1 and of 2"),
    ],
)
def test_what_was_not_measured_alike_or_is_not_whole_is_refused(runs, told):
    with pytest.raises(ImplbenchError, match=told):
        merged(parts(**runs), TYPED)
