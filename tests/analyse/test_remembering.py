"""Who is fast only on contents that it has met before."""

from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.analyse.findings import findings
from bench.analyse.remembering import saved_by_preparing, warning
from bench.report.sections import advice, answer
from bench.store.records import Role
from bench.store.worker_records import ANEW, Outcome
from bench.versions.benchmarks import arm_name
from bench.versions.comparison import warnings
from tests.builders import USUAL, make_run


def ns(us):
    return None if us is None else int(1000 * us)


def rounds(*times):
    """Return a round for each pair of times in us, on contents met before and on new ones, of the first arm."""
    (one, *_) = make_run(USUAL).rounds
    first, *others = one.workers
    workers = [(replace(first, met_ns=ns(met), unmet_ns=ns(unmet)), *others) for met, unmet in times]
    return [replace(one, index=index, workers=each) for index, each in enumerate(workers)]


def workers(*times):
    """Return a worker for each pair of times in us."""
    return [one.workers[0] for one in rounds(*times)]


@pytest.mark.parametrize(
    "times", [[(10, 670)] * 3, [(1, 33)] * 3, [(10, 900), (15, 670), (10, 900), (500, 700)], [(0, 900)] * 3]
)
def test_calls_that_take_far_longer_on_new_contents_are_told(times):
    said = warning(workers(*times))
    assert said is not None
    assert "contents that it has not met before takes" in said


def test_run_and_compare_tell_it():
    held = rounds(*[(10, 670)] * 3)
    arm = held[0].workers[0].arm
    run = replace(make_run(USUAL), rounds=tuple(held))
    section = answer.section(Analysis(run))
    assert sum("contents that it has not met before" in text for text in section.paragraphs) == 1
    name = arm_name(arm, Role.CASE)
    renamed = [replace(one, workers=(replace(one.workers[0], arm=name),)) for one in held]
    one = SimpleNamespace(
        benchmark=SimpleNamespace(case=SimpleNamespace(id=arm)), doubt=None, relaid=None, discarded=()
    )
    one.screening = renamed
    (told,) = warnings([one])
    assert told.startswith(f"{arm}: a call on contents that it has not met before")


def test_how_many_times_as_long_is_told():
    assert "takes 67 times as long" in (warning(workers(*[(10, 670)] * 4)) or "")


@pytest.mark.parametrize(
    "times", [[(10, 670)] * 2, [(100, 400)] * 8, [(1, 20)] * 8, [(9, 80)] * 8, [(100, 9000)] * 7 + [(100, 300)], []]
)
def test_a_single_disturbed_call_and_a_learned_branch_are_not(times):
    assert warning(workers(*times or [(1, 1)])) is None


