"""The report's files: golden text, hostile names, and what programs read back.

To write the golden text anew after a change that was meant: ``PYTHONPATH=. python tests/report/test_files.py``.
"""

import re
from pathlib import Path

import pandas as pd
import pytest
from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.errors import ImplbenchError
from bench.problems.case import Size
from bench.report import files, markdown
from bench.report.sections import sections
from bench.store.worker_records import Outcome
from tests.builders import SWEPT, USUAL, Spec, make_run, make_sizes

GOLDEN = Path(__file__).parent.parent / "golden"

LAYOUTS = [
    Spec(name=name, ms=ms, layout=layout, baseline=name == "dot" and layout == "CC", title=f"np.{name}")
    for name, unit in (("dot", 1.6), ("matmul", 1.7))
    for layout, ms in (("CC", unit), ("FC", 1.1 * unit))
]
RUNS = {
    "report.md": make_run(
        environment={"cpu": {"model": "Some CPU", "caches_bytes": {"L2": 2097152}}},
        warnings=("OPENBLAS_CORETYPE=Haswell forces this BLAS kernel",),
    ),
    "report-layouts.md": make_run(LAYOUTS, problem="matmul"),
    "report-nothing.md": make_run(USUAL[3:]),
    "report-sweep.md": make_run(SWEPT, sizes=make_sizes(1, 5, 20, 100), rounds=8),
}
HOSTILE = make_run(
    [
        Spec(name="base|`$x$", ms=2.0, baseline=True, title="\x1b[31m=1+1 | <script>alert(1)</script>\n# heading"),
        Spec(name="=cmd|'/c calc'!A1", title="@SUM(1)", ms=1.0),
        Spec(name="../../up", outcome=Outcome.WRONG, reason="[click](http://example) ![x](y) *bold* `code` | \x07"),
    ]
)


def page(run):
    return markdown.page(run, sections(Analysis(run)))


@pytest.mark.parametrize("name", RUNS)
def test_the_page_is_the_golden_text(name):
    assert page(RUNS[name]) == (GOLDEN / name).read_text(encoding="utf-8")


@pytest.mark.usefixtures("undrawn")
def test_the_files_are_the_page_first_then_tables_and_figures(tmp_path):
    run = make_run()
    paths = files.write(Analysis(run), tmp_path)
    assert [path.name for path in paths] == [
        "report.md",
        "accuracy.png",
        "accuracy.svg",
        "cases.csv",
        "environment.csv",
        "samples.png",
        "samples.svg",
        "speedup.png",
        "speedup.svg",
        "start.csv",
    ]
    assert {path.parent for path in paths} == {tmp_path / run.id}
    assert sorted(path.name for path in (tmp_path / run.id).iterdir()) == sorted(path.name for path in paths)


@pytest.mark.usefixtures("undrawn")
def test_every_file_that_the_page_names_is_there(tmp_path):
    run = make_run(sizes=(Size(name="m=1,n=2", values={"m": 1, "n": 2}), Size(name="S", values={"m": 3})))
    paths = files.write(Analysis(run), tmp_path)
    links = re.findall(r"\]\(([^)]+)\)", paths[0].read_text(encoding="utf-8"))
    assert set(links) == {path.name for path in paths[1:]}


def test_the_same_run_gives_the_same_bytes(tmp_path, monkeypatch):
    """Of figures, that they show the same: it is drawn as the same bytes (test_drawing)."""
    monkeypatch.setattr(files, "picture", lambda figure, kind, of: f"{kind}: {of}: {figure}".encode())
    first = {path.name: path.read_bytes() for path in files.write(Analysis(make_run()), tmp_path / "a")}
    second = {path.name: path.read_bytes() for path in files.write(Analysis(make_run()), tmp_path / "b")}
    assert first == second
    assert b"Chart(" in first["speedup.png"]


@pytest.mark.usefixtures("undrawn")
def test_pandas_reads_the_table_back(tmp_path):
    run = make_run()
    files.write(Analysis(run), tmp_path)
    frame = pd.read_csv(tmp_path / run.id / "cases.csv").set_index("implementation")
    assert frame["speedup_over_baseline"]["row_major"] == pytest.approx(24.0, rel=0.01)
    assert frame["speedup_over_baseline_low"]["row_major"] < frame["speedup_over_baseline_high"]["row_major"]
    assert frame["seconds_per_call"]["loop_hoisted"] == pytest.approx(0.0728, rel=0.01)
    assert frame["seconds_per_call"].isna().to_dict() == {
        "row_major": False,
        "inplace": False,
        "loop_hoisted": False,
        "dropped": True,
        "jit": True,
    }
    assert frame["outcome"].to_list() == ["ok", "ok", "ok", "wrong", "unavailable"]
    assert frame["reason"]["dropped"] == "grad_w1 is 3.2 tolerances off"


def test_hostile_names_stay_text_in_the_page():
    text = page(HOSTILE)
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "<script>" not in text
    assert not re.search(r"(?<!\\)\]\(http", text)
    assert not re.search(r"^# heading", text, re.MULTILINE)


def test_hostile_names_leave_every_table_its_columns():
    for table in re.findall(r"(?:^\|.*\n)+", page(HOSTILE), re.MULTILINE):
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(widths) == 1


def test_hostile_names_can_be_written_drawn_and_read_back(tmp_path):
    paths = {path.name: path for path in files.write(Analysis(HOSTILE), tmp_path)}
    assert paths["speedup.png"].read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in paths["speedup.svg"].read_bytes()
    frame = pd.read_csv(paths["cases.csv"])
    assert frame["implementation"].to_list() == ["'=cmd|'/c calc'!A1", "base|`$x$", "../../up"]
    assert frame["title"].to_list()[0] == "'@SUM(1)"


@pytest.mark.parametrize("identity", ["../../etc/x", "/etc/x", "..", "", ".hidden", "a\x00b", "x" * 500])
def test_a_run_cannot_choose_a_folder_outside(identity, tmp_path):
    paths = files.write(Analysis(replace(make_run(USUAL[3:]), id=identity)), tmp_path / "reports")
    assert all(path.parent.parent == tmp_path / "reports" for path in paths)
    assert not any(part.startswith(".") for path in paths for part in path.relative_to(tmp_path).parts)


def test_a_folder_that_cannot_be_written_is_one_clear_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ImplbenchError, match="cannot be written"):
        files.write(Analysis(make_run(USUAL[3:])), tmp_path / "file")


if __name__ == "__main__":
    for golden, made in RUNS.items():
        (GOLDEN / golden).write_text(page(made), encoding="utf-8")
