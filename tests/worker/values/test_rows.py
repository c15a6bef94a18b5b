"""Lists of rows: column by column where both sides have them so, and the same verdict as one by one."""

import collections

import numpy as np
import pytest

from bench.worker.values import reading, rows
from bench.worker.values.comparison import Difference, Expected, compared
from bench.worker.values.leaves import Exact, Holder, Numbers, Unreadable
from bench.worker.values.reading import taken_apart
from bench.worker.values.stored import load_leaves, save_leaves

COUNT = 150


@pytest.fixture(autouse=True)
def _much_text(monkeypatch):
    """Let a column of so much text be one array."""
    monkeypatch.setattr(reading, "_MOST_TEXTS", 100)


def table(count=COUNT):
    """Return rows of a name, a whole number, a pair, something or None, and a number."""
    return [
        (f"n{place}", place, (place, f"p{place % 7}"), None if place % 3 else [1.5, place], place / 7)
        for place in range(count)
    ]


def replaced(place, cell, value):
    found = table()
    row = list(found[place])
    row[cell] = value
    found[place] = tuple(row)
    return found


def outcomes(found, right, tolerance=1e-9):
    leaves = taken_apart(right)
    expected = Expected(
        leaves=leaves,
        tolerance={
            path: np.full(leaf.array.shape, tolerance)
            for path, leaf in leaves.items()
            if isinstance(leaf, Numbers) and leaf.array.dtype.kind == "f"
        },
        dtypes={},
    )
    return list(compared(taken_apart(found), expected))


def said(found, right):
    return [one.path + one.text for one in outcomes(found, right) if isinstance(one, Difference)]


def test_many_rows_are_few_leaves():
    found = taken_apart([row[:2] for row in table()])
    assert list(found) == ["result", "result[:, 0]", "result[:, 1]"]
    assert list(found["result[:, 1]"].array) == list(range(COUNT))


@pytest.mark.parametrize(
    ("value", "count"),
    [(table(8), 8), ([*table(), ("a", 1)], COUNT + 1), ([*table(), None], COUNT + 1)],
    ids=["few", "ragged", "not all rows"],
)
def test_what_is_no_table_is_read_item_by_item(value, count):
    whole = taken_apart(value)["result"]
    assert (whole.kind, len(whole.paths)) == ("list", count)


CHANGED = {
    "name": (replaced(70, 0, "other"), "result[:, 0][70] is 'other', expected 'n70' (1 of 150 differ)"),
    "order": (
        table()[::-1],
        "result[:, 0][0] is 'n149', expected 'n0' (150 of 150 differ), the same values in another",
    ),
    "number": (replaced(70, 4, 0.0), "result[:, 4][70] is off by 1e+10 times the tolerance"),
    "NaN": (replaced(70, 4, np.nan), "result[:, 4][70] is nan, expected 10"),
    "within a pair": (replaced(70, 2, (70, "p1")), "result[:, 2][:, 1][70] is 'p1', expected 'p0'"),
    "in what may be None": (
        replaced(69, 3, [1.5, 70]),
        "result[:, 3][69][1] is off by 1e+09 times the tolerance (relative 1.4e-02): 70, expected 69",
    ),
    "None": (replaced(69, 3, None), "result[:, 3][69] is None, expected a list of 2"),
    "another kind": (replaced(70, 4, "10"), "result[70][4] is '10', expected the number 10"),
    "another kind of pair": (replaced(70, 2, None), "result[70][2] is None, expected a list"),
    "a longer row": ([*replaced(70, 4, 10.0)[:-1], (1,) * 6], "result[149] has 6 items, expected 5"),
    "too few": (table()[:-1], "result has 149 items, expected 150"),
    "too many": (table(COUNT + 1), "result has 151 items, expected 150"),
    "few": (table(3), "result has 3 items, expected 150"),
    "columns": ([row[:4] for row in table()], "result[0] has 4 items, expected 5"),
    "numbers": (np.ones((COUNT, 5)), "result[0][0] is the number 1, expected 'n0'"),
    "nothing": (None, "result is None, expected a list"),
}


