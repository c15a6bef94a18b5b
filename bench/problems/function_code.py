"""What of a file is the code of one function in it: all but the bodies of others that it cannot reach.

So a version of a file is the same code for the functions that had no part in what was edited.
"""

import ast
from collections.abc import Collection, Iterable, Iterator
from copy import copy

from .contract import CONSTANTS
from .literals import is_for_main

#: By these a function may be reached whose name is written nowhere.
_HIDDEN = frozenset(
    {"globals", "locals", "vars", "eval", "exec", "modules", "__dict__", "__import__", "import_module", "getmembers"}
    | {"getsource", "getsourcelines"}
)

#: What may stand in the head of a function that is defined without a trace.
_PLAIN = (ast.arguments, ast.arg, ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.expr_context)

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
        Functions of which no other file knows. One that is neither decorated nor named in what is left is left out; its
        head stays if defining it may do anything.
    """
    tree = ast.Module(body=[node for node in tree.body if not is_for_main(node)], type_ignores=[])
    if not _HIDDEN.isdisjoint(_identifiers(tree.body)):
        return tree
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    plain = {node.name for node in functions if not node.decorator_list}  # a decorator may hand on the others
    left_out = _unreached(tree, plain.intersection(names) - {name})
    kept = [node for node in tree.body if node not in left_out or not _is_plain(node.args)]
    return ast.Module(body=[_emptied(node) if node in left_out else node for node in kept], type_ignores=[])


def imports(tree: ast.Module, name: str) -> bool:
    """Return whether a module imports one of that name, or something from it."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    modules = [getattr(node, "module", None) or "" for node in found] + [
        one.name for node in found for one in node.names
    ]
    return any(name in module.split(".") for module in modules)


def text_without_others(text: str, name: str, names: Collection[str]) -> str:
    """Return the text of a module for who wants to read one function: without others that it does not name."""
    lines: list[str | None] = list(text.splitlines(keepends=True))
    tree = ast.parse(text)
    for node in (*_unreached(tree, {*names} - {name}), *filter(is_for_main, tree.body)):
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))]) - 1
        while first and lines[first - 1] is not None and not (lines[first - 1] or "").strip():
            first -= 1  # and the empty lines above it
        lines[first : node.end_lineno] = [None] * ((node.end_lineno or first) - first)
    return "".join(line for line in lines if line is not None)


def _unreached(tree: ast.Module, names: Collection[str]) -> set[ast.FunctionDef]:
    """Return which of the functions of these names are not named in the rest, nor in each other as far as reached."""
    others = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in names}
    rest = (node for node in tree.body if node not in others.values() and not _is_told(node) and not is_for_main(node))
    seen = set(_identifiers(rest))
    seen.update(_identifiers(one for node in others.values() for one in (node.args, *node.decorator_list)))
    while reached := [one for one in others if one in seen]:
        seen.update(_identifiers(node for one in reached for node in others.pop(one).body))
    return set(others.values())


def _identifiers(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield all that may be the name of something in the nodes."""
    for node in (one for top in nodes for one in ast.walk(top)):
        yield from getattr(node, "names", ()) if isinstance(node, ast.Global) else ()
        for value in (getattr(node, field, None) for field in ("id", "attr", "name", "value")):
            if isinstance(value, str):
                yield value


def _is_told(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and all(isinstance(to, ast.Name) and to.id in _TOLD for to in node.targets)


def _is_plain(head: ast.arguments) -> bool:
    return all(isinstance(node, _PLAIN) for node in ast.walk(head))


def _emptied(node: ast.stmt) -> ast.stmt:
    """Return a function without its body."""
    empty: ast.FunctionDef = copy(node)  # type: ignore[assignment]
    empty.body = []
    return empty
