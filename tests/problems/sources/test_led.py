"""A worker that other code leads to its call, with a real one: it answers there, and the code is ended when all is said."""

import os
from pathlib import Path

import pytest

from bench.measure.case_spec import case_spec
from bench.measure.group import Source
from bench.measure.worker_process import WorkerProcess
from bench.measure.worker_start import Conditions
from bench.problems import implementation, problem
from bench.problems.case import Case, Size
from bench.worker.protocol import InputsWritten, Start, Started, WriteInputs

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


def test_it_answers_in_the_midst_and_ends_what_was_set_up(tmp_path):
    (tmp_path / "suite.py").write_text(SUITE.format(place=str(tmp_path)))
    found = problem.find(f"asv:{tmp_path / 'suite.py'}")
    size = Size(name=found.default_size, values={})
    case = Case(
        problem=found.name, implementation="time_sum", size=size, dtype="float64", layout="C", threads=1,
        allocator="default",
    )  # fmt: skip
    source = Source(problem=found, implementation=implementation.found(found)["time_sum"])
    spec = case_spec(case, source, tmp_path / "inputs", problem=found, scratch=tmp_path)
    conditions = Conditions(environment=dict(os.environ), cpus=(), folder=tmp_path, is_led=found.is_led)
    orders = {
        InputsWritten: WriteInputs(spec=spec, seed=1, other_data=found.data[0], baseline="time_sum"),
        Started: Start(spec=spec, implementation="time_sum", layout={}),
    }
    for expected, order in orders.items():
        with WorkerProcess(conditions) as worker:
            assert isinstance(worker.ask(order, expected, 300), expected)
            assert Path(tmp_path, "set up").exists()
        assert Path(tmp_path, "torn down").exists()
        Path(tmp_path, "torn down").unlink()
