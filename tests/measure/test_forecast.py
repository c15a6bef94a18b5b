"""What a long run says before its first round."""

import pytest
from msgspec.structs import replace

from bench.measure.forecast import WORKER_BYTES, Extent, told
from bench.store.documents import encoded
from tests.killed import SETTINGS, measured
from tests.simulated import Simulation

WHOLE = Extent(cases=90, workers=91, started_s=20.0, budget_s=None)


def test_a_run_that_takes_minutes_says_nothing_of_its_time():
    assert list(told(replace(SETTINGS, rounds=20), WHOLE)) == []
    assert list(told(replace(SETTINGS, rounds=None), replace(WHOLE, budget_s=600.0))) == []


def test_one_that_takes_longer_says_how_long_and_of_how_many_cases():
    assert list(told(replace(SETTINGS, rounds=360), WHOLE)) == [
        "90 cases x 360 rounds: at least 2.0 h, for 32760 processes have to be started"
    ]
    assert list(told(replace(SETTINGS, rounds=None), replace(WHOLE, budget_s=5400.0))) == [
        "90 cases: up to 90 min (--budget)"
    ]


def test_a_time_in_which_not_even_one_round_can_start_is_told():
    long = replace(WHOLE, started_s=700.0, budget_s=75.0)
    assert list(told(replace(SETTINGS, rounds=None), long)) == [
        "90 cases: a single round takes at least 12 min, and there are 75 s for the run (--budget says another time)"
    ]


def test_a_run_for_which_no_document_has_room_says_so():
    large = Extent(cases=10_000, workers=10_010, started_s=0.0, budget_s=300.0)
    (said,) = told(replace(SETTINGS, rounds=None), replace(large, cases=20_000, workers=20_010))
    assert said == (
        "a document of 66.1 MB, at which a run ends, holds about 2 rounds of 20000 cases: "
        "measure them in parts (--impl, --size)"
    )
    assert list(told(replace(SETTINGS, rounds=4), large)) == []


def test_a_worker_takes_about_as_much_of_a_document(tmp_path):
    run, _ = measured(tmp_path, Simulation(), SETTINGS, implementations=("honest_too",))
    assert all(WORKER_BYTES / 2 < len(encoded(one)) < 2 * WORKER_BYTES for each in run.rounds for one in each.workers)


@pytest.mark.parametrize(("start_s", "said"), [(0.25, 0), (100.0, 2)])
def test_it_is_said_before_the_first_round_and_once_more_when_its_workers_have_started(tmp_path, start_s, said):
    simulation, found = Simulation(truth=lambda arm, source, index: 0.002, start_s=start_s), []
    say = lambda text: found.append((len(simulation.held), len(simulation.told), text))  # noqa: E731
    measured(tmp_path, simulation, replace(SETTINGS, rounds=12), say=say, implementations=("honest_too",))
    assert len(found) == said
    if found:
        (held, notes, first), (then, more, second) = found
        assert first == "2 cases x 12 rounds: at least 30 min, for 36 processes have to be started"
        assert (held, notes, then) == (0, 0, 0)
        assert more > 0
        assert second == "12 rounds take about 60 min, going by the 3 workers of the first"
