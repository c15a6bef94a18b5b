"""The reports in the repository are those that the code makes of the runs in it."""

import re
from itertools import zip_longest
from pathlib import Path

import pytest

from bench.cli.main import main
from bench.errors import Exit

CHECKOUT = Path(__file__).parent.parent
RUNS = sorted((CHECKOUT / "results" / "baseline").glob("*.json"))

#: Pictures depend on the versions of matplotlib and of its fonts, text does not.
TEXTS = {".md", ".csv", ".html"}


NUMBER = re.compile(r"(\d+(?:\.\d+)?(?:e-\d+)?)")

#: What rounding leaves of shares and logarithms that are 0: another NumPy leaves something else.
ROUNDING = 1e-14


def assert_same_text(made, kept, name):
    """Hold two texts together; another CPU may round a number the other way, by one unit in its last place."""
    for found, expected in zip_longest(NUMBER.split(made), NUMBER.split(kept)):
        if found != expected:
            around = f"{name}: {found!r} for {expected!r}"
            assert all(NUMBER.fullmatch(one or "") for one in (found, expected)), around
            places = 0 if "e" in expected else len(expected.partition(".")[2])
            last = 1.5 * 0.1**places if places else 0.0
            assert abs(float(found) - float(expected)) <= max(last, 1e-12 * float(expected), ROUNDING), around


def test_only_a_last_place_may_differ():
    assert_same_text("a 1.25 b", "a 1.26 b", "")
    assert_same_text('"2.2e-16">0 %', '"1.1e-16">0 %', "")
    others = [("a 1.25", "a 1.27"), ("a 12", "a 13"), ("a 1.5", "b 1.5"), ("a 1.5", "a 1.5 b"), ("2.2e-5", "2.3e-5")]
    for made, kept in others:
        with pytest.raises(AssertionError):
            assert_same_text(made, kept, "")


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.stem)
@pytest.mark.usefixtures("undrawn")
def test_a_sample_is_what_report_writes_of_its_run(run, tmp_path):
    assert main(["report", str(run), "--html", "--output", str(tmp_path)]) == Exit.FINE
    made, kept = tmp_path / run.stem, CHECKOUT / "reports" / "sample" / run.stem
    assert {file.name for file in made.iterdir()} == {file.name for file in kept.iterdir()}
    for file in made.iterdir():
        if file.suffix in TEXTS:
            assert_same_text(file.read_text(), (kept / file.name).read_text(), file.name)
