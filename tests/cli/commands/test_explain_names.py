"""What `implbench explain` takes as names of implementations: all that `implbench run` does."""

import pytest
from msgspec.structs import replace

from bench.cli.commands import explain
from bench.errors import ImplbenchError
from bench.measure.selection import Selection
from bench.report.sections.uncompared import command_on
from tests.builders import make_run

FILE = "def inputs(n=3, *, seed):\n    return [seed] * n\n\n\n" + "".join(
    f"def {name}(x):\n    return sum(x)\n\n\n" for name in ("first", "second", "third")
)


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """Return the implementations, and the baseline, that the words of a command ask for."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sums.py").write_text(FILE)

    def of(place, *names):
        options = explain.ExplainOptions(problem=place, selection=Selection(implementations=names), timing=None)
        _, wanted = explain._asked(options)
        return wanted.implementations, wanted.baseline

    return of


def test_functions_of_a_file_are_named_with_it_or_behind_it(asked):
    assert asked("sums.py:second", "sums.py:third") == (("second", "third"), "second")
    assert asked("sums.py", "second", "third") == (("second", "third"), None)
    with pytest.raises(ImplbenchError, match="in one way"):
        asked("sums.py:second", "third")


def test_the_command_that_a_run_prints_is_understood(asked):
    run = make_run()
    command = ("implbench", "run", "sums.py:second", "sums.py:first", "--rounds", "6")
    printed = command_on("explain", replace(run, settings=replace(run.settings, command=command)))
    assert asked(*printed.split()[2:]) == (("second", "first"), "second")
