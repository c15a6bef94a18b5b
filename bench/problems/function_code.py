"""What of a file is the code of one function in it: all but the bodies of others that it cannot reach.

So a version of a file is the same code for the functions that had no part in what was edited.
"""

import ast
from collections.abc import Collection, Iterable, Iterator
from copy import copy

from .contract import CONSTANTS

#: By these a function may be reached whose name is written nowhere.
_HIDDEN = frozenset(
    {"globals", "locals", "vars", "eval", "exec", "modules", "__dict__", "__import__", "import_module", "getmembers"}
)

#: What is assigned to these names is for whoever reads the file, not for the functions.
_TOLD = frozenset({*CONSTANTS, "LADDER", "__all__"})


def without_others(tree: ast.Module, name: str, names: Collection[str]) -> ast.Module:
    """Return a module as far as one function in it may run it.

    Parameters
    ----------
    tree
        The module; it stays as it is.
    name
        The function.
    names
        Functions of which no other file knows. The body of one that is neither decorated nor named in what is left is
        left out.
    """
    if not _HIDDEN.isdisjoint(_identifiers(tree.body)):
        return tree
    others = {
        node.name: node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name in names and node.name != name and not node.decorator_list
    }
    seen = set(_identifiers(node for node in tree.body if node not in others.values() and not _is_told(node)))
    seen.update(_identifiers(node.args for node in others.values()))
    while reached := [one for one in others if one in seen]:
        seen.update(_identifiers(node for one in reached for node in others.pop(one).body))
    left_out = set(others.values())
    return ast.Module(body=[_emptied(node) if node in left_out else node for node in tree.body], type_ignores=[])


def _identifiers(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield all that may be the name of something in the nodes."""
    for node in (one for top in nodes for one in ast.walk(top)):
        yield from getattr(node, "names", ()) if isinstance(node, ast.Global) else ()
        for value in (getattr(node, field, None) for field in ("id", "attr", "name", "value")):
            if isinstance(value, str):
                yield value


def _is_told(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and all(isinstance(to, ast.Name) and to.id in _TOLD for to in node.targets)


def _emptied(node: ast.stmt) -> ast.stmt:
    """Return a function without its body."""
    empty: ast.FunctionDef = copy(node)  # type: ignore[assignment]
    empty.body = []
    return empty
