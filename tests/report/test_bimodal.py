"""A case whose rounds fall into two groups: what is said, and what to do."""

import pytest
from msgspec.structs import replace

from bench.analyse.bimodal import Bimodal, Level
from bench.report import bimodal
from tests.builders import Spec, make_case

FAST = Level(rounds=8, speedup_over_baseline=24.0, faults_per_call=0.0)
SLOW = Level(rounds=4, speedup_over_baseline=19.2, faults_per_call=935.0)
USUAL = make_case(Spec(name="fast"))
RETAINED = replace(USUAL, allocator="retain")


def found(fast=0.0, slow=0.0):
    """Return two levels with so many page faults a call."""
    return Bimodal(fast=replace(FAST, faults_per_call=fast), slow=replace(SLOW, faults_per_call=slow))


def test_each_level_has_its_rounds_its_speed_and_its_page_faults():
    assert bimodal.text(found(slow=935.0)) == (
        "bimodal: 8 rounds at 24x with 0 page faults a call, 4 rounds at 19.2x with 935 page faults a call"
    )
    assert bimodal.text(found(None, None)) == "bimodal: 8 rounds at 24x, 4 rounds at 19.2x"


@pytest.mark.parametrize(
    ("faults", "case", "advised", "not_advised"),
    [
        ((0.0, 935.0), USUAL, "`--allocator retain` measures without them", "--rounds"),
        ((0.0, 935.0), RETAINED, "reuse buffers", "--allocator"),
        ((935.0, 935.0), USUAL, "`--rounds 24`", "--allocator"),
        ((935.0, 0.0), USUAL, "`implbench doctor`", "--allocator"),
        ((900.0, 935.0), USUAL, "`--rounds 24`", "--allocator"),
        ((0.0, 4.0), USUAL, "`--rounds 24`", "--allocator"),
        ((None, None), USUAL, "`--allocator retain` shows whether", "doctor"),
        ((None, None), RETAINED, "`--rounds 24`", "--allocator"),
    ],
)
def test_what_is_advised_fits_what_was_found(faults, case, advised, not_advised):
    said = bimodal.remedy(found(*faults), case)
    assert advised in said
    assert not_advised not in said
    assert said.endswith(".")
