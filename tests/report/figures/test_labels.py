"""Places of labels."""

import pytest

from bench.report.figures.labels import spread


def test_spread_keeps_order_and_gap_and_moves_as_little_as_it_must():
    assert spread([0.1, 0.5], 0.1, (0.0, 1.0)) == [0.1, 0.5]
    assert spread([0.5, 0.5], 0.1, (0.0, 1.0)) == pytest.approx([0.45, 0.55])
    assert spread([0.2, 0.25, 0.3], 0.1, (0.0, 1.0)) == pytest.approx([0.15, 0.25, 0.35])
    assert spread([0.99, 1.0, 0.2], 0.1, (0.0, 1.0)) == pytest.approx([0.9, 1.0, 0.2])
    assert spread([], 0.1, (0.0, 1.0)) == []


def test_where_there_is_no_room_for_all_they_stand_nearer_and_fill_it():
    crowded = spread([0.5] * 30, 0.1, (0.0, 1.0))
    assert crowded[0] == pytest.approx(0.0)
    assert crowded[-1] == pytest.approx(1.0)
