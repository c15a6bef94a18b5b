"""A problem that is one file: what it must have."""

import ast
import json
from collections.abc import Sequence
from pathlib import Path

from ..errors import ImplbenchError
from .contract import CONTRACT
from .functions import Function, Signature, counts
from .literals import bindings


def require(file: Path, tree: ast.Module, takes: Signature | None, functions: Sequence[Function]) -> None:
    """Raise ImplbenchError for a file that cannot be a problem, with what to add.

    Parameters
    ----------
    file, tree
        The file, and what is written in it.
    takes
        What its `inputs` takes, None where it has none.
    functions
        Its implementations.
    """
    if "." in file.stem:
        raise ImplbenchError(
            f"{file}: cannot be imported, for there is a dot in its name; rename it {file.stem.replace('.', '_')}.py"
        )
    module, assigned = _imported_from(tree), _assigned(tree)
    if takes is None and (module or assigned):
        how = f"imports inputs from {module}" if module else f"has inputs = {assigned}"
        lines = "def inputs(n=1_000, *, seed):", f"    return {assigned or f'{module}.inputs'}(n, seed=seed)"
        raise ImplbenchError(
            f"{file}: {how}, and its sizes are read here without running the file; define one that calls it, like this",
            example=(*([f"import {module}"] if module else []), *lines),
        )
    if takes is None:
        called = _listed([one.name for one in functions])
        raise ImplbenchError(
            f"{file}: has no function inputs(), which returns what {called} called with; add one like this",
            example=_example(tree, functions),
        )
    imported = [] if functions else _imported(tree)
    if imported:
        raise ImplbenchError(
            f"{file}: has no function to measure: {_listed(imported)} imported, and what is imported counts only where "
            "__all__ names it; add a line like this",
            example=(f"__all__ = {json.dumps(imported)}",),
        )
    if not functions:
        raise ImplbenchError(
            f"{file}: has no function to measure: each public function but inputs(), reference() and the like is an "
            "implementation (or those in __all__); a name with an underscore in front is none"
        )


def _imported_from(tree: ast.Module) -> str | None:
    """Return the module that a function `inputs` is imported from, None if none is."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and any((one.asname or one.name) == "inputs" for one in node.names):
            return node.module
    return None


def _assigned(tree: ast.Module) -> str | None:
    """Return the name of the function that `inputs` is another name of, None if it is of none."""
    named = [
        value for name, value in bindings(tree) if name == "inputs" and isinstance(value, ast.Name | ast.Attribute)
    ]
    return ast.unparse(named[-1]) if named else None


def _imported(tree: ast.Module) -> list[str]:
    """Return the names that are imported and may be those of implementations: the file itself uses none of them."""
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    nodes = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module != "__future__"]
    names = [one.asname or one.name for node in nodes for one in node.names]
    return [name for name in names if counts(name) and name not in CONTRACT | used and name != "*"]


def _listed(names: Sequence[str]) -> str:
    """Return the first names, with their verb."""
    names = names[:3]
    if not names:
        return "the functions are"
    return f"{names[0]} is" if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]} are"


def _example(tree: ast.Module, functions: Sequence[Function]) -> tuple[str, ...]:
    """Return a function `inputs` that makes an array for each argument that the first implementation needs."""
    imported = [alias for node in tree.body if isinstance(node, ast.Import) for alias in node.names]
    numpy = next((one.asname for one in imported if one.name == "numpy" and one.asname), "numpy")
    arguments = functions[0].needed if functions else ("x",)
    values = ", ".join([f"{numpy}.random.RandomState(seed).rand(n)"] * max(1, len(arguments)))
    return ("def inputs(n=1_000, *, seed):", f"    return {values}  # {', '.join(arguments) or 'the arguments'}")
