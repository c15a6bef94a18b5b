"""Environments that a worker was shown to start in."""

import pytest

from bench.errors import ImplbenchError
from bench.measure.environments import HERE
from bench.versions.environments import making
from bench.versions.environments.asked import EnvironmentOptions
from bench.versions.environments.ready import ready


def test_without_an_axis_it_is_that_of_the_harness():
    assert ready(EnvironmentOptions(), [].append) == (HERE,)


def test_one_that_cannot_be_made_has_its_reason(monkeypatch):
    def made(title, python, requirements, *, tell):
        raise ImplbenchError("there is no such version")

    monkeypatch.setattr(making, "made", made)
    (found,) = ready(EnvironmentOptions(packages=(("numpy==99",),)), [].append)
    assert (found.label, found.broken) == ("numpy 99", "there is no such version")


@pytest.mark.slow
def test_a_worker_tells_what_it_runs_in_and_a_variable_that_ends_the_interpreter_is_told():
    asked = EnvironmentOptions(variables=(("OPENBLAS_CORETYPE=Haswell",), ("PYTHONHOME=/nonexistent",)))
    good, bad = ready(asked, [].append)
    assert good.broken is None
    assert good.record.packages["numpy"] == good.record.numeric_stack["numpy"]
    assert good.record.variables == {"OPENBLAS_CORETYPE": "Haswell"}
    assert bad.broken.startswith("no worker starts in it: ")
    assert len(bad.broken.splitlines()) == 1