def test_calls_beside_busy_programs_are_not():
    times = [(19e3, 31e3), (30e3, 29e3), (26e3, 40e3), (28e3, 29e3), (35e3, 36e3), (33e3, 52e3)]
    assert warning(workers(*times)) is None
    of_one_thread = [(met / 2, unmet) for met, unmet in times]
    assert warning(workers(*of_one_thread)) is not None
    of_two = [replace(one, affinity=(0, 1)) for one in workers(*of_one_thread)]
    assert warning(of_two) is None
    assert warning([replace(one, met_ns=one.met_ns // 5) for one in of_two]) is not None


def test_of_what_is_prepared_anew_a_call_on_new_contents_holds_that_too():
    for times, is_told in ([(3000, 9000)] * 4, False), ([(1, 9)] * 4, False), ([(100, 900)] * 4, True):
        anew = [replace(one, consumed=ANEW) for one in workers(*times)]
        assert (warning(anew) is not None) is is_told
    assert warning(workers(*[(3000, 9000)] * 4)) is not None


def preparing(*anew, base=1000.0, call=100.0, consumed=ANEW, met=None, said=False):
    """Return a run in which to prepare and to call took so many us, one number a round, calls `call` and `base`.

    With `met`, calls on contents that it has met took so many us, and those numbers are calls on new ones. With `said`
    it is said that it copies its inputs.
    """
    prepared = "anew_ns" if said else "unmet_ns"
    run = make_run([replace(USUAL[0], ms=base / 1000), replace(USUAL[1], ms=call / 1000)], rounds=len(anew))
    arm = next(one.name for one in run.arms if one.role == Role.CASE)
    rounds = [
        replace(
            one,
            workers=tuple(
                replace(worker, **{prepared: ns(us)}, met_ns=ns(met), consumed=consumed)
                if worker.arm == arm
                else worker
                for worker in one.workers
            ),
        )
        for one, us in zip(run.rounds, anew, strict=True)
    ]
    return replace(run, rounds=tuple(rounds))


@pytest.mark.parametrize(
    ("how", "outcome"),
    [
        ({"anew": [1100] * 6}, Outcome.NOT_MEASURED),
        ({"anew": [1100] * 5 + [700]}, Outcome.NOT_MEASURED),
        ({"anew": [600] * 6}, Outcome.OK),
        ({"anew": [1100] * 3 + [700] * 3}, Outcome.OK),
        ({"anew": [1100] * 2}, Outcome.OK),
        ({"anew": [1100] * 6, "consumed": None}, Outcome.OK),
        ({"anew": [1100] * 6, "call": 1200.0}, Outcome.OK),
        ({"anew": [None] * 6}, Outcome.OK),
    ],
)
def test_who_is_faster_only_without_what_prepare_does_has_no_time(how, outcome):
    (group,) = findings(preparing(*how.pop("anew"), **how))
    (found,) = (one for one in group.findings if not one.arm.baseline)
    assert found.outcome == outcome
    assert ("what it gains is done in prepare()" in (found.reason or "")) == (outcome != Outcome.OK)


@pytest.mark.parametrize(
    ("how", "share"),
    [
        ({"anew": [1100] * 6}, 1.1),
        ({"anew": [950] * 6}, 0.95),
        ({"anew": [800] * 6}, None),
        ({"anew": [1100] * 6, "call": 1200.0}, None),
        ({"anew": [1.5] * 6, "base": 1.4, "call": 0.1}, None),  # a call behind another program's
        ({"anew": [None] * 6}, None),
    ],
)
def test_who_says_that_it_copies_and_gains_by_preparing_alone_has_a_time_and_a_warning(how, share):
    found = Analysis(preparing(*how.pop("anew"), said=True, **how))
    (one,) = (one for one in found.groups[0].findings if not one.arm.baseline)
    assert one.outcome == Outcome.OK
    answered, (advised, *_) = answer.section(found).paragraphs, advice.section(found).paragraphs
    told = f"with its prepare(), which is not timed, a call on other ones takes {share} times as long as the baseline's"
    assert sum(told in text for text in answered) == (share is not None)
    assert ("where it is called again on the same inputs" in advised) == (share is not None)


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"anew": [400] * 6}, "2.5"),
        ({"anew": [400] * 4 + [100] * 2}, "2.5"),
        ({"anew": [400] * 3 + [100] * 3}, None),
        ({"anew": [250] * 6, "call": 200.0}, None),  # nearly all of its gain is left
        ({"anew": [400] * 2}, None),
        ({"anew": [50] * 6, "base": 100.0, "call": 10.0, "met": 40.0}, None),  # behind others' calls
        ({"anew": [25] * 6, "base": 50.0, "call": 10.0, "met": 10.0}, None),  # a learned branch
        ({"anew": [400] * 6, "consumed": ANEW}, None),
    ],
)
def test_whose_gain_is_far_less_on_new_contents_has_a_time_and_a_warning(how, told):
    found = Analysis(preparing(*how.pop("anew"), **{"consumed": None, "met": 100.0} | how))
    (one,) = (one for one in found.groups[0].findings if not one.arm.baseline)
    assert one.outcome == Outcome.OK
    said = f"is {told} times as fast as the baseline on contents that it has not met before"
    assert sum(said in text for text in answer.section(found).paragraphs) == (told is not None)


