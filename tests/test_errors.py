"""Expected mistakes."""

from bench.errors import Exit, ImplbenchError, NothingMeasured, unknown


def test_an_unknown_name_is_answered_with_the_valid_ones():
    error = unknown("size", "XL", ["S", "M"])
    assert str(error) == "unknown size 'XL': choose from S, M"
    assert error.exit_code == Exit.USAGE


def test_nothing_measured_ends_in_its_own_exit_code():
    assert NothingMeasured("no case").exit_code == Exit.NOTHING_MEASURED
    assert issubclass(NothingMeasured, ImplbenchError)
