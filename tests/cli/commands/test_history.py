"""`implbench history` over runs that were made on a simulated machine, of which it is known what changed and when."""

import json
from itertools import count
from pathlib import Path

import pytest

from bench.cli.main import main
from bench.errors import Exit
from bench.measure import runner
from tests import noise
from tests.simulated import Simulation

FAKES = str(Path(__file__).parents[2] / "fakes" / "product")

RUNS, STEP_AT, STEP = 30, 15, 1.1


def machine(fingerprint):
    return {"fingerprint": fingerprint, "cpu": {"model": f"CPU {fingerprint}"}, "commit": None}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Runs of a day each: in the midst of them `honest_too` becomes slower, and twice the machine another one."""
    place, days = tmp_path_factory.mktemp("results"), count(1)
    words = ["run", FAKES, "--impl", "honest_too", "--size", "S", "--rounds", "6", "--results", str(place)]
    for number in range(RUNS):
        elsewhere = number in (4, 20)
        slower = STEP if number >= STEP_AT else 1.0
        simulation = Simulation(
            truth=lambda arm, *_, by=slower: 0.001 if arm.baseline else 0.0005 * by,
            noise=noise.QUIET,
            seed=number,
            facts=machine("bbbbbbbbbbbb" if elsewhere else "aaaaaaaaaaaa"),
            times_slower=3.0 if elsewhere else 1.0,
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(runner, "now", lambda: f"2026-01-{next(days):02}T12:00:00Z")
            simulation.everywhere(patch)
            assert main(["--quiet", *words]) == Exit.FINE
    return place


def test_the_change_is_found_where_it_is_and_no_other(results, capsys):
    assert main(["history", "--json", "--results", str(results)]) == Exit.FINE
    told = json.loads(capsys.readouterr().out)
    assert told["machine"]["fingerprint"] == "aaaaaaaaaaaa"
    cases = {one["implementation"]: one for one in told["cases"]}
    for track in (cases["honest_too"]["min_seconds_per_call"], cases["honest_too"]["ratio_to_baseline"]):
        (change,) = track["changes"]
        assert change["first_run_after"].startswith(f"202601{STEP_AT + 1}T")
        assert change["after_over_before"]["value"] == pytest.approx(STEP, rel=0.02)
    assert cases["honest"]["min_seconds_per_call"]["changes"] == []
    assert cases["honest"]["min_seconds_per_call"]["now"]["value"] == pytest.approx(0.001, rel=0.02)


@pytest.mark.parametrize("wanted", ["aaaa", "bbbb"])
def test_a_machine_is_chosen_by_the_beginning_of_its_fingerprint(results, capsys, wanted):
    assert main(["history", "product", "--json", "--machine", wanted, "--results", str(results)]) == Exit.FINE
    assert json.loads(capsys.readouterr().out)["machine"]["fingerprint"].startswith(wanted)
