"""Is killed by somebody else the first time that it runs in a scratch folder."""

import os
import signal
from pathlib import Path

import numpy as np


def prepare(inputs):
    a, mark = inputs["a"], Path("was_killed")
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return lambda: np.cumsum(a)
