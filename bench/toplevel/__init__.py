"""implbench: which of these implementations is faster, by how much, and how sure are we.

    import implbench

    result = implbench.compare(loop, rows, args=(x,))

Installed, this is the package ``implbench`` itself, with ``implbench.bench`` and ``implbench.impls`` in it; these two
are private, the names in ``__all__`` are not. docs/python.md has examples.
"""

TYPE_CHECKING = False  # as typing's, which is not imported for it: command and workers import this package, too
if TYPE_CHECKING:
    from .bench.api.blocks import blocks, merge, run_block
    from .bench.api.comparing import compare
    from .bench.api.notebook import load_ipython_extension
    from .bench.api.result import Comparison
    from .bench.errors import ImplbenchError

    __version__: str

__all__ = ["Comparison", "ImplbenchError", "blocks", "compare", "load_ipython_extension", "merge", "run_block"]

_PLACES = {
    "Comparison": ".bench.api.result",
    "ImplbenchError": ".bench.errors",
    "blocks": ".bench.api.blocks",
    "compare": ".bench.api.comparing",
    "load_ipython_extension": ".bench.api.notebook",
    "merge": ".bench.api.blocks",
    "run_block": ".bench.api.blocks",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for."""
    from importlib import import_module

    if name == "__version__":
        from importlib.metadata import version

        return version("implbench")
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACES[name], __name__), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
