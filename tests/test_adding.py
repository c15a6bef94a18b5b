"""What CONTRIBUTING promises: each thing is added in one place, and shown by the command that shows its kind."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import bench
from bench import formats
from bench.cli.main import main
from bench.errors import Exit
from bench.problems import problem, sources
from bench.report import sections
from bench.store import documents
from tests.builders import make_run

CHECKOUT = Path(__file__).parent.parent
ROWS = CHECKOUT / "bench" / "templates" / "folder"


@pytest.fixture
def results(tmp_path):
    """A folder with one run."""
    run = make_run()
    documents.write_atomically(tmp_path / "results" / f"{run.id}.json", documents.whole(run))
    return ["--results", str(tmp_path / "results")]


@pytest.fixture
def added(tmp_path, monkeypatch):
    """Return a function that puts a file beside the modules of a package: ``added(formats, name, text)``."""

    def put(package, name, text):
        (tmp_path / "more").mkdir()
        (tmp_path / "more" / f"{name}.py").write_text(text)
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path / "more")])
        monkeypatch.setitem(sys.modules, f"{package.__name__}.{name}", None)
        monkeypatch.delitem(sys.modules, f"{package.__name__}.{name}")
        monkeypatch.setattr(package, name, None, raising=False)

    return put


def test_an_implementation_is_one_file(tmp_path, capsys, simulated):
    shutil.copytree(ROWS, tmp_path / "rows", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROWS / "vectorised.py", tmp_path / "rows" / "mine.py")
    simulated()
    where = ["--results", str(tmp_path / "results")]
    assert main(["run", str(tmp_path / "rows"), "--rounds", "1", *where]) == Exit.FINE
    assert "mine" in capsys.readouterr().out


def test_a_problem_is_one_folder(tmp_path, monkeypatch, capsys):
    shutil.copytree(ROWS, tmp_path / "rows", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(problem, "BUNDLED", tmp_path)
    assert main(["list"]) == Exit.FINE
    assert capsys.readouterr().out.startswith("rows:")


def test_a_format_is_one_file(added, results, capsys):
    added(
        formats, "case_names", "def export(runs):\n    return '\\n'.join(arm.name for arm in runs[0].arms).encode()\n"
    )
    assert "case-names" in formats.names()
    assert main(["export", "--format", "case-names", *results]) == Exit.FINE
    assert capsys.readouterr().out.splitlines()[0] == "backprop[loop_hoisted-M-float64-C-1t]"


@pytest.mark.usefixtures("undrawn")
def test_a_section_is_one_file(added, results, tmp_path):
    text = """
from ..parts import Section
from .subject import Subject

def section(analysis):
    return Section(title="Weather", paragraphs=(f"It rained on {analysis.run.created[:10]}.",))

SUBJECT = Subject(id="weather", title="Weather", section=section)
"""
    added(sections, "weather", text)
    sections.subjects.cache_clear()
    try:
        assert main(["report", "--html", "--output", str(tmp_path / "reports"), *results]) == Exit.FINE
    finally:
        sections.subjects.cache_clear()
    pages = [next(tmp_path.glob(f"reports/*/report.{kind}")).read_text() for kind in ("md", "html")]
    assert all("It rained on 2026-11-23." in page for page in pages)
    assert pages[0].index("## Weather") < pages[0].index("## What threatens these numbers")


SOURCE = """
from ..functions import Function
from . import described

def entries(place):
    return {file.stem: "" for file in place.glob("*.py")}

def problem(origin):
    functions = [Function(name=name, title=name) for name in ("loop", "fast")]
    return described.problem(origin, origin.place / f"{origin.entry}.py", functions)

def functions(origin):
    return {"inputs": lambda: (1,)}

def implementation(origin, name):
    return abs
"""


def test_a_kind_of_collection_is_one_file(added, tmp_path, capsys, simulated):
    added(sources, "my_kind", SOURCE)
    assert "my-kind" in sources.names()
    for name in ("one", "two"):
        (tmp_path / "theirs").mkdir(exist_ok=True)
        (tmp_path / "theirs" / f"{name}.py").write_text("")
    assert main(["list", f"my-kind:{tmp_path / 'theirs'}", "--names"]) == Exit.FINE
    assert sorted(capsys.readouterr().out.split()) == [f"my-kind:{tmp_path}/theirs#{name}" for name in ("one", "two")]
    simulated()
    where = ["--results", str(tmp_path / "results")]
    assert main(["run", f"my-kind:{tmp_path}/theirs#two", "--rounds", "1", *where]) == Exit.FINE
    assert "fast" in capsys.readouterr().out
    module = sources.loaded(sources.origin_of(f"my-kind:{tmp_path}/theirs#two"))
    assert (module.inputs(), module.loop(-3), hasattr(module, "accept")) == ((1,), 3, False)


#: A file of bench/, a line of it, and what is put below that line.
FIELD = ("store/worker_records.py", "    accepted: bool = False\n", "    watts: float | None = None\n")
COLUMN = (
    "report/sections/cases.py",
    '        (replace(_FAULTS, header="page faults a call"), _faults),\n',
    """
        (
            Column(name="watts", header="power [W]"),
            lambda row: Cell.of(row.ok and max(one.watts for one in group.rounds.workers(row.ok.arm).values())),
        ),
""",
)

PROGRAM = """
import sys
from msgspec.structs import replace
from pathlib import Path
from bench.analyse.analysis import Analysis
from bench.report import markdown
from bench.report.sections import cases
from bench.store import documents
from tests.builders import make_run

run = make_run()
rounds = [replace(one, workers=tuple(replace(each, watts=65.0) for each in one.workers)) for one in run.rounds]
path = Path(sys.argv[1])
path.write_bytes(documents.whole(replace(run, rounds=tuple(rounds))))
print(markdown.titled_page("", (cases.section(Analysis(documents.read(path))),), files=False))
"""


@pytest.mark.slow
def test_a_metric_is_one_field_of_a_record_and_one_column(tmp_path):
    shutil.copytree(Path(bench.__file__).parent, tmp_path / "bench", ignore=shutil.ignore_patterns("__pycache__"))
    for name, line, more in (FIELD, COLUMN):
        file = tmp_path / "bench" / name
        before, found, after = file.read_text().partition(line)
        assert found
        file.write_text(f"{before}{found}{more}{after}")
    (tmp_path / "program.py").write_text(PROGRAM)
    command = [sys.executable, "program.py", str(tmp_path / "run.json")]
    path = {"PYTHONPATH": f"{tmp_path}:{CHECKOUT}", "PATH": ""}
    done = subprocess.run(command, cwd=tmp_path, env=path, capture_output=True, text=True, check=True)
    header, _rule, first, *_ = [line for line in done.stdout.splitlines() if line.startswith("|")]
    place = header.replace("\N{NO-BREAK SPACE}", " ").split(" | ").index("power [W]")
    assert first.split(" | ")[place] == "65.0"
