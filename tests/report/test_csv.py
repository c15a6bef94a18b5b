"""Tables as CSV."""

from bench.report.csv import csv
from bench.report.parts import Cell, Column, Table


def test_whole_numbers_stay_whole_beside_unknown_ones():
    columns = (Column(name="count", header="count"),)
    table = Table(name="t", title="", columns=columns, rows=((Cell.of(3),), (Cell.of(None),)))
    assert csv(table) == 'count\n3\n""\n'


def test_text_in_a_csv_is_never_a_formula_and_numbers_stay_numbers():
    values = ["=1+1", "+1", "-1", "@x", "\t=1", "\x1b[0m=1", "fine", -1.5]
    table = Table(
        name="t", title="", columns=(Column(name="v", header="v"),), rows=tuple((Cell.of(value),) for value in values)
    )
    assert csv(table).splitlines()[1:] == ["'=1+1", "'+1", "'-1", "'@x", "'=1", "'=1", "fine", "-1.5"]
