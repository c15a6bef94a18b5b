"""Where the time of a run went, in one sentence."""

import pytest
from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.report.sections import time_spent
from bench.store.worker_records import Spent
from tests.builders import make_run

RUN = make_run(rounds=2)
SPENT = Spent(starting_ns=300_000_000, timed_ns=1_000_000_000, verifying_ns=1_000)


def accounted(run, spent=SPENT):
    rounds = [
        replace(one, workers=tuple(replace(worker, spent=spent) for worker in one.workers[:1])) for one in run.rounds
    ]
    return replace(run, rounds=tuple(rounds), spent_s={"inputs and reference": 0.9, "judging": 0.001})


def test_all_workers_are_summed_the_largest_part_first_and_what_is_nothing_left_out():
    found = time_spent.section(Analysis(accounted(RUN)))
    assert found.paragraphs == ("Time: 2.0 s timed, 0.9 s inputs and reference, 0.6 s starting workers.",)


@pytest.mark.parametrize(("text", "what"), [("import numpy", "preparing"), ("import numba", "preparing and compiling")])
def test_compiling_is_said_only_where_something_may_have_been_compiled(text, what):
    spent = replace(SPENT, preparing_ns=2_000_000_000)
    run = accounted(RUN, spent)
    run = replace(run, sources={"loop": {"loop.py": text}})
    assert f"4.0 s {what}," in time_spent.section(Analysis(run)).paragraphs[0]


def test_documents_that_kept_no_account_say_nothing():
    assert time_spent.section(Analysis(RUN)) is None
