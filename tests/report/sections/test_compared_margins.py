"""What is told of benchmarks that are judged by several margins."""

import re

import pytest
from msgspec.structs import replace

from bench.cli.exit_codes import exit_code_of_comparison
from bench.errors import Exit
from bench.report.json_comparison import of_comparison
from bench.report.sections.comparison import sections, sentence
from bench.stats.gate import Decision
from bench.versions.comparison import compared
from bench.versions.margins import Margins
from bench.versions.memory import MemoryLimits
from tests.versions.test_comparison import MORE, SAME, SLOW, UNDECIDED, comparison


def judged(*ones, resolved=0.01):
    """Return the comparison of benchmarks called p[a], p[b], ..., each with its margin."""
    found = [compared(one, margin, resolved) for one, margin in ones]
    named = (replace(one, name=f"p[{letter}]") for one, letter in zip(found, "abc", strict=False))
    return replace(comparison(resolved=resolved), compared=tuple(named))


@pytest.mark.parametrize(
    ("found", "code", "said"),
    [
        (
            judged((SLOW, 0.03), (SLOW, 0.05), (SAME, 0.5)),
            Exit.REGRESSION,
            r"Slower: `p\[a\]` by 10\.0 % \[.*\], against a margin of 3 %; `p\[b\]` by 10\.0 % .* of 5 % \(",
        ),
        (
            judged((SAME, 0.1), (SAME, 0.03), (SAME, 0.1)),
            Exit.FINE,
            r"No slowdown of 3 % or more in 1 benchmark, of 10 % or more in 2 benchmarks \(working tree",
        ),
        (
            judged((UNDECIDED, 0.03), (UNDECIDED, 0.04)),
            Exit.UNDECIDED,
            r"Not decided: `p\[a\]` \(time .*\), against a margin of 3 %; `p\[b\]` \(time .*\), .* of 4 % \(",
        ),
        (
            judged((SAME, 0.03), (SAME, 0.1), resolved=0.05),
            Exit.UNDECIDED,
            r"Not decided: this machine is too noisy for a margin of 3 %",
        ),
        (judged((SAME, 0.1), (SAME, 0.2), resolved=0.05), Exit.FINE, r"No slowdown of 10 % or more"),
    ],
)
def test_each_is_told_with_its_own_margin(found, code, said):
    assert exit_code_of_comparison(found) == code
    assert re.match(said, sentence(found))


def test_a_slowdown_within_its_own_margin_is_none():
    cleared = replace(SLOW, decision=Decision.CLEARED)
    assert [one.standing for one in judged((cleared, 0.2), (SLOW, 0.03)).compared] == ["equivalent", "slower"]


def test_the_table_has_a_column_of_margins_where_they_differ():
    _answer, table, _threats = sections(judged((SLOW, 0.03), (SAME, 0.1)))
    shown = table.tables[0].for_people()
    place = [one.name for one in shown.columns].index("margin")
    assert [row[place].text for row in shown.rows] == ["3 %", "10 %"]
    _answer, table, _threats = sections(judged((SLOW, 0.03), (SAME, 0.03)))
    assert "margin" not in [one.name for one in table.tables[0].columns]


@pytest.mark.parametrize(
    ("margins", "code", "said"),
    [
        ((0.1, 0.3), Exit.REGRESSION, r"More memory at the peak: `p\[a\]` by 20\.00 % .*, against a margin of 10 % \("),
        ((0.3, 0.5), Exit.FINE, r"No slowdown .*, and no peak of memory larger by its margin, 30 % to 50 %, or more"),
        ((0.3, 0.3), Exit.FINE, r"No slowdown .*, and no peak of memory larger by 30 % or more \("),
    ],
)
def test_peaks_of_memory_are_held_to_their_own(margins, code, said):
    limits = [MemoryLimits(margins=Margins(usual=0.7, own={"backprop": one}), is_gated=True) for one in margins]
    found = judged((MORE, 0.03), (MORE, 0.03))
    ones = (compared(MORE, 0.03, 0.01, memory_limits=one) for one in limits)
    named = tuple(replace(one, name=name.name) for one, name in zip(ones, found.compared, strict=True))
    found = replace(found, compared=named, memory_limits=limits[0])
    assert exit_code_of_comparison(found) == code
    assert re.match(said, sentence(found))


def test_a_program_is_told_which_margin_was_used():
    found = of_comparison(judged((SLOW, 0.03), (SAME, 0.1)))
    assert (found["margin"], [one["margin"] for one in found["benchmarks"]]) == (0.03, [0.03, 0.1])
    assert [one["memory"]["margin"] for one in found["benchmarks"]] == [0.1, 0.1]
