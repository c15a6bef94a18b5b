"""What is drawn depends on the seed alone, whatever seeds the code itself has."""

import random

import numpy as np

from bench.problems.sources.seeding import seeded


def drawn(seed):
    with seeded(seed):
        own = np.random.default_rng(42)
        again = np.random.default_rng(own)
        legacy = np.random.rand()  # noqa: NPY002
        return random.random(), legacy, own.random(), again.random(), np.random.default_rng().random()


def test_another_seed_gives_other_numbers_from_each_generator_and_the_same_seed_the_same():
    assert drawn(1) == drawn(1)
    assert not set(drawn(1)) & set(drawn(2))


def test_generators_of_other_seeds_of_their_own_differ():
    with seeded(1):
        made = [np.random.default_rng(own).random() for own in (None, 1, np.int64(2), [1, 2], (1, 3))]
    assert len({*made}) == len(made)


def test_afterwards_generators_are_as_they_were():
    drawn(1)
    assert np.random.default_rng(42).random() == np.random.Generator(np.random.PCG64(42)).random()
