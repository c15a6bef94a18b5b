"""One round: what its workers tell becomes its record, and nothing of it depends on how busy the machine is."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from bench.analyse.decided import decided
from bench.analyse.findings import findings
from bench.measure import round_plan, worker_supply
from bench.measure.ended import Ended
from bench.measure.group import Group, Source
from bench.measure.recording import Active, paced, unmeasured
from bench.measure.round_executor import ProcessRoundExecutor
from bench.measure.round_plan import RoundPlan
from bench.measure.runner import Runner
from bench.measure.seen import Seen
from bench.measure.selection import Selection, select
from bench.measure.verifying import Verifying
from bench.problems import problem
from bench.problems.implementation import Implementation
from bench.report.sections.cases import summary_table
from bench.store.records import Arm, Role, Settings
from bench.store.worker_records import Burst, DiscardedBurst, Outcome
from bench.worker.protocol import FIRST, LAST, TIMED, Awake, BurstTimed, Wake
from tests.builders import USUAL, make_run
from tests.started import children

SCAN = Path(__file__).parent.parent / "fakes" / "scan"
SETTINGS = Settings(seed=7, margin=0.03, rounds=1, budget_s=1.0, timeout_s=30.0, command=("implbench", "run"))


@pytest.fixture(scope="module")
def scanned(tmp_path_factory):
    found = problem.find(str(SCAN))
    arms, left = select(found, Selection(sizes=("S",)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(round_plan, "MOST_PASSES", 1)
        return Runner(found, SETTINGS, lambda progress: None, decided=decided).run(
            arms, left, tmp_path_factory.mktemp("results")
        )[0]


def test_whoever_overwrites_its_input_is_measured_beside_who_does_not(scanned):
    found = {one.arm.case.implementation: one for one in findings(scanned)[0].findings}
    assert {name: (one.outcome, one.reason) for name, one in found.items()} == dict.fromkeys(
        ("killed_once", "new", "same", "spawned"), (Outcome.OK, None)
    )
    assert all(one.seconds_per_call.value > 0 for one in found.values())


def test_that_the_problems_own_test_accepted_the_outputs_is_on_the_record(scanned):
    assert all(worker.accepted for one in scanned.rounds if one.discarded is None for worker in one.workers)


def test_how_good_a_result_is_stands_beside_its_time(scanned):
    (group,) = findings(scanned)
    assert {one.quality for one in group.findings} == {-50.0}
    table = summary_table(group)
    place = [column.name for column in table.columns].index("quality")
    assert {row[place].text for row in table.rows if row[0].text != "lost"} >= {"-50"}


def test_a_round_in_which_a_worker_was_killed_from_outside_is_held_again_and_kept(scanned):
    lost, kept = scanned.rounds
    assert "the worker of scan[killed_once-S-float64-C-1t] was ended (killed by SIGKILL" in lost.discarded
    assert kept.discarded is None
    assert children() == []


class Scripted:
    """A worker that gives prepared answers."""

    def __init__(self, *answers):
        self.asked = []
        self.ended = False
        self.is_new = True
        self.pid = 1
        self.output_tail = ""
        self._answers = list(answers)

    def ask(self, order, expected, timeout_s, **how):
        if isinstance(order, Wake):
            return Awake()
        self.asked.append(order)
        answer = self._answers.pop(0)
        if isinstance(answer, Ended):
            raise answer
        return answer(order)

    def seen(self):
        return Seen(at_ns=0, cpu_ns=None, waited_ns=0)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def nothing(self, *arguments):
        pass

    bind = resume = pause = kill = nothing


def told(longer=None, discarded=()):
    """Return what answers an order to time a burst."""

    def answer(order):
        burst = Burst(
            pass_index=order.pass_index, position=order.position, start_ns=1, number=order.number, sample_ns=(7, 8),
            cpu_ns=15, minor_faults=0, involuntary_switches=0,
        )  # fmt: skip
        again = tuple(DiscardedBurst(burst=burst, reason=reason) for reason in discarded)
        return BurstTimed(burst=burst, discarded=again, longer=longer)

    return answer


@pytest.fixture
def executor(tmp_path):
    return ProcessRoundExecutor(scratch=tmp_path, timeout_s=1.0, tell=lambda doing: None)


def active(executor, *names):
    arm = make_run(USUAL).arms[0]
    plan = RoundPlan(spawn_order=names, positions=names, cpus=(0,), hash_seed=1, padding=0)
    found = {}
    for name in names:
        one = Arm(name=name, case=arm.case, title="", role=Role.CASE)
        found[name] = Active(arm=one, process=Scripted(), record=unmeasured(one, 1, plan, {}), call_ns=10, number=8)
    executor.past.sizes.of(paced(found))
    return found


def timed(executor, arms, name, *answers):
    arms[name].process = Scripted(*answers)
    executor._time(arms[name], arms, pass_index=3, position=1)
    return arms[name].record


def test_a_burst_whose_samples_are_too_short_is_timed_again_with_more_calls_for_all_arms_of_the_case(executor):
    arms = active(executor, "one", "other")
    record = timed(executor, arms, "one", told(longer=32), told(longer=128), told())
    assert [order.number for order in arms["one"].process.asked] == [8, 32, 128]
    assert [(burst.number, burst.pass_index, burst.position) for burst in record.bursts] == [(128, 3, 1)]
    assert [(one.burst.number, one.reason) for one in record.discarded_bursts] == [
        (8, "its samples were too short for the clock"),
        (32, "its samples were too short for the clock"),
    ]
    assert arms["other"].number == 128
    assert executor.past.sizes.of(paced(arms))["other"][0] == 128


@pytest.mark.parametrize(
    ("places", "outcome", "reason"),
    [
        ([0, 0, 0, 0], Outcome.OK, None),
        ([0, 0, 1, 1, 1, 1, 1, 1], Outcome.NOT_MEASURED, "another process has interfered while it was stopped"),
        ([0, 1, 1, 1, 1, 1], Outcome.FAILED, "changed the CPUs that it may use to [1], it was given [0]"),
    ],
    ids=["it stays", "others move it", "it moves"],
)
def test_who_is_moved_while_it_is_stopped_has_not_failed(executor, places, outcome, reason):
    arms = active(executor, "one")
    left = iter(places)

    class Moving(Scripted):
        def seen(self):
            return Seen(at_ns=0, cpu_ns=None, waited_ns=0, cpus=frozenset({next(left)}))

    arms["one"].process = Moving(*[told()] * 5)
    for index in range(2):
        if arms["one"].record.outcome == Outcome.OK:
            executor._time(arms["one"], arms, pass_index=index, position=0)
    record = arms["one"].record
    assert record.outcome == outcome
    assert (record.reason or "").startswith(reason or "")


def test_a_burst_that_the_worker_timed_again_is_on_the_record(executor):
    record = timed(executor, active(executor, "one"), "one", told(discarded=["used 2.00 CPUs"]))
    assert len(record.bursts) == 1
    assert [one.reason for one in record.discarded_bursts] == ["used 2.00 CPUs"]


def test_a_worker_that_is_killed_twice_is_lost_once_and_then_has_that_outcome(executor):
    ended = Ended(Outcome.OUT_OF_MEMORY, "killed by SIGKILL", from_outside=True)
    for outcome in (Outcome.NOT_MEASURED, Outcome.OUT_OF_MEMORY):
        arms = active(executor, "one")
        record = timed(executor, arms, "one", ended)
        assert (arms["one"].lost is not None) is (outcome == Outcome.NOT_MEASURED)
        assert record.outcome == outcome


def test_a_worker_that_crashes_by_itself_is_not_measured_again(executor):
    arms = active(executor, "one")
    timed(executor, arms, "one", Ended(Outcome.CRASHED, "killed by SIGSEGV"))
    assert arms["one"].lost is None


def test_a_run_whose_rounds_were_all_discarded_says_why_it_measured_nothing():
    run = make_run(USUAL[:2], rounds=3)
    lost = replace(run, rounds=tuple(replace(one, discarded="the machine slept for 7.0 s") for one in run.rounds))
    found = findings(lost)[0].findings
    assert {one.outcome for one in found} == {Outcome.NOT_MEASURED}
    assert {one.reason for one in found} == {"no round of it counts; the machine slept for 7.0 s"}


def source(name, inout=()):
    one = problem.Problem(
        name=name, folder=SCAN, title="", formula="", sizes={}, default_size="", data=("d",), baseline="", layouts=(),
        outputs=(f"out_{name}",), inout=inout,
    )  # fmt: skip
    code = Implementation(name="i", file=SCAN / "same.py", title="", requires=(), copies_inputs=False, broken=None)
    return Source(problem=one, implementation=code)


def held(executor, monkeypatch, workers, *, limits=()):
    """Hold a round of scripted workers, those of limits behind the others; without a burst."""
    usual = make_run(USUAL).arms[0]
    arms = {name: replace(usual, name=name, role=Role.LIMIT if name in limits else Role.CASE) for name in workers}
    left = iter(workers.values())
    monkeypatch.setattr(worker_supply, "WorkerProcess", lambda conditions: next(left))
    group = Group(
        name="group",
        arms=tuple(arm for name, arm in arms.items() if name not in limits),
        sources={name: worker.source for name, worker in workers.items()},
        inputs=dict.fromkeys(workers, SCAN),
        orders={name: {} for name in workers},
        limits=tuple(arms[name] for name in limits),
    )
    plan = RoundPlan(
        spawn_order=tuple(workers), positions=tuple(workers), cpus=tuple(executor._cpus), hash_seed=1, padding=0
    )
    return executor.round(0, group, plan, lambda sizes, start_ns: {})


def ends(outcome, inout=(), name="one"):
    """Return a worker that ends at its first order, with that outcome."""
    one = Scripted(outcome if isinstance(outcome, Ended) else Ended(Outcome(outcome), f"it is {outcome}"))
    one.source = source(name, inout)
    return one


def test_both_versions_are_called_as_the_problem_says_that_makes_their_inputs(executor, monkeypatch):
    workers = {
        "head": ends("failed", inout=("x",), name="head"),
        "base": ends("failed", name="base"),
        "limit": ends("failed", inout=("z",), name="limit"),
    }
    held(executor, monkeypatch, workers, limits=("limit",))
    asked = {name: (worker.asked[0].spec.inout, worker.asked[0].spec.outputs) for name, worker in workers.items()}
    assert asked["base"] == asked["head"] == (("x",), ("out_head",))
    assert asked["limit"] == (("z",), ("out_limit",))


def test_who_is_wrong_in_a_round_that_is_lost_to_another_stays_wrong(executor, monkeypatch):
    killed = Ended(Outcome.OUT_OF_MEMORY, "killed by SIGKILL", from_outside=True)
    one = held(executor, monkeypatch, {"head": ends("wrong"), "base": ends(killed)})
    assert "base was ended (killed by SIGKILL)" in one.discarded
    assert [worker.outcome for worker in one.workers] == ["wrong", "not measured"]
    assert [worker.arm for worker in one.ended] == ["head"]


def test_only_a_second_time_out_counts(executor, monkeypatch):
    late = Ended(Outcome.TIMEOUT, "no answer within 2 s (--timeout)", from_outside=True)
    first = held(executor, monkeypatch, {"head": ends(late), "base": ends("failed")})
    assert first.discarded == "the worker of head was ended (no answer within 2 s (--timeout)) and measured again once"
    assert [worker.arm for worker in first.ended] == ["base"]
    second = held(executor, monkeypatch, {"head": ends(late)})
    assert second.discarded is None
    assert [worker.outcome for worker in second.ended] == [Outcome.TIMEOUT]


def test_all_workers_have_loaded_and_are_bound_before_any_prepares(executor, monkeypatch):
    done = []

    class Watched(Scripted):
        def __init__(self, name):
            super().__init__(Ended(Outcome.FAILED, "so it ended"))
            self.source = source(name)
            self.name = name

        def ask(self, order, expected, timeout_s, **how):
            done.append((self.name, type(order).__name__))
            return super().ask(order, expected, timeout_s, **how)

        def bind(self, cpus):
            done.append((self.name, "bound"))

    held(executor, monkeypatch, {"a": Watched("a"), "b": Watched("b")})
    assert done == [*((name, what) for name in "ab" for what in ("Wake", "bound")), ("a", "Start"), ("b", "Start")]


def test_where_the_time_went_is_on_the_record_of_each_worker(scanned):
    kept = next(one for one in scanned.rounds if one.discarded is None)
    for worker in kept.workers:
        assert worker.spent.timed_ns >= sum(sum(burst.sample_ns) for burst in worker.bursts if not worker.own_clock)
        assert worker.spent.preparing_ns >= worker.first_call_ns
        assert min(worker.spent.warming_ns, worker.spent.verifying_ns, worker.spent.starting_ns) > 0
    assert sum(worker.spent.total_ns for worker in kept.workers) <= kept.duration_ns


def test_the_baselines_second_worker_has_what_its_bursts_returned_verified_and_ends_with_that(tmp_path, monkeypatch):
    found = problem.find(str(SCAN.parent / "product"))
    arms, left = select(found, Selection(implementations=("honest_too",), sizes=("S",)))
    verified, usual = [], Verifying.all_of

    def all_of(self, one, inputs):
        verified.append((one.arm.role, [len(one.returned), one.content]))
        usual(self, one, inputs)

    monkeypatch.setattr(Verifying, "all_of", all_of)
    run, _ = Runner(found, SETTINGS, lambda progress: None, decided=decided).run(arms, left, tmp_path)
    again, base = ([what for role, what in verified if role == one] for one in (Role.AGAIN, Role.BASELINE))
    assert [content for _, content in again] == [FIRST, TIMED]
    assert [content for _, content in base] == [FIRST, LAST]
    assert 1 < again[-1][0] < base[-1][0]
    (kept,) = run.rounds
    peaks = {one.arm: one.peak is not None for one in kept.workers}
    assert peaks == {one.name: not one.again for one in arms}


def test_what_an_arm_compiles_is_kept_with_the_run_apart_from_what_others_and_its_second_self_compile(executor):
    arm, names = make_run(USUAL).arms[0], ("head", "base", "again")
    arms = {name: replace(arm, name=name, role=Role.AGAIN if name == "again" else Role.CASE) for name in names}
    sources = {"head": source("head"), "base": source("base"), "again": source("base")}
    problem_of_head = replace(sources["head"].problem, folder=SCAN.parent)
    sources["head"] = replace(sources["head"], problem=problem_of_head)
    group = Group(name="g", arms=tuple(arms.values()), sources=sources, inputs={}, orders={})
    plans = [RoundPlan(spawn_order=names, positions=names, cpus=(0,), hash_seed=seed, padding=0) for seed in (1, 2)]
    folders = [
        [executor._supply.drawn(one, group, plan).environment["NUMBA_CACHE_DIR"] for one in arms.values()]
        for plan in plans
    ]
    assert folders[0] == folders[1]
    assert len(set(folders[0])) == 3
    assert all(Path(folder).is_relative_to(executor._scratch) for folder in folders[0])