@pytest.mark.parametrize("name", CHANGED)
def test_what_differs_is_told(name):
    found, told = CHANGED[name]
    assert any(told in one for one in said(found, table())), said(found, table())[:5]


ALIKE = {
    "itself": table(),
    "lists": [list(row) for row in table()],
    "a tuple": tuple(table()),
    "within tolerance": [(*row[:4], row[4] + 1e-12) for row in table()],
    "NumPy's numbers": [(row[0], np.int32(row[1]), *row[2:4], np.float64(row[4])) for row in table()],
    "arrays of objects": [np.array(row, object) for row in table()],
    "whole numbers that are floats": [(row[0], float(row[1]), *row[2:]) for row in table()],
    "an iterable's rows": [[*row[:2], list(row[2]), *row[3:]] for row in table()],
}


@pytest.mark.parametrize("name", ALIKE)
def test_what_is_right_is_right(name):
    assert said(ALIKE[name], table()) == []


@pytest.mark.parametrize("name", [*CHANGED, *ALIKE])
def test_the_verdict_is_that_of_reading_row_by_row(name, monkeypatch):
    found = CHANGED[name][0] if name in CHANGED else ALIKE[name]
    by_columns = bool(said(found, table())), bool(said(table(), found))
    monkeypatch.setattr(rows, "_FEWEST", 10**9)
    assert (bool(said(found, table())), bool(said(table(), found))) == by_columns


NAMES = ("name", "count", "pair", "some", "share")


def records(rows):
    """Return rows as dicts of their cells."""
    return [dict(zip(NAMES, row, strict=False)) for row in rows]


def with_row(place, row):
    found = records(table())
    found[place] = row
    return found


RECORDS_CHANGED = {
    "name": (records(CHANGED["name"][0]), "result[:, 'name'][70] is 'other', expected 'n70' (1 of 150 differ)"),
    "number": (records(CHANGED["number"][0]), "result[:, 'share'][70] is off by 1e+10 times the tolerance"),
    "in what may be None": (records(CHANGED["in what may be None"][0]), "result[:, 'some'][69][1] is off by 1e+09"),
    "another kind": (records(CHANGED["another kind"][0]), "result[70]['share'] is '10', expected the number 10"),
    "a key less": (with_row(7, {"name": "n7", "count": 7}), "result[7] has no 'pair'"),
    "a key more": (with_row(7, {**records(table())[7], "new": 1}), "result[7] has 'new', not expected"),
    "no dict": (with_row(7, table()[7]), "result[7] is a tuple, expected a dict"),
    "too few": (records(table()[:-1]), "result has 149 items, expected 150"),
    "rows": (table(), "result[0] is a list, expected a dict"),
}

RECORDS_ALIKE = {
    "itself": records(table()),
    "another order of keys": [dict(reversed(one.items())) for one in records(table())],
    "another order in one": with_row(7, dict(reversed(records(table())[7].items()))),
    "a tuple": tuple(records(table())),
    "within tolerance": records([(*row[:4], row[4] + 1e-12) for row in table()]),
    "a subclass": [collections.OrderedDict(one) for one in records(table())],
}


def test_many_dicts_of_the_same_keys_are_few_leaves():
    found = taken_apart([{"a": row[0], "b": row[1]} for row in table()])
    assert list(found) == ["result", "result[:, 'a']", "result[:, 'b']"]
    assert list(found["result[:, 'b']"].array) == list(range(COUNT))
    whole = taken_apart([{place: 1} for place in range(COUNT)])["result"]
    assert (whole.kind, len(whole.paths)) == ("list", COUNT)


