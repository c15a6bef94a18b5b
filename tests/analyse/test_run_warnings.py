"""Which warnings of a run concern its code."""

import pytest
from msgspec.structs import replace

from bench.analyse.run_warnings import run_warnings
from tests.builders import Spec, make_run

PLAIN = "def inputs(n=9, *, seed):\n    return list(range(n))\n\ndef loop(x):\n    return sum(x)\n"
WARNINGS = ("OPENBLAS_CORETYPE=Haswell forces a kernel", "CPU 0 was busy")


def warned(text, layout):
    sources = {} if text is None else {"loop": {"rows.py": text}}
    run = make_run([Spec(name="loop", ms=1.0, baseline=True)], warnings=WARNINGS, sources=sources)
    rounds = tuple(replace(one, workers=tuple(replace(w, layout=layout) for w in one.workers)) for one in run.rounds)
    return run_warnings(replace(run, rounds=rounds))


def test_code_that_cannot_call_blas_is_not_warned_of_its_variables():
    assert warned(PLAIN, {}) == WARNINGS[1:]


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        (PLAIN, {"x": "C"}),
        (f"import numpy\n{PLAIN.replace('sum(x)', 'numpy.dot(x, x)')}", {}),
        (f"from . import other\n{PLAIN.replace('sum(x)', 'other.sums(x)')}", {}),
        (None, {}),
    ],
    ids=["arrays", "numpy", "another-file", "no-source"],
)
def test_where_blas_may_be_called_it_is(text, layout):
    assert warned(text, layout) == WARNINGS


def test_a_run_without_a_round_keeps_its_warnings():
    assert run_warnings(make_run(rounds=0, warnings=WARNINGS)) == WARNINGS
