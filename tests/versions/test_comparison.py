"""From what a gate measured to what may be said of two versions."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from bench.cli.exit_codes import exit_code_of_comparison
from bench.errors import Exit
from bench.measure.group import Source
from bench.problems.implementation import Implementation
from bench.problems.problem import Problem
from bench.report.markdown import titled_page
from bench.report.sections.comparison import sections, sentence
from bench.stats.gate import Decision
from bench.store.records import Role
from bench.store.worker_records import Counts, Outcome, Peak
from bench.versions import memory
from bench.versions.benchmarks import Benchmark, Skipped, arm_name
from bench.versions.comparison import Comparison, compared, doubted, noise_of
from bench.versions.margins import Margins
from bench.versions.measured import Measured
from bench.versions.native import of_built_once, of_unbuilt
from bench.versions.standing import Standing
from tests.builders import Spec, make_run

MARGIN = 0.03


def measured(head_ms, *, decision=Decision.CLEARED, suspect=False, rounds=12, **head):
    """Make up a benchmark of 3 ms whose HEAD takes `head_ms`."""
    run = make_run((Spec(name="base", ms=3.0, baseline=True), Spec(name="head", ms=head_ms, **head)), rounds=rounds)
    case = next(arm.case for arm in run.arms if arm.role == Role.CASE)
    names = {arm.name: arm_name(case.id, arm.role) for arm in run.arms}
    held = tuple(replace(one, workers=tuple(replace(w, arm=names[w.arm]) for w in one.workers)) for one in run.rounds)
    return Measured(
        benchmark=Benchmark(case=case, title="Head", base=source(), head=source()),
        screening=held[:8],
        confirming=held[8:] if suspect else (),
        suspect=suspect,
        decision=decision,
        reason=None,
    )


def source():
    problem = Problem(
        name="p", folder=Path(), title="", formula="", sizes={}, default_size="", data=("d",), baseline="", layouts=(),
        outputs=(),
    )  # fmt: skip
    one = Implementation(name="i", file=Path(), title="", requires=(), copies_inputs=False, broken=None)
    return Source(problem=problem, implementation=one)


def comparison(*ones, skipped=(), resolved=0.01):
    return Comparison(
        base="main (abc)",
        head="working tree",
        margin=MARGIN,
        compared=tuple(compared(one, MARGIN, resolved) for one in ones),
        skipped=tuple(skipped),
        noise=noise_of(ones),
        resolved=resolved,
        warnings=(),
        seconds=1.0,
    )


@pytest.mark.parametrize(
    ("one", "standing"),
    [
        (measured(3.0), Standing.EQUIVALENT),
        (measured(2.0), Standing.FASTER),
        (measured(2.92, noise=0.01), Standing.NOT_SLOWER),
        (measured(3.3, decision=Decision.SLOWER, suspect=True, rounds=20), Standing.SLOWER),
        (measured(3.1, decision=Decision.UNDECIDED, suspect=True, rounds=20), Standing.UNDECIDED),
    ],
)
def test_a_benchmark_stands_where_the_gate_and_the_interval_put_it(one, standing):
    assert compared(one, MARGIN, 0.01).standing == standing


def test_a_suspect_is_judged_on_its_fresh_rounds_alone():
    found = compared(measured(3.3, decision=Decision.SLOWER, suspect=True, rounds=20), MARGIN, 0.01)
    assert found.rounds == 12
    assert found.log_ratio.interval.low > MARGIN


def test_a_slowdown_smaller_than_what_the_machine_resolves_is_undecided():
    one = measured(3.18, decision=Decision.SLOWER, suspect=True, rounds=20)
    assert compared(one, MARGIN, 0.01).standing == Standing.SLOWER
    assert compared(one, MARGIN, 0.2).standing == Standing.UNDECIDED


def test_a_wrong_head_has_no_time_and_its_reason():
    found = compared(measured(3.0, outcome=Outcome.WRONG, reason="y is off"), MARGIN, 0.01)
    assert (found.standing, found.outcome) == (Standing.WRONG, Outcome.WRONG)
    assert found.reason == "HEAD is wrong: y is off"
    assert found.log_ratio is found.faults_per_call is None


LOST = measured(3.0, outcome=Outcome.UNAVAILABLE, reason="needs octave")


def test_a_head_that_is_not_for_this_machine_is_lost_and_no_failure():
    found = compared(LOST, MARGIN, 0.01)
    assert (found.standing, found.reason) == (Standing.LOST, "HEAD is unavailable: needs octave")


def test_what_is_for_this_machine_in_neither_version_is_not_comparable():
    first = LOST.screening[0]
    workers = tuple(replace(one, outcome=Outcome.UNAVAILABLE, reason="needs octave") for one in first.workers)
    found = compared(replace(LOST, screening=(replace(first, workers=workers),)), MARGIN, 0.01)
    assert found.standing == Standing.NOT_COMPARABLE


def test_a_count_that_changes_in_every_round_is_a_finding_of_its_own():
    found = compared(measured(3.0, faults=935), MARGIN, 0.01)
    assert found.counts == ("minor page faults a call: 0 -> 935 in all 8 rounds",)
    assert compared(measured(3.0), MARGIN, 0.01).counts == ()


def counting(one, *, base, head):
    """Have both arms of the first screening round counted: (allocations, bytes)."""
    counts = {
        arm_name(one.benchmark.case.id, role): Counts(
            allocations=n, allocated_bytes=size, peak_bytes=None, python_calls=None, c_calls=None
        )
        for role, (n, size) in ((Role.BASELINE, base), (Role.CASE, head))
    }
    first, *others = one.screening
    workers = tuple(replace(worker, counts=counts.get(worker.arm)) for worker in first.workers)
    return replace(one, screening=(replace(first, workers=workers), *others))


def test_allocations_that_change_are_findings_of_their_own():
    found = compared(counting(measured(3.0), base=(4, 5_120_000), head=(6, 5_120_100)), MARGIN, 0.01)
    assert found.counts == ("allocations of arrays a call: 4 -> 6",)
    found = compared(counting(measured(3.0), base=(4, 5_120_000), head=(4, 10_240_000)), MARGIN, 0.01)
    assert found.counts == ("bytes of these a call: 5,120,000 -> 10,240,000",)
    assert compared(counting(measured(3.0), base=(4, 512), head=(4, 512)), MARGIN, 0.01).counts == ()


def test_the_noise_floor_is_that_of_the_second_base_arm():
    noise = noise_of([measured(3.0), measured(4.0)])
    assert noise.rounds == 16
    assert abs(noise.value) < 0.005
    assert noise_of([]) is None


SLOW = measured(3.3, decision=Decision.SLOWER, suspect=True, rounds=20)
SAME = measured(3.0)
WRONG = measured(3.0, outcome=Outcome.WRONG, reason="y is off")
UNDECIDED = measured(3.1, decision=Decision.UNDECIDED, suspect=True, rounds=20)
IDENTICAL = Skipped(name="p/other", reason="the same code on both sides (--all measures it)")

GONE = Skipped(name="p/gone", reason="HEAD is unavailable: needs x", outcome=Outcome.UNAVAILABLE, lost=True)


@pytest.mark.parametrize(
    ("found", "code", "begins"),
    [
        (comparison(SAME), Exit.FINE, "No slowdown of 3 % or more in 1 benchmark (working tree against main"),
        (comparison(SAME, SLOW), Exit.REGRESSION, "Slower: `backprop[head-M-float64-C-1t]` by 10.0 % ["),
        (comparison(SLOW, WRONG), Exit.WRONG, "Not a question of speed: 1 benchmark of HEAD failed."),
        (comparison(SAME, UNDECIDED), Exit.UNDECIDED, "Not decided: `backprop[head"),
        (comparison(SAME, resolved=0.2), Exit.UNDECIDED, "Not decided: this machine is too noisy for a margin of 3 %"),
        (comparison(SAME, LOST), Exit.UNDECIDED, "Not decided: `backprop[head-M-float64-C-1t]`: HEAD is unavailable"),
        (comparison(skipped=[GONE]), Exit.UNDECIDED, "Not decided: `p/gone`: HEAD is unavailable: needs x"),
        (comparison(LOST, SLOW), Exit.REGRESSION, "Slower: "),
        (doubted(comparison(SAME), of_unbuilt(("a.c", "b.c"))), Exit.UNDECIDED, "Not decided: a.c and 1 more differ"),
        (doubted(comparison(SLOW), of_unbuilt(("a.c",))), Exit.REGRESSION, "Slower: "),
        (doubted(comparison(skipped=[IDENTICAL]), of_unbuilt(("a.c",))), Exit.UNDECIDED, "Not decided: a.c differs"),
        (doubted(comparison(SAME), of_built_once(("a.c",))), Exit.UNDECIDED, "Not decided: a.c differs between"),
        (doubted(comparison(SAME), of_unbuilt(())), Exit.FINE, "No slowdown"),
        (comparison(skipped=[IDENTICAL]), Exit.NOTHING_MEASURED, "Nothing was measured: the same code on both sides"),
    ],
)  # fmt: skip
def test_the_exit_code_and_the_sentence_say_what_is_worst(found, code, begins):
    assert exit_code_of_comparison(found) == code
    assert sentence(found).startswith(begins)


def test_what_was_wrong_before_does_not_come_before_a_slowdown():
    found = comparison(SLOW, WRONG)
    found = replace(found, compared=tuple(replace(one, in_both=True) for one in found.compared))
    assert sentence(found).startswith("Slower: ")
    assert "Not a question of speed: 1 benchmark of HEAD failed." in sentence(found)
    assert exit_code_of_comparison(found) == Exit.WRONG


def test_a_version_that_cannot_be_loaded_is_a_failure_and_not_silence():
    broken = Skipped(name="p/x", reason="failed: syntax error", outcome=Outcome.FAILED)
    assert exit_code_of_comparison(comparison(SAME, skipped=[broken])) == Exit.WRONG


def test_the_sections_hold_ratio_interval_verdict_and_what_was_skipped():
    answer, table, threats = sections(comparison(SLOW, SAME, skipped=[IDENTICAL]))
    assert "Slower" in answer.paragraphs[0]
    rows = [[cell.text for cell in row] for row in table.tables[0].for_people().rows]
    assert rows[0][1] == "3.00 ms -> 3.30 ms"
    assert rows[0][2].startswith("1.10")
    assert [row[3] for row in rows] == ["slower", "equivalent"]
    common, skipped = table.paragraphs
    assert common == "All of them: float64, C order, 1 thread."
    assert skipped == "Not measured, the same code on both sides (--all measures it): `p/other`."
    assert threats.paragraphs[0].startswith("Noise floor: BASE against itself 1.00")


def test_of_a_working_tree_against_its_own_head_the_table_s_names_are_told():
    found = replace(comparison(SAME), base="HEAD (abc)")
    assert sentence(found).endswith("(working tree against HEAD (abc)).")
    told = "In the table, HEAD stands for the working tree and BASE for HEAD (abc)."
    assert told in sections(found)[1].paragraphs
    assert not any("stands for" in text for text in sections(comparison(SAME))[1].paragraphs)


def test_branches_of_hostile_names_are_text_in_a_pull_request():
    hostile = "<script>alert(1)</script> [a](javascript:alert) `b` | \x1b[31m\n# heading"
    found = replace(comparison(SLOW, SAME), base=hostile, head=hostile)
    page = titled_page("compare", sections(found), files=False)
    assert "<" not in page
    assert "\x1b" not in page
    assert "](" not in page.replace("\\](", "")
    assert [line for line in page.splitlines() if line.startswith("#")] == [
        "# compare",
        "## Benchmarks",
        "## What threatens these numbers",
    ]


def test_what_is_undecided_has_its_ratio_in_the_answer_and_its_times_in_the_table():
    found = comparison(UNDECIDED)
    answer, table, _threats = sections(found)
    assert "Not decided: `backprop[head-M]` (time HEAD/BASE 1.03" in answer.paragraphs[0]
    (row,) = table.tables[0].rows
    assert row[1].text == "3.00 ms -> 3.10 ms"


def remembering(one, *, base, head):
    """Have both arms take so much memory in each round; a text says why that is unknown."""
    peaks = {
        arm_name(one.benchmark.case.id, role): Peak(resident_bytes=None, reason=peak)
        if isinstance(peak, str)
        else Peak(resident_bytes=peak)
        for role, peak in ((Role.BASELINE, base), (Role.AGAIN, base), (Role.CASE, head))
    }

    def with_peaks(held):
        return replace(held, workers=tuple(replace(worker, peak=peaks[worker.arm]) for worker in held.workers))

    return replace(
        one, screening=tuple(map(with_peaks, one.screening)), confirming=tuple(map(with_peaks, one.confirming))
    )


def held_to(found, *ones, is_gated=True):
    """Return the comparison of these with their peaks of memory held to the usual margin."""
    limits = memory.limits(ones, Margins(usual=0.1), is_gated=is_gated)
    judged = tuple(compared(one, MARGIN, 0.01, memory_limits=limits) for one in ones)
    return replace(found, compared=judged, memory_limits=limits)


MORE = remembering(SAME, base=50_000_000, head=60_000_000)
LESS = remembering(SAME, base=50_000_000, head=30_000_000)
DARK = remembering(SAME, base="nobody tells", head="nobody tells")


@pytest.mark.parametrize(
    ("ones", "is_gated", "code", "begins"),
    [
        ([MORE], True, Exit.REGRESSION, "More memory at the peak: `backprop[head-M-float64-C-1t]` by 20.00 % ["),
        ([remembering(SLOW, base=50_000_000, head=60_000_000)], True, Exit.REGRESSION, "Slower: "),
        ([MORE], False, Exit.FINE, "No slowdown of 3 % or more in 1 benchmark (working tree"),
        ([LESS], True, Exit.FINE, "No slowdown of 3 % or more in 1 benchmark, and no peak of memory larger by 10 % or"),
        ([DARK], True, Exit.UNDECIDED, "Not decided: the peak of memory of `backprop[head-M-float64-C-1t]` (nobody"),
        ([DARK], False, Exit.FINE, "No slowdown of 3 % or more in 1 benchmark (working tree"),
        ([MORE, WRONG], True, Exit.WRONG, "Not a question of speed"),
    ],
)
def test_memory_counts_in_sentence_and_exit_code_where_it_is_gated(ones, is_gated, code, begins):
    found = held_to(comparison(*ones), *ones, is_gated=is_gated)
    assert exit_code_of_comparison(found) == code
    assert sentence(found).startswith(begins)


def test_memory_that_is_not_gated_is_told_beside_the_answer_and_in_a_column():
    answer, table, _threats = sections(held_to(comparison(MORE), MORE, is_gated=False))
    (said,) = (one for one in answer.paragraphs if one.startswith("Memory: more at the peak: "))
    assert "(50.0 MB -> 60.0 MB), against a margin of 10 %" in said
    (row,) = table.tables[0].for_people().rows
    assert row[-1].text == "50.0 MB -> 60.0 MB: larger"
    answer, _table, _threats = sections(held_to(comparison(LESS), LESS))
    assert any("(50.0 MB -> 30.0 MB, HEAD/BASE 0.600x" in one for one in answer.paragraphs)


def test_memory_that_nobody_knows_has_a_reason_and_no_column():
    _answer, table, threats = sections(held_to(comparison(DARK), DARK))
    assert "peak_bytes" not in [one.name for one in table.tables[0].columns]
    assert threats.paragraphs[0] == "Memory is not known, nobody tells: `backprop[head-M]`."


def test_a_base_that_differs_from_itself_in_memory_raises_what_a_peak_has_to_exceed():
    name = SAME.benchmark.case.id
    restless = replace(
        MORE,
        screening=tuple(
            replace(
                held,
                workers=tuple(
                    replace(one, peak=Peak(resident_bytes=20_000_000 + 30_000_000 * (held.index % 3)))
                    if one.arm == arm_name(name, Role.AGAIN)
                    else one
                    for one in held.workers
                ),
            )
            for held in MORE.screening
        ),
    )
    assert memory.limits([MORE], Margins(usual=0.1), is_gated=True).resolved == 0.0
    limits = memory.limits([restless], Margins(usual=0.1), is_gated=True)
    assert limits.resolved > 0.2
    assert memory.memory(restless, limits).standing == memory.MemoryStanding.UNDECIDED


def test_columns_that_say_nothing_of_anything_are_not_seen():
    quiet = replace(comparison(SAME).compared[0], faults_per_call=(0.0, 0.0))
    headers = {column.name: column.shown for column in _columns(quiet)}
    assert not headers["faults_per_call"]
    assert "peak_bytes" not in headers or not headers["peak_bytes"]
    assert {column.name: column.shown for column in _columns(replace(quiet, faults_per_call=(0.0, 9.0)))}[
        "faults_per_call"
    ]


def _columns(one):
    found = replace(comparison(SAME), compared=(one,))
    return next(section for section in sections(found) if section.tables).tables[0].columns
