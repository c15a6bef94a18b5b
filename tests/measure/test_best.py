"""A run that looks for the best, on a simulated machine: who takes part in which round, and what is said."""

import json
from pathlib import Path

import pytest

from bench.analyse.analysis import Analysis
from bench.cli.main import main
from bench.errors import Exit
from bench.report.sections import sections
from bench.stats.racing import SCREENING_ROUNDS, stopping
from bench.store import documents
from tests import noise

PROBLEM = 'SIZES = {"S": {"n": 10}}\nDEFAULT_SIZE = "S"\nBASELINE = "v00"\ndef inputs(n, *, seed): ...\n'

#: Seconds of a call: the baseline is hopeless.
SECONDS = {"v00": 0.05, "best": 1e-3, "near": 1.01e-3, "slower": 1.2e-3, "thrice": 3e-3, "far": 0.02}


@pytest.fixture
def many(tmp_path, monkeypatch):
    """Return a function that writes a problem with these implementations into the current folder."""
    monkeypatch.chdir(tmp_path)

    def written(seconds, **said):
        (tmp_path / "many").mkdir()
        (tmp_path / "many" / "problem.py").write_text(PROBLEM)
        for name, each in seconds.items():
            outcome = said.get(name, "ok")
            (tmp_path / "many" / f"{name}.py").write_text(
                f"SECONDS = {each}\nOUTCOME = {outcome!r}\ndef prepare(inputs): ...\n"
            )

    return written


def run(capsys, *words, code=Exit.FINE):
    assert main(["run", "./many", "--best", "--json", *words]) == code
    found = json.loads(capsys.readouterr().out)
    return found, documents.read(Path(found["document"]))


def rounds_of(measured, name):
    return [one.index for one in measured.rounds if any(f"[{name}-" in worker.arm for worker in one.workers)]


def test_the_best_is_found_with_those_within_the_margin_and_the_others_leave_early(many, capsys, simulated):
    simulated(noise=noise.QUIET)
    many(SECONDS)
    found, measured = run(capsys)
    best = found["groups"][0]["best"]
    assert best["settled"]
    assert best["ids"] == ["many[best-S-float64-C-1t]", "many[near-S-float64-C-1t]"]
    last = SCREENING_ROUNDS + stopping(3, 0.05).looks[0]
    assert len(measured.rounds) == last
    assert {name: len(rounds_of(measured, name)) for name in SECONDS} == {
        "v00": 1,
        "far": 1,
        "thrice": 2,
        "slower": last,
        "near": last,
        "best": last,
    }
    assert {one["id"][5:].partition("-")[0]: one["rounds"] for one in best["out"]} == {
        "v00": 1,
        "far": 1,
        "thrice": 2,
        "slower": last,
    }
    assert measured.stopped.keys() == {one["id"] for one in best["out"]}


def test_who_is_hopeless_has_one_sample(many, capsys, simulated):
    simulated(noise=noise.QUIET)
    many(SECONDS)
    _, measured = run(capsys)
    first = {worker.arm: worker for worker in measured.rounds[0].workers}
    (burst,) = first["many[far-S-float64-C-1t]"].bursts
    assert len(burst.sample_ns) == 1
    assert len(first["many[best-S-float64-C-1t]"].bursts) > 1
    assert {len(one.bursts) for name, one in first.items() if "[v00-" in name} == {1}


def test_the_answer_names_the_best_its_error_and_who_was_out_when(many, capsys, simulated):
    simulated(noise=noise.QUIET)
    many(SECONDS)
    assert main(["run", "./many", "--best", "--error", "1%"]) == Exit.FINE
    told = capsys.readouterr().out
    assert "The fastest of 6 that compute many are `best`, `near`: all within 3 % of `best` (n=10" in told
    assert "That it is another has a probability of 1 % at most. Out: 2 after 1 round, 1 after 2 rounds, 1" in told
    (document,) = documents.documents(Path("results"))
    shown = {one.title: one for one in sections(Analysis(documents.read(document)))}
    (table,) = shown["Who was out when"].tables
    rows = [(row[0].value, row[1].value, row[-1].value) for row in table.rows]
    assert rows[:2] == [("best", None, None), ("near", None, "best")]
    assert set(rows[2:4]) == {("v00", 1, "best"), ("far", 1, "best")}


def test_a_winner_alone_is_named(many, capsys, simulated):
    simulated(noise=noise.QUIET)
    many({"v00": 1e-3, "best": 1e-4})
    assert main(["run", "./many", "--best"]) == Exit.FINE
    assert "`best` is the fastest of 2 that compute many" in capsys.readouterr().out


def test_who_turns_out_wrong_put_nobody_out(many, capsys, simulated):
    simulated(noise=noise.QUIET)
    many({"v00": 2e-3, "best": 1e-3, "liar": 1e-5}, liar="wrong")
    found, _ = run(capsys, code=Exit.WRONG)
    assert found["groups"][0]["best"]["ids"] == ["many[best-S-float64-C-1t]"]


def test_what_the_time_did_not_tell_apart_is_undecided(many, capsys, simulated):
    simulated(noise=noise.SHARED)
    many({"v00": 1e-3, "best": 0.99e-3, "other": 1.03e-3})
    found, _ = run(capsys, "--budget", "9", code=Exit.UNDECIDED)
    best = found["groups"][0]["best"]
    assert not best["settled"]
    assert len(best["ids"]) > 1
