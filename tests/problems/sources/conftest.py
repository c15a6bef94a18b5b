"""Collections that are made up, and entries of them that are checked in this process as a worker would."""

import sys
import tempfile
import warnings
from importlib import import_module
from pathlib import Path

import pytest
from msgspec.structs import replace

from bench.measure.case_spec import case_spec
from bench.measure.group import Source
from bench.problems import implementation, problem, sources
from bench.problems.case import Case, Size
from bench.problems.problem import USUAL_DATA
from bench.problems.sources import elsewhere
from bench.worker import task
from bench.worker.protocol import FIRST, LAST, Change, Failure, HandOut, Kept, Returned, Start, Verify, WriteInputs
from bench.worker.session import Session
from tests.verified import VerifiedBench, write_inputs


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
        bench = VerifiedBench(Start(spec=spec, implementation=name, layout=dict.fromkeys(self.written.matrices, "C")))
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


class Served:
    """An entry that other code leads to, served in this process as a worker serves it."""

    def __init__(self, found, scratch: Path) -> None:
        self.problem = found
        self._scratch = scratch

    def _spec(self, name: str, size: str):
        case = Case(
            problem=self.problem.name,
            implementation=name,
            size=Size(name=size, values=self.problem.sizes[size]),
            dtype="float64",
            layout="C",
            threads=1,
            allocator="default",
            data=USUAL_DATA,
        )
        source = Source(problem=self.problem, implementation=implementation.found(self.problem)[name])
        return case_spec(case, source, self._scratch / size, problem=self.problem, scratch=self._scratch)

    def _asked(self, *orders):
        """Return the session of a process that is given some orders, and its replies."""
        replies = []
        sources.loaded.cache_clear()
        session = Session(lambda _: replies.extend(map(session.answer, orders)))
        with warnings.catch_warnings():
            warnings.simplefilter("default")  # as in a process of its own
            last = session.answer(orders[0])
        return session, replies or [last]

    def write(self, size: str = ""):
        """Return what is replied to the order to make inputs."""
        baseline = self.problem.baseline
        spec = self._spec(baseline, size or self.problem.default_size)
        order = WriteInputs(spec=spec, seed=1, other_data=USUAL_DATA, baseline=baseline)
        handing = HandOut(name=LAST, folder=spec.inputs.with_name("last"))
        self._knowing, replies = self._asked(order, handing)
        self._last = replies[-1]
        return replies[0]

    def start(self, name: str, size: str = "", *, finish: bool = False):
        """Return what is replied where the first call is to be verified, or all of them; or else the first failure."""
        spec = self._spec(name, size or self.problem.default_size)
        place = spec.inputs.with_name(f"returned by {name}")
        orders = [Start(spec=spec, implementation=name, layout={}, kept=place / "first")]
        if finish:
            orders.append(Change(content=self._last.content, kept=place / "changed", timed=True))
        _, replies = self._asked(*orders)
        if isinstance(replies[-1], Failure):
            return replies[-1]
        returned = [self._returned(place / "first", replies[0].kept, FIRST, first=True)]
        if finish:
            returned.append(self._returned(place / "changed" / "last", replies[1].last, FIRST))
            returned.append(self._returned(place / "changed" / "first", replies[1].first, LAST, first=True))
        return self._knowing.answer(Verify(returned=tuple(returned)))

    @staticmethod
    def _returned(folder: Path, digest: str, content: str, *, first: bool = False) -> Returned:
        return Returned(kept=Kept(folder=folder, digest=digest), content=content, first=first)


@pytest.fixture
def served(tmp_path, monkeypatch):
    """Return a function that has an entry served: ``served("pytest:PATH#sums").start("test_loop")``.

    What would be asked of another process is asked of this one.
    """
    monkeypatch.setattr(task, "WARMUP_NS", 1_000_000)
    monkeypatch.setattr(elsewhere, "asked", lambda module, *words, kind, folder: import_module(module).seen(*words))
    monkeypatch.chdir(tmp_path)  # and back from where the code goes
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:unraisableexception")  # it goes through all of this process's memory
    return lambda word: Served(problem.find(word), tmp_path / "scratch")
