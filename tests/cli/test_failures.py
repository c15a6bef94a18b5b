"""`--traceback`: what code wrote last that failed."""

import pytest
from msgspec.structs import replace

from bench.cli import failures
from bench.errors import NothingMeasured
from bench.store.worker_records import Outcome
from tests.builders import Spec, make_run

TEXT = "Traceback (most recent call last):\n  File rows.py\x1b[2J"


def test_what_a_failed_implementation_wrote_last_is_shown_once(capsys):
    run = make_run([Spec(name="loop", baseline=True), Spec(name="fast", outcome=Outcome.FAILED, reason="no")])
    rounds = [
        replace(
            one,
            workers=tuple(replace(each, output_tail=TEXT if each.reason else "") for each in one.workers),
        )
        for one in run.rounds
    ]
    failures.tell(rounds)
    said = capsys.readouterr().err
    assert "fast" in said.splitlines()[0]
    assert said.count("    Traceback (most recent call last):") == 1
    assert "\x1b" not in said


@pytest.mark.parametrize("wanted", [True, False])
def test_so_is_what_the_problem_itself_wrote_if_that_is_wanted(capsys, wanted):
    with pytest.raises(NothingMeasured), failures.told(wanted=wanted):
        raise NothingMeasured("rows: cannot be verified", written=TEXT)
    assert ("Traceback" in capsys.readouterr().err) == wanted
