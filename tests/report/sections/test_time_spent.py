"""Where the time of a run went, in one sentence."""

from dataclasses import replace

from bench.analyse.analysis import Analysis
from bench.report.sections import time_spent
from bench.store.worker_records import Spent
from tests.builders import make_run

RUN = make_run(rounds=2)
SPENT = Spent(starting_ns=300_000_000, timed_ns=1_000_000_000, verifying_ns=1_000)


def accounted(run):
    rounds = [
        replace(one, workers=tuple(replace(worker, spent=SPENT) for worker in one.workers[:1])) for one in run.rounds
    ]
    return replace(run, rounds=tuple(rounds), spent_s={"inputs and reference": 0.9, "judging": 0.001})


def test_all_workers_are_summed_the_largest_part_first_and_what_is_nothing_left_out():
    found = time_spent.section(Analysis(accounted(RUN)))
    assert found.paragraphs == ("Time: 2.0 s timed, 0.9 s inputs and reference, 0.6 s starting workers.",)


def test_documents_that_kept_no_account_say_nothing():
    assert time_spent.section(Analysis(RUN)) is None
