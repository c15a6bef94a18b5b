"""``python -m bench.worker``: a worker, which answers orders on one pipe by replies on another."""

import os
import sys

from ..machine import address_space, threads

padding = len(os.environ.get("IMPLBENCH_PADDING", ""))
address_space.shift(padding)
address_space.occupy(2 * padding)  # the longest fills an arena of Python

from .session import serve  # noqa: E402  # NumPy is loaded where it is shifted to

threads.die_with_parent(int(sys.argv[3]))
serve(int(sys.argv[1]), int(sys.argv[2]))
os._exit(0)  # no exit handlers of an implementation's libraries
