"""What other processes find by its name."""

import numpy as np


def scanned(part):
    return np.cumsum(part)
