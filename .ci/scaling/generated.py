"""Samples that need not be stored: any of them is made from its number, the same ones wherever it is made."""

import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.problems import implementation, problem

FOLDER = problem.find("autoencoder").folder
UNITS = 64
HIDDEN = 25
BLOCK = 10_000
"""So many samples are made by one generator."""


def parameters() -> dict[str, Any]:
    """Return the inputs of the problem but x: w1, b1, w2, b2, decay, beta, rho; numbers are random."""
    inputs = implementation.load(FOLDER, "problem").inputs({"m": 1, "n": UNITS, "p": HIDDEN}, "float64", "random", 1)
    return {name: value for name, value in inputs.items() if name != "x"}


def samples(start: int, stop: int) -> Any:
    """Return the samples of these numbers: (stop - start, UNITS), uniform, float64."""
    made = np.empty((stop - start, UNITS))
    for block in range(start // BLOCK, -(-stop // BLOCK)):
        first = block * BLOCK
        low, high = max(start, first), min(stop, first + BLOCK)
        made[low - start : high - start] = np.random.RandomState(block).random_sample((BLOCK, UNITS))[
            low - first : high - first
        ]
    return made


def loopback_bytes() -> int:
    """Return the bytes that this machine has sent to itself over a network so far (Linux)."""
    lines = Path("/proc/net/dev").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.split()[0] == "lo:")