@pytest.mark.parametrize(
    ("how", "outcome"),
    [
        ({"anew": [1010] * 6, "call": 300.0, "met": 300.0}, Outcome.NOT_MEASURED),
        ({"anew": [1010] * 4 + [400] * 2, "call": 300.0, "met": 300.0}, Outcome.NOT_MEASURED),
        ({"anew": [1010] * 3 + [400] * 3, "call": 300.0, "met": 300.0}, Outcome.OK),
        ({"anew": [1010] * 5 + [800], "call": 300.0, "met": 300.0}, Outcome.NOT_MEASURED),
        ({"anew": [950] * 6, "call": 500.0, "met": 500.0}, Outcome.NOT_MEASURED),
        ({"anew": [800] * 6, "call": 300.0, "met": 300.0}, Outcome.OK),  # faster on new contents, too
        ({"anew": [1010] * 6, "call": 300.0, "met": 700.0}, Outcome.OK),  # behind others' calls it takes longer anyway
        ({"anew": [1010] * 6, "call": 300.0}, Outcome.OK),
        ({"anew": [1010] * 2, "call": 300.0, "met": 300.0}, Outcome.OK),
        ({"anew": [12] * 6, "base": 10.0, "call": 5.0, "met": 5.0}, Outcome.OK),  # a learned branch
        ({"anew": [1200] * 6, "call": 1100.0, "met": 500.0}, Outcome.OK),  # slower in any case
    ],
)
def test_who_is_faster_only_on_contents_that_it_has_met_has_no_time(how, outcome):
    (group,) = findings(preparing(*how.pop("anew"), consumed=None, **how))
    (found,) = (one for one in group.findings if not one.arm.baseline)
    assert found.outcome == outcome
    assert ("on contents that come again" in (found.reason or "")) == (outcome != Outcome.OK)


@pytest.mark.parametrize(
    ("met", "how", "outcome"),
    [
        ([950] * 6, {}, Outcome.NOT_MEASURED),
        ([950] * 4 + [101] * 2, {}, Outcome.NOT_MEASURED),
        ([950] * 3 + [101] * 3, {}, Outcome.OK),
        ([950] * 2, {}, Outcome.OK),
        ([600] * 6, {}, Outcome.OK),  # it gains by itself, too
        ([950] * 6, {"call": 450.0}, Outcome.OK),  # as where it finds nothing in the caches
        ([95] * 6, {"call": 5.0, "base": 95.0}, Outcome.OK),
    ],
)
def test_who_is_faster_only_where_calls_follow_each_other_closely_has_no_time(met, how, outcome):
    run = preparing(*[None] * len(met), consumed=None, **how)
    rounds = [
        replace(one, workers=tuple(replace(worker, met_ns=ns(us)) for worker in one.workers))
        for one, us in zip(run.rounds, met, strict=True)
    ]
    (group,) = findings(replace(run, rounds=tuple(rounds)))
    (found,) = (one for one in group.findings if not one.arm.baseline)
    assert found.outcome == outcome
    assert ("where calls follow each other closely" in (found.reason or "")) == (outcome != Outcome.OK)


def test_what_prepare_does_is_told_beside_the_time_of_the_baseline_on_new_contents():
    run = preparing(*[1100] * 6)
    own, base = ({one.index: one.workers[place] for one in run.rounds} for place in (-1, 0))
    assert "1.1 times as long as the baseline" in (saved_by_preparing(own, base) or "")
    assert saved_by_preparing(own, {index: replace(one, unmet_ns=ns(1200)) for index, one in base.items()}) is None


def test_where_nobody_knows_nothing_is_told():
    assert warning(workers(*[(None, 900)] * 8)) is None
    assert warning(workers(*[(None, None)] * 8)) is None


def first_calls(found, *us):
    """Return workers whose first calls took so many us."""
    return [replace(one, first_call_ns=ns(first)) for one, first in zip(found, us, strict=True)]


def test_who_is_slow_on_new_contents_in_the_first_round_alone_may_keep_results_on_disk():
    said = warning(first_calls(workers((10, 9000), (10, 12), (10, 15), (11, 12)), 9000, 20, 30, 25))
    assert "in its first round a call on contents that it had not met before took 600 times" in said
    assert "may keep results on disk" in said


@pytest.mark.parametrize(
    ("times", "first"),
    [
        ([(9000, 9000), (9000, 9100), (9000, 9000)], [3_000_000, 200_000, 210_000]),  # compiled in the first round
        ([(10, 9000), (10, 12), (10, 15)], [20, 25, 20]),  # disturbed once
        ([(10, 12), (10, 12), (10, 15)], [9000, 25, 20]),
        ([(10, 9000), (10, 12), (10, 9000)], [9000, 25, 20]),
        ([(10, 9000), (10, 12)], [9000, 25]),
    ],
)
def test_what_was_compiled_or_disturbed_in_the_first_round_is_not(times, first):
    assert warning(first_calls(workers(*times), *first)) is None


@pytest.mark.parametrize(("rounds", "untested"), [(1, True), (2, True), (3, False), (8, False)])
def test_a_rank_of_too_few_rounds_is_said_to_be_untested(rounds, untested):
    (text, *_) = answer.section(Analysis(make_run(rounds=rounds))).paragraphs
    assert ("and whether it remembers results was not tested yet (m=" in text) == untested
