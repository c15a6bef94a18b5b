"""implbench: which of these implementations is faster, by how much, and how sure are we.

    import implbench

    result = implbench.compare(loop, rows, args=(x,))

Installed, this is the package ``implbench`` itself, with ``implbench.bench`` and ``implbench.impls`` in it; these two
are private, the names in ``__all__`` are not. docs/python.md has examples.
"""

from .bench.api import Comparison, compare
from .bench.errors import ImplbenchError
from .bench.notebook import load_ipython_extension

__all__ = ["Comparison", "ImplbenchError", "compare", "load_ipython_extension"]
