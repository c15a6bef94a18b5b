"""What the code of a collection needs and is not here, told before anything is run."""

import ast
import importlib.util
import sys
from collections.abc import Collection, Iterator

#: Distributions that are not called as what is imported from them, of those that numerical code uses.
_CALLED: dict[str, str] = {
    "Crypto": "pycryptodome",
    "PIL": "pillow",
    "cv2": "opencv-python",
    "cython": "Cython",
    "ot": "POT",
    "pysat": "python-sat",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "PyYAML",
}


def lacking(tree: ast.Module, own: Collection[str] = ()) -> tuple[str, ...]:
    """Return the distributions that a module needs and that are not installed, as they are called, sorted.

    Parameters
    ----------
    tree
        The module. What it imports within a ``try`` it can do without.
    own
        First names of modules that the collection itself has.
    """
    names = {name.partition(".")[0] for name in _imported(tree)} - sys.stdlib_module_names - set(own)
    absent = {name for name in names if importlib.util.find_spec(name) is None}
    return tuple(sorted(map(distribution, absent)))


def distribution(module: str) -> str:
    """Return what has to be installed for a module."""
    first = module.partition(".")[0]
    return _CALLED.get(first, first)


def _imported(node: ast.AST) -> Iterator[str]:
    """Yield the names of the modules that a part of a module imports, in its functions too."""
    match node:
        case ast.Try():
            return
        case ast.Import(names=names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module=str() as module, level=0):
            yield module
    for child in ast.iter_child_nodes(node):
        yield from _imported(child)
