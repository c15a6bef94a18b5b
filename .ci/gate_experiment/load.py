"""Other programs that compute, for measuring beside them."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator

#: Computes until it is ended, or until the program that started it is gone.
LOOP = """import os
parent = os.getppid()
while os.getppid() == parent:
    for _ in range(1_000_000):
        pass
"""


@contextlib.contextmanager
def busy_loops(count: int) -> Iterator[None]:
    """Have so many programs compute, pinned nowhere, as long as the context lasts."""
    with contextlib.ExitStack() as stack:
        for _ in range(count):
            loop = stack.enter_context(subprocess.Popen([sys.executable, "-c", LOOP]))
            stack.callback(loop.kill)
        yield
