"""Text that comes from users' files, and tables for people and for programs."""

import pytest

from bench.report.parts import Cell, Column, Table, code, plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\nlines\tand  tabs", "two lines and tabs"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bcreset", "reset"),
        ("bell\x07 null\x00 csi\x9b1m", "bell null csi"),
        ("left\u202eright\u200b", "leftright"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("Größe 日本 é", "Größe 日本 é"),
    ],
)
def test_plain_text_has_no_escapes_and_no_invisible_characters(text, shown):
    assert plain(text) == shown


def test_a_name_as_code_holds_no_backtick_that_would_end_it():
    assert code("a`b") == "`a'b`"
    assert code("\x1b[0m") == "`-`"


def test_a_cell_without_a_value_is_a_dash():
    assert [Cell.of(value).text for value in (None, "", 0, "x")] == ["-", "-", "0", "x"]


def test_people_do_not_see_columns_for_programs():
    columns = (Column(name="a", header="A"), Column(name="b", header="B", shown=False), Column(name="c", header="C"))
    table = Table(name="t", title="T", columns=columns, rows=((Cell.of(1), Cell.of(2), Cell.of(3)),))
    seen = table.for_people()
    assert [column.header for column in seen.columns] == ["A", "C"]
    assert [cell.value for cell in seen.rows[0]] == [1, 3]
