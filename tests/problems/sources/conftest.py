"""Collections that are made up, and entries of them that are checked in this process as a worker would."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bench.measure.case_spec import case_spec
from bench.measure.group import Source
from bench.problems import implementation, problem
from bench.problems.case import Case, Size
from bench.problems.problem import USUAL_DATA
from bench.worker import task
from bench.worker.input_files import write_inputs
from bench.worker.protocol import Start, WriteInputs
from bench.worker.task import Bench


@pytest.fixture(autouse=True)
def _as_in_a_fresh_process(monkeypatch):
    """Forget what a test has imported, and where from."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if not name.startswith(("bench.", "numpy.", "scipy")):
            del sys.modules[name]


@pytest.fixture
def tree(tmp_path):
    """Return a function that writes files below a folder and returns it: ``tree({"a/b.py": "text"})``."""

    def write(files, folder="checkout"):
        for name, text in files.items():
            file = tmp_path / folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return tmp_path / folder

    return write


class Checked:
    """An entry whose inputs are made, as its first worker makes them."""

    def __init__(self, found, scratch: Path, seed: int) -> None:
        self.problem = found
        size = Size(name=found.default_size, values=found.sizes[found.default_size])
        self._case = Case(
            problem=found.name,
            implementation=found.baseline,
            size=size,
            dtype="float64",
            layout="C",
            threads=1,
            allocator="default",
            data=USUAL_DATA,
        )
        known = implementation.found(found)
        source = Source(problem=found, implementation=known[found.baseline])
        self.spec = case_spec(self._case, source, scratch / "inputs", problem=found, scratch=scratch)
        sys.path.append(str(self.spec.importable))
        self.written = write_inputs(
            WriteInputs(spec=self.spec, seed=seed, other_data=USUAL_DATA, baseline=found.baseline)
        )

    def verify(self, name: str) -> None:
        """Go all the way with one implementation; Unfit if it is not right."""
        spec = replace_case(self.spec, replace(self._case, implementation=name))
        bench = Bench(Start(spec=spec, implementation=name, layout=dict.fromkeys(self.written.matrices, "C")))
        bench.start()
        bench.finish()


def replace_case(spec, case):
    """Return what a worker is told of another case."""
    return type(spec)(**{name: getattr(spec, name) for name in spec.__struct_fields__} | {"case": case})


@pytest.fixture
def checked(tmp_path, monkeypatch):
    """Return a function that has the inputs of an entry made: ``checked("npbench:PATH#gemm").verify("numba")``."""
    monkeypatch.setattr(task, "WARMUP_NS", 1_000_000)

    def make(word, *candidates, seed=1):
        (tmp_path / "scratch").mkdir()
        return Checked(problem.find(word, candidates), tmp_path / "scratch", seed)

    return make
