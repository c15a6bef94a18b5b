"""Puts tests/ on the path, so that these tests find builders.py beside the others."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
