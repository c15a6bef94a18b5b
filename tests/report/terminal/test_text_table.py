"""Tables as text: what fits how, and what gives way where there is no room."""

import pytest

from bench.report.parts import Cell, Column, Table
from bench.report.terminal import text_table
from bench.report.terminal.screen import Screen

#: Wider than it need be: a name, three numbers of which two can be left out, a verdict.
COLUMNS = (
    Column(name="name", header="name", right=False),
    Column(name="ratio", header="ratio over all [x]", bar=True),
    Column(name="first", header="first", dispensable=1),
    Column(name="second", header="second", dispensable=2),
    Column(name="verdict", header="verdict", right=False),
)


def table(name="implementation_of_26_letters"):
    ratio = Cell(value=24.1, text="24.1x [23.8, 24.5]")
    one = Cell(value=1.0, text="1x")
    rows = tuple((Cell.of(name), each, Cell.of(123456), Cell.of(7), Cell.of("faster")) for each in (ratio, one))
    return Table(name="t", title="T", columns=COLUMNS, rows=rows)


def drawn(width, **changes):
    return text_table.drawn(table(), Screen(width=width, **changes)).splitlines()


@pytest.mark.parametrize("width", range(38, 130, 3))
def test_lines_fit_and_numbers_stay_whole(width):
    lines = drawn(width)
    assert max(map(len, lines)) <= width
    assert sum("24.1x [23.8, 24.5]" in line for line in lines) == 1


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (100, ("first", "second", "#")),
        (84, ("first", "#")),
        (70, ("#",)),
        (66, ("first",)),
        (59, ()),
    ],
)
def test_bars_stay_longer_than_dispensable_columns_and_of_those_the_most_dispensable_goes_first(width, shown):
    text = "\n".join(drawn(width))
    assert tuple(word for word in ("first", "second", "#") if word in text) == shown
    assert "implementation_of_26_letters" in text


def test_a_header_is_broken_before_anything_is_left_out():
    narrow = Column(name="a", header="a header of many words", dispensable=1)
    one = Table(name="t", title="T", columns=(narrow,), rows=((Cell.of(1),),))
    assert text_table.drawn(one, Screen(width=8)).splitlines()[:4] == ["a header", " of many", "   words", "--------"]


def test_names_fold_where_nothing_else_can_go():
    assert drawn(50)[2:4] == ["implementation_of_26_  24.1x [23.8, 24.5]  faster", "letters"]


def test_what_fits_in_no_way_becomes_records_of_all_columns():
    assert drawn(43)[:7] == [
        "name                implementation_of_26_le",
        "                    tters",
        "ratio over all [x]  24.1x [23.8, 24.5]",
        "first               123456",
        "second              7",
        "verdict             faster",
        "",
    ]


def test_wide_characters_take_two_columns():
    from rich.cells import cell_len

    lines = text_table.drawn(table("\u901f\u5ea6" * 6), Screen(width=80, blocks=True)).splitlines()
    assert max(map(cell_len, lines)) <= 80


def test_a_table_without_rows_is_its_header():
    empty = Table(name="t", title="T", columns=COLUMNS[:1], rows=())
    assert text_table.drawn(empty, Screen(width=80)) == "name\n----"
    assert text_table.plain(empty) == "T\nname"


def test_markup_in_cells_is_text():
    found = text_table.drawn(table("[red]a[/red]"), Screen(width=80, colour=True, blocks=True))
    assert "[red]a[/red]" in found


def lines(*values, width=20):
    """Return the bars without their header."""
    return text_table.bars([Cell.of(value) for value in values], width, blocks=False)[1:]


def test_a_bar_is_as_long_as_the_logarithm_of_its_ratio():
    assert lines(10.0, 100.0, 1.0, width=21) == ["|##########", "|####################", "|"]


def test_what_is_slower_goes_to_the_left_of_the_mark():
    assert lines(0.1, 10.0, width=21) == ["##########|", "          |##########"]


def test_an_unknown_ratio_has_no_mark():
    assert lines(None, 2.0)[0] == ""
    assert lines(float("inf"), 2.0)[0] == ""


def test_a_few_percent_look_like_a_few_percent():
    assert lines(1.03, 1.09) == ["|#", "|##"]


def test_a_little_slower_beside_a_lot_faster_leaves_room_for_both():
    slower, faster = lines(0.95, 50.0)
    assert faster.count("#") == 18
    assert slower == " |"


@pytest.mark.parametrize("values", [(1.0,), (0.5,), (3.0, 0.2), (1e-9, 1e9), (1.001,), ()])
@pytest.mark.parametrize("width", [10, 17, 40])
def test_no_bar_is_longer_than_its_room(values, width):
    found = text_table.bars([Cell.of(value) for value in values], width, blocks=True)
    assert max(map(len, found)) <= width
    assert "1x" in found[0]


def test_the_header_says_where_one_is_and_that_the_axis_is_logarithmic():
    above, *_ = text_table.bars([Cell.of(9.0)], 20, blocks=True)
    below, *_ = text_table.bars([Cell.of(0.1)], 20, blocks=True)
    assert (above, below) == ("1x             (log)", "(log)             1x")
