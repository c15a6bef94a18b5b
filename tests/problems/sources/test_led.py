"""A real worker that other code leads to its call: it answers there, and that code is ended when all is said."""

import os

import pytest

from bench.measure.case_spec import case_spec
from bench.measure.group import Source
from bench.measure.worker_process import WorkerProcess
from bench.measure.worker_start import Conditions
from bench.problems import implementation
from bench.problems.case import Case, Size
from bench.worker.protocol import InputsWritten, WriteInputs

pytestmark = pytest.mark.slow

SUITE = """
from pathlib import Path

class Sums:
    def setup(self):
        self.values = list(range(100))
        self.seen = Path({place!r}, "set up")
        self.seen.touch()

    def teardown(self):
        self.seen.rename(self.seen.with_name("torn down"))

    def time_sum(self):
        return sum(self.values)
"""


def test_it_answers_in_the_midst_and_ends_what_was_set_up(tmp_path, served):
    (tmp_path / "suite.py").write_text(SUITE.format(place=str(tmp_path)))
    found = served(f"asv:{tmp_path / 'suite.py'}").problem
    size = Size(name=found.default_size, values={})
    case = Case(
        problem=found.name, implementation="time_sum", size=size, dtype="float64", layout="C", threads=1,
        allocator="default",
    )  # fmt: skip
    source = Source(problem=found, implementation=implementation.found(found)["time_sum"])
    spec = case_spec(case, source, tmp_path / "inputs", problem=found, scratch=tmp_path)
    conditions = Conditions(environment=dict(os.environ), cpus=(), folder=tmp_path, is_led=found.is_led)
    with WorkerProcess(conditions) as worker:
        order = WriteInputs(spec=spec, seed=1, other_data=found.data[0], baseline="time_sum")
        assert worker.ask(order, InputsWritten, 300).check.kind == "equal"
        assert (tmp_path / "set up").exists()
    assert (tmp_path / "torn down").exists()
