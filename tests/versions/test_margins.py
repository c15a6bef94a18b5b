"""Which margin a benchmark is held to."""

import pytest
from msgspec.structs import replace

from bench.versions.margins import Margins
from tests.versions.test_comparison import SAME

CASE = replace(SAME.benchmark.case, problem="rows", implementation="loop")


@pytest.mark.parametrize(
    ("own", "margin"),
    [
        ({}, 0.03),
        ({"columns": 0.5, "rows/other": 0.5, "row": 0.5, "loop": 0.5}, 0.03),
        ({"rows": 0.1}, 0.1),
        ({"rows": 0.1, "rows/loop": 0.2}, 0.2),
        ({CASE.id: 0.3, "rows/loop": 0.2, "rows": 0.1}, 0.3),
    ],
)
def test_what_is_named_most_exactly_counts(own, margin):
    assert Margins(usual=0.03, own=own).of(CASE) == margin
