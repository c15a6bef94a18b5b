"""What a joint report says: the answer, ratios side by side, times only where they may, and what differs."""

import pytest
from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.analyse.findings import findings
from bench.analyse.joint import join
from bench.report import files, markdown
from bench.report.sections import joint, joint_tables
from tests.builders import SWEPT, USUAL, Spec, make_run, make_sizes
from tests.histories import ELSEWHERE, HERE, machine


def numbered(number, arms=USUAL, **changes):
    made = make_run(arms, seed=number, **changes)
    created = f"2026-11-2{number}T12:00:00Z"
    return replace(made, id=f"2026112{number}T120000Z-backprop-0000000{number}", created=created)


def joined(*runs):
    return join([Analysis(run) for run in runs])


def shown(*runs):
    return {section.title: section for section in joint.sections(joined(*runs))}


def cells(table):
    """Return first column -> header -> cell."""
    people = table.for_people()
    headers = [column.header for column in people.columns]
    return {row[0].text: dict(zip(headers, row, strict=True)) for row in people.rows}


TWO = (numbered(1, environment=machine(HERE)), numbered(2, environment=machine(ELSEWHERE, commit="b" * 40)))
FASTER = tuple(replace(arm, ms=2.0) if arm.name == "row_major" else arm for arm in USUAL)


def test_the_answer_names_the_fastest_of_all_runs_and_quotes_each():
    answer = shown(*TWO)["Answer"].paragraphs
    assert answer[0].startswith(
        "Of 2 cases that all runs timed beside `loop_hoisted`, the fastest is `row_major` (23.99x [23.96, 24.02] in "
    )
    assert answer[1] == "The intervals of 2 cases overlap, which does not show that their speed-ups are equal."
    assert answer[2].startswith(
        "Run 1 (`20261121T120000Z-backprop-00000001`): `row_major` computes backprop 23.99 times"
    )
    assert len(answer) == 4


def test_speedups_that_are_not_the_same_are_named_with_their_runs():
    found = shown(numbered(1), numbered(2, FASTER), numbered(3))
    assert (
        "apart: `row_major` (runs 1 and 2, 2 and 3). The intervals of 1 case overlap" in found["Answer"].paragraphs[1]
    )
    table = cells(found["Speed-ups side by side"].tables[0])
    assert table["row_major"]["intervals"].text == "apart: runs 1 and 2, 2 and 3"
    assert table["row_major"]["largest / smallest"].text.startswith("1.5")
    assert table["inplace"]["intervals"].text == "overlap"


def test_another_fastest_in_another_run_is_told_and_one_that_only_one_run_has_is_not():
    other = (*(replace(arm, ms=1.0) if arm.name == "inplace" else arm for arm in USUAL), Spec(name="new", ms=0.1))
    answer = shown(numbered(1), numbered(2, other))["Answer"].paragraphs[0]
    assert "the fastest is not the same in all runs: `row_major` (" in answer
    assert "`inplace` (7" in answer
    assert "new" not in answer


def test_a_run_that_shows_none_faster_is_told():
    leaders, agreement, *_each = shown(numbered(1), numbered(2, rounds=3))["Answer"].paragraphs
    assert "in run 2 none was shown to be faster" in leaders
    assert agreement.startswith("No case has an interval in two runs")


def test_the_table_has_a_column_a_run_and_the_outcome_of_what_has_no_time():
    table = cells(shown(*TWO)["Speed-ups side by side"].tables[0])
    assert list(table["row_major"]) == ["case", "1: CPU 01", "2: CPU ba", "largest / smallest", "intervals"]
    assert table["loop_hoisted"]["1: CPU 01"].text == "1x"
    assert table["jit"]["2: CPU ba"].text == "unavailable"
    assert table["dropped"]["1: CPU 01"].text == "wrong"


def test_programs_get_the_numbers_that_each_run_gives():
    (table,) = shown(*TWO)["Speed-ups side by side"].tables
    names = [column.name for column in table.columns]
    values = {row[1].value: dict(zip(names, (cell.value for cell in row), strict=True)) for row in table.rows}
    for place, run in enumerate(TWO, start=1):
        (group,) = findings(run)
        for one in group.ok:
            row, ratio = values[one.arm.case.implementation], one.speedup_over_baseline
            assert row[f"rounds_{place}"] == one.rounds
            if ratio:
                assert row[f"speedup_over_baseline_{place}"] == ratio.value
                ends = (row[f"speedup_over_baseline_{place}_low"], row[f"speedup_over_baseline_{place}_high"])
                assert ends == (ratio.interval.low, ratio.interval.high)
                assert row[f"verdict_{place}"] == one.verdict.value


def test_unlike_machines_get_no_table_of_times():
    times = shown(*TWO)["Times"]
    assert times.tables == ()
    assert times.paragraphs == (
        "No two of these runs are known to be of like machines, so no times stand side by side.",
    )
    assert "of some the machine is not known" in shown(numbered(1), numbered(2))["Times"].paragraphs[0]


def test_like_machines_get_one_in_one_unit_and_the_others_are_left_out():
    times = shown(*TWO, numbered(3, environment=machine(HERE)))["Times"]
    (table,) = times.tables
    assert [column.header for column in table.for_people().columns] == [
        "case", "1: 2026-11-21 12:00 [ms]", "3: 2026-11-23 12:00 [ms]",
    ]  # fmt: skip
    assert "The others are of unlike machines" in times.paragraphs[0]
    for row in table.for_people().rows:
        if row[0].text == "row_major":
            assert [cell.value for cell in row[1:]] == pytest.approx([3.03e-3] * 2, rel=0.02)


