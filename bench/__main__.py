"""``python -m bench`` in a checkout, ``python -m implbench.bench`` installed."""

import sys

from .cli.main import main

sys.exit(main())
