"""How a run goes on and ends, on a simulated machine: what takes part in which round, and what is kept."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.analyse.decided import decided
from bench.analyse.findings import findings
from bench.analyse.verdict import Verdict
from bench.cli.exit_codes import exit_code
from bench.errors import OWN_ERROR, Exit, ImplbenchError, NothingMeasured
from bench.machine.load import Activity
from bench.measure.round_loop import MOST_DISCARDED
from bench.measure.runner import Runner, check
from bench.measure.selection import Selection, select
from bench.problems import problem
from bench.report import sections
from bench.stats.intervals import MIN_ROUNDS
from bench.store import documents
from bench.store.points import read as points_of
from bench.store.records import Settings
from bench.store.selectors import finished
from bench.store.worker_records import Outcome
from tests import noise
from tests.builders import USUAL, Spec, make_run
from tests.simulated import Simulation
from tests.truth import Truth

FAKES = Path(__file__).parent.parent / "fakes" / "product"

SETTINGS = Settings(seed=7, margin=0.03, rounds=3, budget_s=None, timeout_s=8.0, command=("implbench", "run"))
USUAL_RUN = replace(SETTINGS, rounds=None, looks=(8, 16, 32))


def measured(results, simulation, *names, settings=SETTINGS, listener=lambda progress: None, **axes):
    found = problem.find(str(FAKES))
    arms, left = select(found, Selection(implementations=names, sizes=axes.pop("sizes", ("S",)), **axes))
    return Runner(found, settings, listener, decided=decided, backend=simulation.backend()).run(arms, left, results)


def taking(**seconds):
    """Return the law by which implementations take so long, the others a millisecond."""
    return lambda arm, source, index: seconds.get(arm.case.implementation, 0.001)


def verdicts(run):
    return {one.arm.case.implementation: one.verdict for one in findings(run)[0].findings}


def test_rounds_are_as_many_as_asked_for_and_differ_in_seed_and_order(tmp_path):
    run, path = measured(tmp_path, Simulation(), "honest_too")
    assert [one.index for one in run.rounds] == [0, 1, 2]
    assert len({one.hash_seed for one in run.rounds}) == 3
    assert len({one.padding for one in run.rounds}) == 3
    assert documents.read(path) == run


@pytest.mark.parametrize("cpus", [(0,), (0, 1), tuple(range(64))], ids=len)
def test_the_workers_of_a_round_have_one_cpu_that_is_drawn_anew_where_there_are_several(tmp_path, cpus):
    run, _ = measured(tmp_path, Simulation(cpus=cpus), "honest", settings=replace(SETTINGS, rounds=40))
    drawn = [{worker.affinity for worker in one.workers} for one in run.rounds]
    assert all(len(affinities) == 1 for affinities in drawn)
    used = {cpu for affinities in drawn for affinity in affinities for cpu in affinity}
    assert used <= set(cpus)
    assert len(used) > len(cpus) / 4


def test_sizes_are_groups_of_their_own_and_all_are_in_every_round(tmp_path):
    run, _ = measured(tmp_path, Simulation(), "honest", sizes=("S", "M"), settings=replace(SETTINGS, rounds=2))
    assert [group.name for group in findings(run)] == ["product-S-float64-1t", "product-M-float64-1t"]
    assert sorted((one.index, one.group[8]) for one in run.rounds) == [(0, "M"), (0, "S"), (1, "M"), (1, "S")]


@pytest.mark.parametrize(("seconds", "rounds"), [(0.001, 8), (0.3, 8), (1.5, 6), (60.0, 1)])
def test_a_run_has_the_rounds_of_an_interval_where_twice_its_time_pays_for_them(tmp_path, seconds, rounds):
    run, _ = measured(tmp_path, Simulation(truth=taking(honest=seconds)), "honest", settings=USUAL_RUN)
    assert len(run.rounds) == rounds


def test_a_budget_that_is_asked_for_is_kept_to_the_length_of_a_round(tmp_path):
    simulation = Simulation(truth=taking(honest=0.02), noise=noise.SHARED)
    started_s = simulation.clock()
    run, _ = measured(tmp_path, simulation, "honest_too", settings=replace(SETTINGS, rounds=None, budget_s=30.0))
    longest_s = max(one.duration_ns for one in run.rounds) * 1e-9
    assert len(run.rounds) >= MIN_ROUNDS
    assert simulation.clock() - started_s <= 30.0 + longest_s


@pytest.mark.parametrize("model", noise.MODELS)
def test_who_is_faster_is_found_and_the_same_is_never_called_another(tmp_path, model):
    bent = noise.MODELS[model]
    for seed in range(3):
        simulation = Simulation(truth=taking(honest_too=0.0006), noise=bent, seed=seed)
        run, _ = measured(tmp_path, simulation, "honest_too", "copying", settings=replace(USUAL_RUN, seed=seed))
        found = verdicts(run)
        assert found["honest_too"] in (Verdict.FASTER, Verdict.UNDECIDED)
        assert found["copying"] in (Verdict.EQUIVALENT, Verdict.UNDECIDED)
        if model == "quiet":
            assert (found["honest_too"], found["copying"]) == (Verdict.FASTER, Verdict.EQUIVALENT)


@pytest.mark.parametrize("times_slower", [1.0, 3.0, 30.0])
def test_a_slower_cpu_gives_the_same_verdicts(tmp_path, times_slower):
    simulation = Simulation(truth=taking(honest_too=0.0005), noise=noise.QUIET, times_slower=times_slower)
    run, _ = measured(tmp_path, simulation, "honest_too", "copying", settings=USUAL_RUN)
    assert verdicts(run)["honest_too"] == Verdict.FASTER
    assert verdicts(run)["copying"] == Verdict.EQUIVALENT


@pytest.mark.parametrize("step_ns", [1, 150, 1000, 15_000_000])
def test_a_coarser_clock_fails_nobody_and_changes_no_verdict(tmp_path, step_ns):
    law = taking(honest=2e-6, honest_too=1e-6)
    simulation = Simulation(truth=law, noise=noise.QUIET, step_ns=step_ns)
    run, _ = measured(tmp_path, simulation, "honest_too", settings=replace(SETTINGS, rounds=8))
    assert {one.outcome for one in findings(run)[0].findings} == {Outcome.OK}
    assert verdicts(run)["honest_too"] == Verdict.FASTER


@pytest.mark.parametrize("outcome", ["wrong", "failed", "crashed", "timeout", "out-of-memory"])
@pytest.mark.parametrize("index", [0, 2])
def test_who_ends_otherwise_than_ok_in_any_round_has_no_time_and_is_in_no_later_round(tmp_path, outcome, index):
    def law(arm, source, place):
        ends = arm.case.implementation == "honest_too" and place == index
        return Truth(outcome=Outcome(outcome if ends else "ok"), reason="so it ended", after_bursts=2)

    run, _ = measured(tmp_path, Simulation(truth=law), "honest_too", "copying", settings=replace(SETTINGS, rounds=8))
    found = {one.arm.case.implementation: one for one in findings(run)[0].findings}
    assert (found["honest_too"].outcome, found["honest_too"].reason) == (outcome, "so it ended")
    assert found["honest_too"].seconds_per_call is found["honest_too"].log_ratio is None
    assert found["copying"].rounds == 8
    assert [any("honest_too" in worker.arm for worker in one.workers) for one in run.rounds] == [
        place <= index for place in range(8)
    ]
    assert exit_code(Analysis(run)) == Exit.WRONG


def test_discarded_rounds_are_held_again_kept_on_record_and_end_a_run_when_they_are_too_many(tmp_path):
    once, _ = measured(tmp_path, Simulation(discarded={1: "the clock jumped by 3 s"}), "honest")
    assert [one.discarded for one in once.rounds] == [None, "the clock jumped by 3 s", None, None]
    assert {one.rounds for one in findings(once)[0].findings} == {3}
    always, _ = measured(tmp_path, Simulation(discarded=dict.fromkeys(range(99), "the clock jumped by 3 s")), "honest")
    assert len(always.rounds) == MOST_DISCARDED


def interrupted(results, when):
    """Return the run that Ctrl-C ends when `when(progress)` says so, and its document."""

    def interrupting(progress):
        if when(progress):
            raise KeyboardInterrupt

    law = taking(honest=0.001, honest_too=0.0008)
    return measured(results, Simulation(truth=law), "honest_too", listener=interrupting)


def test_an_interrupt_keeps_what_was_done_and_whole_rounds_alone_count(tmp_path):
    run, path = interrupted(tmp_path, lambda now: now.rounds_done == 1 and now.doing.startswith("pass 2"))
    assert run.interrupted
    assert [(one.index, one.passes, one.unfinished) for one in run.rounds] == [(0, 5, False), (1, 1, True)]
    assert {one.rounds for one in findings(run)[0].findings} == {1}
    assert documents.read(path) == run
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupt_in_the_first_round_gives_an_estimate_from_its_whole_passes_and_no_interval(tmp_path):
    run, path = interrupted(tmp_path, lambda now: now.doing.startswith("pass 2"))
    (one,) = run.rounds
    assert {burst.pass_index for worker in one.workers for burst in worker.bursts} == {0}
    _slow, fast = findings(documents.read(path))[0].findings
    assert fast.speedup.value == pytest.approx(1.25)
    assert fast.speedup.interval is None
    assert fast.verdict == Verdict.UNDECIDED
    analysis = Analysis(run)
    assert exit_code(analysis) == Exit.INTERRUPTED
    text = " ".join(text for section in sections.sections(analysis) for text in section.paragraphs)
    assert "1.25 times as fast as `honest`" in text
    assert "come from 1 pass of a first round, behind which no answer was checked again" in text
    assert "Discarded" not in text


def test_an_interrupt_before_the_first_whole_pass_tells_what_first_calls_took(tmp_path):
    run, path = interrupted(tmp_path, lambda now: now.doing.startswith("pass 1"))
    reasons = [(one.outcome, one.reason) for one in findings(documents.read(path))[0].findings]
    assert [outcome for outcome, _ in reasons] == [Outcome.NOT_MEASURED] * 2
    assert all("interrupted in its first round; its first call took" in reason for _, reason in reasons)
    assert any("no figures yet" in text for text in sections.sections(Analysis(run))[0].paragraphs)


def test_an_interrupt_before_a_worker_is_ready_leaves_no_document(tmp_path):
    run, path = interrupted(tmp_path, lambda now: now.doing.startswith("starting"))
    assert (run.interrupted, run.rounds, path) == (True, (), None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("pass_", [1, 2])
def test_what_was_not_finished_is_no_point_of_the_history_and_in_no_export(tmp_path, pass_):
    run, path = interrupted(tmp_path, lambda now: now.doing.startswith(f"pass {pass_}"))
    _, points = points_of(path)
    assert {point.log_ratio for point in points} == {None}
    assert finished(run).rounds == ()


def test_a_layout_that_does_not_fit_the_problem_is_told(tmp_path):
    with pytest.raises(ImplbenchError, match="x, y"):
        measured(tmp_path, Simulation(), "honest", layouts=("CCC",))


@pytest.mark.parametrize("sizes", [("S",), ("S", "M")])
def test_a_problem_that_gives_no_inputs_is_told_with_its_reason(tmp_path, sizes):
    with pytest.raises(NothingMeasured, match=r"^product: cannot be verified: no array$"):
        measured(tmp_path, Simulation(inputs_reason="no array"), "honest", sizes=sizes)


@pytest.mark.parametrize(
    ("reason", "code"), [("no array", Exit.NOTHING_MEASURED), (f"{OWN_ERROR}: ValueError", Exit.INTERNAL)]
)
def test_whether_it_is_our_own_error_that_nothing_can_be_verified_is_in_the_exit_code(tmp_path, reason, code):
    with pytest.raises(NothingMeasured) as caught:
        measured(tmp_path, Simulation(inputs_reason=reason), "honest")
    assert caught.value.exit_code == code


def test_checking_verifies_every_case_and_times_none():
    found = problem.find(str(FAKES))
    arms, left = select(found, Selection(implementations=("honest_too", "dropped_sample")))
    arms = [arm for arm in arms if not arm.again]
    wrong = Truth(outcome=Outcome.WRONG, reason="product is off")
    simulation = Simulation(truth=lambda arm, source, i: wrong if "dropped" in arm.name else 0.001)
    nobody, backend = lambda progress: None, simulation.backend()
    (one,), kinds = check(found, arms, left, settings=SETTINGS, listener=nobody, backend=backend)
    assert [kind.kind for kind in kinds.values()] == ["against an analysed tolerance"]
    assert {worker.arm.split("[")[1].split("-")[0]: worker.outcome for worker in one.workers} == {
        "honest": "ok",
        "honest_too": "ok",
        "dropped_sample": "wrong",
    }
    assert not any(worker.bursts for worker in one.workers)


def test_a_neighbour_that_is_busy_before_the_run_is_recorded_and_warned_of(tmp_path):
    activity = Activity(load_before=1.0, load_after=1.0, busy=(0.03, 0.72), steal=(0.0, 0.0), frequency_hz=None)
    run, path = measured(tmp_path, Simulation(activity=activity), "honest")
    assert any("CPU 1 was 72 % busy with other programs" in warning for warning in run.warnings)
    assert not any("CPU 0" in warning for warning in run.warnings)
    assert documents.read(path).environment["before"]["busy"] == [0.03, 0.72]


def test_of_many_busy_neighbours_one_warning_tells(tmp_path):
    busy = (0.03, 0.72, 0.99, 0.5)
    activity = Activity(load_before=1.0, load_after=1.0, busy=busy, steal=(0.0,) * 4, frequency_hz=None)
    run, _ = measured(tmp_path, Simulation(activity=activity, cpus=(0, 1, 2, 3)), "honest")
    (told,) = (warning for warning in run.warnings if "busy with other programs" in warning)
    assert told.startswith("3 of 4 CPUs were up to 99 % busy with other programs")


@pytest.mark.parametrize(("cpus", "told"), [((0,), []), ((0, 3), ["CPU 3 was"]), ((1, 2), ["2 of 2 CPUs"])])
def test_a_run_that_may_use_some_cpus_alone_is_warned_of_these(tmp_path, cpus, told):
    busy = (0.03, 0.72, 0.99, 0.5)
    activity = Activity(load_before=1.0, load_after=1.0, busy=busy, steal=(0.0,) * 4, frequency_hz=None)
    run, _ = measured(tmp_path, Simulation(activity=activity, cpus=cpus), "honest")
    found = [warning for warning in run.warnings if "busy with other programs" in warning]
    assert [text.startswith(start) for text, start in zip(found, told, strict=True)] == [True] * len(told)


def test_a_machine_that_tells_nothing_of_its_load_is_measured_all_the_same(tmp_path):
    run, path = measured(tmp_path, Simulation(), "honest")
    assert run.environment["before"] == {"load": None, "busy": [], "steal": []}
    assert documents.read(path) == run


def test_a_variable_that_bends_results_is_warned_of(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    run, _ = measured(tmp_path, Simulation(), "honest")
    assert any(warning.startswith("OPENBLAS_CORETYPE=Haswell") for warning in run.warnings)


LOOKING = replace(SETTINGS, rounds=None, budget_s=60.0, looks=(1, 2))


def test_what_a_look_decided_is_measured_no_longer(tmp_path, monkeypatch):
    name = "product[copying-S-float64-C-1t]"
    monkeypatch.setattr(f"{__name__}.decided", lambda run: {name})
    run, _ = measured(tmp_path, Simulation(), "honest_too", "copying", settings=LOOKING)
    first, second = ({worker.arm for worker in one.workers} for one in run.rounds)
    assert first - second == {name}
    assert len(second) == 3


def test_only_who_is_near_the_margin_is_measured_beyond_the_first_look(tmp_path):
    law = taking(honest_too=0.00097, copying=0.0005)
    run, _ = measured(tmp_path, Simulation(truth=law, noise=noise.QUIET), "honest_too", "copying", settings=USUAL_RUN)
    names = [{worker.arm.split("[")[1].split("-")[0] for worker in one.workers} for one in run.rounds]
    assert names[:8] == [{"honest", "honest_too", "copying"}] * 8
    assert len(names) > 8
    assert names[8:] == [{"honest", "honest_too"}] * (len(names) - 8)


def test_a_run_ends_with_the_last_look_or_when_nothing_is_left_to_decide(tmp_path):
    run, _ = measured(tmp_path, Simulation(), "honest_too", settings=LOOKING)
    assert len(run.rounds) == 2
    alone, _ = measured(tmp_path, Simulation(), "honest", settings=LOOKING)
    assert len(alone.rounds) == 1


def test_decided_is_what_has_a_verdict_and_what_never_will():
    arms = (*USUAL[:3], Spec(name="like_the_baseline", ms=72.0 * 1.03))
    told = decided(make_run(arms))
    assert {name.split("[")[1].partition("-")[0] for name in told} == {"loop_hoisted", "row_major", "inplace"}


def test_who_is_wrong_in_a_round_that_is_discarded_stays_wrong_and_who_was_ended_there_goes_on(tmp_path):
    def law(arm, source, place):
        outcomes = {"honest_too": Outcome.WRONG, "copying": Outcome.NOT_MEASURED} if not simulation.held else {}
        outcome = outcomes.get(arm.case.implementation, Outcome.OK)
        return Truth(outcome=outcome, reason="so it ended")

    simulation = Simulation(truth=law, discarded={0: "the worker of copying was ended"})
    run, _ = measured(tmp_path, simulation, "honest_too", "copying")
    found = {one.arm.case.implementation: one for one in findings(run)[0].findings}
    assert (found["honest_too"].outcome, found["honest_too"].reason) == (Outcome.WRONG, "so it ended")
    assert (found["copying"].outcome, found["copying"].rounds) == (Outcome.OK, 3)
    assert not any("honest_too" in worker.arm for one in run.rounds[1:] for worker in one.workers)
