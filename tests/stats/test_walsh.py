"""Averages of pairs: those of many values are found without listing them, and are the same."""

from random import Random

import pytest

from bench.stats.walsh import MOST_LISTED, WalshAverages

SERIES = {
    "scattered": lambda random: random.gauss(0, 1),
    "tied": lambda random: round(random.gauss(0, 1), 1),
    "equal": lambda random: 0.5,
    "far apart": lambda random: random.choice([-1e300, 1e-300, 0.0, 1e300]),
}


@pytest.mark.parametrize("drawn", SERIES.values(), ids=SERIES)
@pytest.mark.parametrize("n", [1, 2, 5, MOST_LISTED, MOST_LISTED + 1, 200])
def test_each_average_is_that_of_the_list_of_all(n, drawn):
    random = Random(n)
    d = [drawn(random) for _ in range(n)]
    listed = sorted((a + b) / 2 for i, a in enumerate(d) for b in d[i:])
    averages = WalshAverages(d)
    assert len(averages) == len(listed)
    places = {0, len(listed) // 2, len(listed) - 1, *(random.randrange(len(listed)) for _ in range(30))}
    assert [averages[place] for place in places] == [listed[place] for place in places]
    assert [averages[-1 - place] for place in places] == [listed[-1 - place] for place in places]


def test_the_median_is_the_mean_of_the_middle_two():
    assert WalshAverages([1.0, 3.0]).median == 2.0
    assert WalshAverages([0.0, 1.0, 5.0]).median == (1.0 + 2.5) / 2
