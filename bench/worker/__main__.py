"""``python -m bench.worker``: a worker, which answers orders on one pipe by replies on another."""

import os
import sys

from ..machine import threads
from .session import serve

threads.die_with_parent(int(sys.argv[3]))
serve(int(sys.argv[1]), int(sys.argv[2]))
os._exit(0)  # no exit handlers of an implementation's libraries
