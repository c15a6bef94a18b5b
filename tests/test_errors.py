"""Expected mistakes."""

import re
from pathlib import Path

from bench.errors import Exit, ForeignCode, ImplbenchError, NothingMeasured, did_you_mean, unknown


def test_an_unknown_name_is_answered_with_the_valid_ones():
    error = unknown("size", "XL", ["S", "M"])
    assert str(error) == "unknown size 'XL': choose from S, M"
    assert error.exit_code == Exit.USAGE


def test_nothing_measured_ends_in_its_own_exit_code():
    assert NothingMeasured("no case").exit_code == Exit.NOTHING_MEASURED
    assert issubclass(NothingMeasured, ImplbenchError)


def test_code_that_is_not_its_own_is_neither_a_slowdown_nor_fine():
    assert ForeignCode("from elsewhere").exit_code == Exit.WRONG


def test_the_table_of_exit_codes_in_the_documents_is_complete():
    text = (Path(__file__).parent.parent / "docs" / "ci.md").read_text()
    table = text.partition("## Exit codes")[2].partition("\n## ")[0]
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)] == sorted(Exit)


def test_a_name_that_is_nearly_one_is_asked_about():
    assert did_you_mean("bugdet", ["budget", "seed"]) == "; did you mean budget?"
    assert did_you_mean("xyz", ["budget", "seed"]) == ""
