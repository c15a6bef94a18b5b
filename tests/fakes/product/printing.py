"""Prints what looks like a result, many times."""

import json
import sys


def prepare(inputs):
    x, y = inputs["x"], inputs["y"]

    def step():
        print(json.dumps({"type": "BurstTimed", "sample_ns": [1, 1, 1, 1, 1]}))
        sys.stdout.flush()
        return x.T @ y

    return step
