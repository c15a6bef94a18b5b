"""When a run has looked long enough at a pair: looks at fixed numbers of rounds, each at its part of the level. Pure.

Who looks at an interval again and again, and stops as soon as it decides, is wrong more often than once in twenty. So a
run that stops by itself looks at numbers of rounds that are fixed beforehand, and each look is held at ALPHA divided by
the number of looks (Bonferroni, as the gate's: notes, stats 3): over all of them together an interval misses the truth
in one run of twenty at most. tests/stats/test_sequential.py shows it by simulation.
"""

from collections.abc import Sequence

from .intervals import ALPHA

#: Numbers of rounds after which a run looks at its pairs. At 8 the level of one look can just be met.
LOOKS = (8, 12, 20, 32)


def level(looks: Sequence[int], rounds: int) -> float:
    """Return the one-sided level of a pair's interval.

    Parameters
    ----------
    looks
        The run's looks; empty where the number of rounds was fixed beforehand.
    rounds
        Rounds of the pair. Below the first look nothing but the time has ended them, and the level is whole.
    """
    return ALPHA / len(looks) if looks and rounds >= looks[0] else ALPHA
