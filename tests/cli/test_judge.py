"""The judge, on a simulated machine: what is said of a candidate, how it ends, and what is kept."""

import io
import json
import sys

import pytest

from bench.cli.main import main
from bench.errors import Exit
from bench.stats.judging import confirmation, level_of
from bench.store import documents
from tests import noise

ROWS = "def inputs(n=1000, *, seed): ...\nSECONDS = 0.001\ndef loop(x): ...\n"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Return a folder with a baseline, in which commands are typed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.py").write_text(ROWS)
    return tmp_path


def candidate(place, name="fast.py", **said):
    text = "".join(f"{key} = {value!r}\n" for key, value in said.items())
    (place / name).write_text(f"{text}def fast(x): ...\n")
    return name


def judged(capsys, *words, code=Exit.FINE):
    assert main(["judge", "rows.py", *words, "--json", "--seed", "5"]) == code
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_winner_is_accepted_on_fresh_rounds_and_other_contents(place, capsys, simulated):
    simulated(noise=noise.QUIET)
    (found,) = judged(capsys, candidate(place, SECONDS=0.0008))
    assert (found["verdict"], found["outcome"], found["to_decide"]) == ("ACCEPT", "ok", None)
    low, high = found["speedup_over_baseline"]["interval"]
    assert low < 1.25 < high
    assert found["ratio_to_baseline"]["value"] == pytest.approx(0.8, rel=0.02)
    assert found["rounds"] == {"screening": 6, "confirmation": confirmation(1).looks[0]}
    screened, confirmed = (documents.read(place / path) for path in found["documents"])
    assert found["seeds"] == [screened.settings.seed, confirmed.settings.seed]
    assert abs(found["seeds"][0] - found["seeds"][1]) > 1
    assert confirmed.settings.level == level_of(1)
    assert {one.case.implementation for one in confirmed.arms} == {"loop", "fast"}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"SECONDS": 0.0012}, "slower"),
        ({"SECONDS": 0.00099}, "not faster by 3 %"),
        ({"OUTCOME": "wrong", "REASON": "result[1] is 41, expected 40"}, "wrong: result[1] is 41, expected 40"),
        ({"OUTCOME": "crashed", "REASON": "killed"}, "crashed: killed"),
    ],
)
def test_who_is_slower_wrong_or_no_faster_than_asked_is_rejected_with_the_reason(
    place, capsys, simulated, said, reason
):
    simulated(noise=noise.QUIET)
    (found,) = judged(capsys, candidate(place, **said), code=Exit.REGRESSION)
    assert (found["verdict"], found["reason"]) == ("REJECT", reason)
    assert found["first_difference"] == (said.get("REASON") if said.get("OUTCOME") == "wrong" else None)
    assert found["rounds"]["confirmation"] == 0


def test_who_is_wrong_costs_one_round(place, capsys, simulated):
    machine = simulated()
    judged(capsys, candidate(place, OUTCOME="wrong"), code=Exit.REGRESSION)
    assert len(machine.held) == 1


def test_what_cannot_be_started_is_rejected_or_left_open_without_a_round(place, capsys, simulated):
    machine = simulated()
    (place / "two.py").write_text("def f(x): ...\ndef g(x): ...\n")
    (found,) = judged(capsys, "two.py", code=Exit.REGRESSION)
    assert found["reason"].startswith("failed: two.py: has the public functions f, g")
    assert (found["ratio_to_baseline"], found["documents"], machine.held) == (None, [], [])


def test_noise_is_not_decided_on_and_what_it_would_take_is_told(place, capsys, simulated):
    simulated(noise=noise.BIMODAL)
    (found,) = judged(capsys, candidate(place, SECONDS=0.00095), code=Exit.UNDECIDED)
    assert found["verdict"] == "UNDECIDED"
    assert found["to_decide"]["remedy"]


def test_a_limit_is_what_is_asked_for(place, capsys, simulated):
    simulated(noise=noise.QUIET)
    name = candidate(place, SECONDS=0.0009)
    assert judged(capsys, name, "--accept-at", "5%")[0]["verdict"] == "ACCEPT"
    (found,) = judged(capsys, name, "--accept-at", "20%", code=Exit.REGRESSION)
    assert found["reason"] == "not faster by 20 %"


def test_candidates_are_counted_over_all_calls_and_the_level_falls(place, capsys, simulated):
    simulated(noise=noise.QUIET)
    fast, slow = candidate(place, SECONDS=0.0005), candidate(place, "slow.py", SECONDS=0.002)
    first = judged(capsys, slow, slow, code=Exit.REGRESSION)
    (third,) = judged(capsys, fast)
    assert [one["attempt"] for one in (*first, third)] == [1, 2, 3]
    assert third["level"] == level_of(3)
    assert third["rounds"]["confirmation"] == confirmation(3).looks[0]
    (journal,) = (place / "results" / "judged").glob("*.jsonl")
    assert journal.read_text().count('"begun"') == journal.read_text().count('"ended"') == 3
    assert list(documents.documents(place / "results")) == []


def test_another_baseline_begins_anew_and_a_comment_makes_none(place, capsys, simulated):
    simulated(noise=noise.QUIET)
    name = candidate(place, SECONDS=0.0005)
    judged(capsys, name)
    (place / "rows.py").write_text(f"# the same\n{ROWS}")
    assert judged(capsys, name)[0]["attempt"] == 2
    (place / "rows.py").write_text(ROWS.replace("(x): ...", "(x): return x"))
    assert judged(capsys, name)[0]["attempt"] == 1


def test_one_that_is_accepted_among_several_ends_it_well(place, capsys, simulated):
    simulated(noise=noise.QUIET)
    names = candidate(place, SECONDS=0.0005), candidate(place, "slow.py", SECONDS=0.002)
    assert [one["verdict"] for one in judged(capsys, *names)] == ["ACCEPT", "REJECT"]


def test_a_candidate_may_come_from_standard_input_and_the_answer_be_a_sentence(place, capsys, simulated, monkeypatch):
    simulated(noise=noise.QUIET)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"SECONDS = 0.0005\ndef fast(x): ...\n")))
    assert main(["judge", "rows.py:loop", "-"]) == Exit.FINE
    told = capsys.readouterr().out
    assert told.startswith("ACCEPT `-`: faster by more than 3 %, on fresh rounds and other contents too. It is ")
    assert told.endswith("Candidate 1 against this baseline.\n")


def test_a_baseline_that_is_wrong_judges_nobody(place, capsys, simulated):
    simulated()
    (place / "rows.py").write_text(f"OUTCOME = 'wrong'\n{ROWS}")
    assert main(["judge", "rows.py", candidate(place)]) == Exit.WRONG
    assert "nothing can be judged against its baseline: wrong" in capsys.readouterr().err


def test_several_sizes_are_refused(place, capsys, simulated):
    simulated()
    assert main(["judge", "rows.py", candidate(place), "--threads", "1,2"]) == Exit.USAGE
    assert "candidates are judged at one size and under one condition" in capsys.readouterr().err
