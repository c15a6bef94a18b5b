"""The table that lets somebody repeat a run, or doubt it."""

import pytest
from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.report.sections import environment
from tests.builders import make_run

RECORD = {
    "cpu": {
        "model": "Some CPU",
        "caches_bytes": {"L1d": 49152, "L2": 2097152},
        "governor": None,
        "frequency_hz": 2.6e9,
    },
    "memory_bytes": 25276502016,
    "cpus_allowed": [0, 1],
    "commit": {"id": "abc123", "dirty": True},
    "numeric_stack": {"blas": {"name": "openblas", "version": "0.3.31", "kernel": None, "threads": 1}},
    "variables": {"OPENBLAS_CORETYPE": "Haswell", "OMP_NUM_THREADS": "1"},
    "before": {"busy": [1.0, 0.033333333331110125]},
    "something": {"new": [1, 2], "unknown": None},
}


def rows(record):
    run = make_run(environment=record)
    return {row[0].text: row[1] for row in environment.section(Analysis(run)).tables[0].rows}


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("CPU", "Some CPU"),
        ("caches", "L1d 48 KiB, L2 2 MiB"),
        ("memory", "23.54 GiB"),
        ("frequency", "2.60 GHz"),
        ("CPUs allowed", "0, 1"),
        ("uncommitted changes", "yes"),
        ("BLAS", "openblas 0.3.31"),
        ("variables", "OPENBLAS_CORETYPE Haswell, OMP_NUM_THREADS 1"),
        ("something new", "1, 2"),
        ("to repeat", "implbench run backprop"),
        ("seed", "20130829"),
        ("before the run: part busy of each CPU", "100.0 %, 3.3 %"),
        ("BLAS and thread pools in the workers", "openblas 0.3.31 SkylakeX kernel, 1 thread"),
    ],
)
def test_a_subject_reads_as_people_write_it(subject, text):
    assert rows(RECORD)[subject].text == text


def test_what_is_unknown_is_a_dash_for_people_and_nothing_for_programs():
    found = rows(RECORD)
    for subject in ("governor", "something unknown", "turbo"):
        assert (found[subject].text, found[subject].value) == ("-", None)


def test_an_empty_record_still_names_what_is_not_known():
    found = rows({})
    assert [found[subject].text for subject in ("CPU", "BLAS", "commit of the problem", "variables")] == ["-"] * 4


def test_the_command_line_can_be_pasted():
    run = make_run()
    spaced = replace(run, settings=replace(run.settings, command=("implbench", "run", "my folder", "--set", "m=5")))
    table = environment.section(Analysis(spaced)).tables[0]
    assert table.rows[0][1].text == "implbench run 'my folder' --set m=5"


def test_the_margin_is_that_of_the_findings():
    run = make_run()
    table = environment.section(Analysis(run, margin=0.1)).tables[0]
    assert {row[0].text: row[1].text for row in table.rows}["margin"] == "10 %"