@pytest.mark.parametrize("place", [0, 70])
def test_no_key_of_a_list_of_dicts_compares_itself(place):
    ran = []

    class Key(str):
        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other):
            ran.append(other)
            return True

    value = [{"a": 1.0, "b": 2.0} for _ in range(COUNT)]
    value[place] = {Key("a"): 1.0, Key("b"): 2.0}
    ran.clear()
    with pytest.raises(Unreadable, match="a key is a Key, which cannot be compared"):
        taken_apart(value)
    assert ran == []


@pytest.mark.parametrize("name", RECORDS_CHANGED)
def test_what_differs_between_dicts_is_told(name):
    found, told = RECORDS_CHANGED[name]
    assert any(told in one for one in said(found, records(table()))), said(found, records(table()))[:5]


@pytest.mark.parametrize("name", RECORDS_ALIKE)
def test_dicts_that_are_right_are_right(name):
    assert said(RECORDS_ALIKE[name], records(table())) == []


@pytest.mark.parametrize("name", [*RECORDS_CHANGED, *RECORDS_ALIKE])
def test_the_verdict_on_dicts_is_that_of_reading_each(name, monkeypatch):
    found = RECORDS_CHANGED[name][0] if name in RECORDS_CHANGED else RECORDS_ALIKE[name]
    right = records(table())
    by_columns = bool(said(found, right)), bool(said(right, found))
    monkeypatch.setattr(rows, "_FEWEST", 10**9)
    assert (bool(said(found, right)), bool(said(right, found))) == by_columns


def test_the_tolerance_of_a_column_holds_for_its_rows():
    found = [np.array((*row[:4], row[4] + (2e-9 if row[1] == 70 else 1e-12)), object) for row in table()]
    (text,) = said(found, table())
    assert text.startswith("result[70][4] is off by 2 times the tolerance (relative 2.0e-10): 10.000000002, expected")
    assert text.endswith("expected 10.0 within 1e-09 (relative 1.0e-10)")


@pytest.mark.parametrize("value", [table(), records(table())], ids=["rows", "dicts"])
def test_they_are_stored(tmp_path, value):
    leaves = taken_apart(value)
    save_leaves(tmp_path / "leaves", leaves)
    assert not [
        one
        for one in compared(load_leaves(tmp_path / "leaves"), Expected(leaves=leaves, tolerance={}, dtypes={}))
        if isinstance(one, Difference)
    ]


def test_a_list_that_holds_itself_in_each_row_is_refused():
    value = []
    value.extend([(1, value)] * 100)
    with pytest.raises(Exception, match="holds itself"):
        taken_apart(value)


@pytest.mark.parametrize(
    "forged",
    [
        {"r": Holder(kind="rows", name="list", paths=())},
        {"r": Holder(kind="rows", name="list", paths=("[:, 0]",))},
        {"r": Holder(kind="rows", name="list", paths=("[:, 0]",)), "r[:, 0]": Numbers(array=np.ones(()))},
        {
            "r": Holder(kind="rows", name="list", paths=("[:, 0]", "[:, 1]")),
            "r[:, 0]": Numbers(array=np.ones(100)),
            "r[:, 1]": Holder(kind="list", name="list", paths=()),
        },
        {"r": Holder(kind="rows", name="list", paths=("[:, 0]",)), "r[:, 0]": Exact(kind="str", text="'a'")},
        {"r": Holder(kind="rows", name="list", paths=("",))},
        {"r": Holder(kind="records", name="list", paths=())},
        {"r": Holder(kind="records", name="list", paths=("",))},
        {"r": Holder(kind="records", name="list", paths=("[:, 'a']",))},
        {"r": Holder(kind="records", name="list", paths=("[:, 'a']",)), "r[:, 'a']": Numbers(array=np.ones(()))},
    ],
    ids=str,
)
def test_what_is_no_table_though_it_says_so_is_refused(forged, tmp_path):
    save_leaves(tmp_path / "leaves", forged)
    with pytest.raises(ValueError, match="cannot be read"):
        load_leaves(tmp_path / "leaves")
