"""Random numbers of code that seeds itself, or does not: drawn from the seed of the run all the same."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Have what is drawn in here depend on the seed alone, be it by generators that are made with a seed of their own.

    Where code says ``default_rng(42)``, it gets the generator of 42 and `seed`: another one for another seed.
    """
    made = np.random.default_rng

    def default_rng(own: Any = None) -> np.random.Generator:
        if isinstance(own, np.random.Generator | np.random.BitGenerator | np.random.SeedSequence):
            return made(own)
        return made([seed, *np.atleast_1d(0 if own is None else own)])

    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  # what the collection's code draws from
    np.random.default_rng = default_rng  # type: ignore[assignment]
    try:
        yield
    finally:
        np.random.default_rng = made
