"""``python -m bench`` in a checkout, ``python -m implbench`` installed."""

import sys

from .cli.main import main

sys.exit(main())