def test_only_what_differs_is_in_the_table_of_differences():
    table = cells(shown(*TWO)["What differs"].tables[0])
    assert list(table) == ["run", "made", "seed", "CPU", "commit of the problem", "fingerprint of the machine"]
    assert table["CPU"]["run 2"].text == "CPU ba"
    commit = table["commit of the problem"]["run 2"]
    assert (commit.text, commit.value) == ("b" * 12, "b" * 40)
    newer = numbered(2, environment=machine(HERE, numpy="2.4.6", numba="0.61"))
    table = cells(shown(TWO[0], newer)["What differs"].tables[0])
    assert [cell.text for cell in table["numpy"].values()] == ["numpy", "2.3.1", "2.4.6"]
    assert [cell.text for cell in table["numba"].values()] == ["numba", "-", "0.61"]


def test_conditions_margins_and_variables_are_among_the_differences():
    wide = numbered(2, threads=(2,), environment=machine(HERE) | {"variables": {"OPENBLAS_CORETYPE": "Haswell"}})
    wide = replace(wide, settings=replace(wide.settings, margin=0.1))
    table = cells(shown(TWO[0], wide)["What differs"].tables[0])
    assert [cell.text for cell in table["threads"].values()] == ["threads", "1", "2"]
    assert [cell.text for cell in table["margin"].values()] == ["margin", "3 %", "10 %"]
    assert table["variables OPENBLAS_CORETYPE"]["run 2"].text == "Haswell"


def test_other_code_warnings_and_noise_are_told_before_the_differences():
    other = replace(TWO[1], problem=replace(TWO[1].problem, digest="cd" * 32), warnings=("LD_PRELOAD=x",))
    told = shown(TWO[0], replace(other, interrupted=True))["What differs"].paragraphs
    assert told == (
        "The problem's files differ: a case of the same name may be other code in another run.",
        "Run 2 was interrupted.",
        "Warning of run 2: LD_PRELOAD=x",
    )
    noisy = tuple(replace(arm, noise=0.2) for arm in USUAL)
    told = shown(TWO[0], numbered(2, noisy))["What differs"].paragraphs
    assert told[0].startswith("Run 2 was too noisy for its margin of 3 %: differences below ")


def test_labels_are_the_first_thing_that_sets_all_runs_apart():
    def labels(*runs):
        return joint_tables.labels(joined(*runs))

    assert labels(*TWO) == ("1: CPU 01", "2: CPU ba")
    assert labels(TWO[0], replace(numbered(2, threads=(2,)), environment=machine(ELSEWHERE))) == ("1: 1", "2: 2")
    alike = numbered(2, environment=machine(HERE))
    assert labels(TWO[0], alike) == ("1: 2026-11-21 12:00", "2: 2026-11-22 12:00")
    assert labels(TWO[0], replace(alike, created=TWO[0].created)) == ("1", "2")


def test_conditions_have_a_column_and_a_figure_each_up_to_a_number():
    def runs(*values):
        return [numbered(number, SWEPT, sizes=make_sizes(*values)) for number in (1, 2)]

    found = shown(*runs(1, 5))
    rows = found["Speed-ups side by side"].tables[0].for_people().rows
    assert [row[0].text for row in rows] == ["m=1, n=64, p=25"] * 2 + ["m=5, n=64, p=25"] * 2
    assert len(found["Speed-ups side by side"].figures) == 2
    assert found["Answer"].paragraphs[0].startswith("m=1, n=64, p=25: ")
    many = shown(*runs(*range(1, 9)))
    assert many["Speed-ups side by side"].figures == ()
    assert many["Answer"].paragraphs[0].startswith("8 conditions stand side by side in the table; in 0 of them")


def test_the_figure_has_a_mark_for_each_case_and_run_with_its_interval():
    (figure,) = shown(*TWO)["Speed-ups side by side"].figures
    (chart,) = figure.charts
    assert chart.y.categories == ("row_major", "inplace", "loop_hoisted")
    assert [[point.y for point in one.points] for one in chart.series] == [[0, 1, 2], [0, 1, 2]]
    assert all(point.low < point.x < point.high for one in chart.series for point in one.points[:2])
    assert figure.caption == chart.caption


def test_the_report_is_a_folder_of_its_own_the_page_first(tmp_path):
    found = joined(*TWO)
    paths = files.write_together(found, tmp_path)
    assert [path.name for path in paths] == [
        "report.md",
        "differences.csv",
        "speedups.csv",
        "speedups.png",
        "speedups.svg",
    ]
    assert {path.parent.name for path in paths} == {"20261121T120000Z-backprop-00000001-and-1-more-67159806"}
    assert paths[0].read_text().startswith("# backprop: Gradient of a sparse autoencoder (2 runs side by side)\n\nOf 2")
    assert files.folder_of_several(joined(*reversed(TWO)), tmp_path) != paths[0].parent


def test_hostile_names_do_no_harm():
    hostile = (
        Spec(name="base|`$x$", ms=2.0, baseline=True),
        Spec(name="=cmd|'/c calc'!A1", title="<script>alert(1)</script>", ms=1.0),
    )
    runs = [numbered(number, hostile, environment=machine("<b>\x1b[31m", numpy="[x](y)")) for number in (1, 2)]
    page = markdown.titled_page(joint.title(joined(*runs)), joint.sections(joined(*runs)))
    assert "<script" not in page
    assert "\x1b" not in page
