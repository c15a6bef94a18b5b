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

#: A number with all its digits that is smaller is what rounding leaves of 0: another NumPy leaves something else.
ALL_DIGITS, RESIDUE = 15, 1e-14


def assert_same_text(made, kept, name):
    """Hold two texts together; another CPU may round a number the other way, by one unit in its last place."""
    for found, expected in zip_longest(NUMBER.split(made), NUMBER.split(kept)):
        if found != expected:
            around = f"{name}: {found!r} for {expected!r}"
            assert all(NUMBER.fullmatch(one or "") for one in (found, expected)), around
            assert abs(float(found) - float(expected)) <= max(last_place(expected), 1e-12 * float(expected)), around


def last_place(number):
    """Return one and a half units of the last decimal place of a number; 0 of whole ones, which are counts."""
    mantissa, _, exponent = number.partition("e")
    places = len(mantissa.partition(".")[2])
    if places >= ALL_DIGITS and float(number) < RESIDUE:
        return RESIDUE
    return 1.5 * 10.0 ** (int(exponent or 0) - places) if places else 0.0


def test_only_a_last_place_may_differ():
    assert_same_text("a 1.25 b", "a 1.26 b", "")
    assert_same_text("1.81e-15", "1.82e-15", "")
    assert_same_text('"1.1102230246251565e-16">0 %', '"2.220446049250313e-16">0 %', "")
    others = [("a 1.25", "a 1.27"), ("a 12", "a 13"), ("a 1.5", "b 1.5"), ("a 1.5", "a 1.5 b"), ("2e-5", "3e-5")]
    for made, kept in [*others, ("1.81e-15", "1.84e-15"), ("1.1e-15", "2.2e-15"), ("1e-15", "1e-16")]:
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
