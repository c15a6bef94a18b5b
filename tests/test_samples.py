"""The reports in the repository are those that the code makes of the runs in it."""

from pathlib import Path

import pytest

from bench.cli.main import main
from bench.errors import Exit

CHECKOUT = Path(__file__).parent.parent
RUNS = sorted((CHECKOUT / "results" / "baseline").glob("*.json"))

#: Pictures depend on the versions of matplotlib and of its fonts, text does not.
TEXTS = {".md", ".csv", ".html"}


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.stem)
@pytest.mark.usefixtures("undrawn")
def test_a_sample_is_what_report_writes_of_its_run(run, tmp_path):
    assert main(["report", str(run), "--html", "--output", str(tmp_path)]) == Exit.FINE
    made, kept = tmp_path / run.stem, CHECKOUT / "reports" / "sample" / run.stem
    assert {file.name for file in made.iterdir()} == {file.name for file in kept.iterdir()}
    for file in made.iterdir():
        if file.suffix in TEXTS:
            assert file.read_bytes() == (kept / file.name).read_bytes(), file.name
