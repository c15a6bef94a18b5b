"""What a function returns and which of its arguments it overwrites, as far as it is written there. Pure."""

import ast
from collections.abc import Iterable, Iterator


def returned(function: ast.FunctionDef) -> list[str | None]:
    """Return the values of a function's last ``return``: the name of each, None where it has none; empty: nothing."""
    found = [node.value for node in _parts(function) if isinstance(node, ast.Return) and node.value is not None]
    if not found:
        return []
    values = found[-1].elts if isinstance(found[-1], ast.Tuple) else [found[-1]]
    return [value.id if isinstance(value, ast.Name) else None for value in values]


def overwritten(tree: ast.Module, function: ast.FunctionDef, seen: frozenset[str] = frozenset()) -> set[str]:
    """Return the parameters of a function whose contents it changes, itself or by a function of its module.

    Parameters
    ----------
    tree
        The module.
    function
        One of its functions.
    seen
        Names of functions that are being looked at already.
    """
    others = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    views = {one.arg: one.arg for one in function.args.args}
    found: set[str] = set()
    for node in _parts(function):
        changed: Iterable[str] = ()
        match node:
            case ast.Assign(targets=targets):
                changed = [_base(one) for one in _flat(targets) if isinstance(one, ast.Subscript)]
            case ast.AugAssign(target=target):
                changed = [_base(target)]
            case ast.keyword(arg="out", value=value):
                changed = map(_base, _flat([value]))
            case ast.Call(func=ast.Name(id=called), args=given) if called in others and called not in seen:
                parameters = [one.arg for one in others[called].args.args]
                inner = overwritten(tree, others[called], seen | {called})
                pairs = zip(parameters, map(_base, given), strict=False)
                changed = [base for parameter, base in pairs if parameter in inner]
        found |= {views[name] for name in changed if name in views}
        if isinstance(node, ast.Assign):
            _follow(views, node.targets, node.value)
    return found


def _parts(function: ast.FunctionDef) -> Iterator[ast.stmt | ast.Call | ast.keyword]:
    """Yield the statements, calls and keywords of a function, in the order in which they are done."""
    nodes = [node for node in ast.walk(function) if isinstance(node, ast.stmt | ast.Call | ast.keyword)]
    yield from sorted(nodes, key=_place)


def _place(node: ast.stmt | ast.Call | ast.keyword) -> tuple[int, int]:
    """Return where a node is done with: an assignment at its end, for what it calls comes before."""
    if isinstance(node, ast.Assign):
        return node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
    return node.lineno, node.col_offset


def _flat(nodes: Iterable[ast.expr]) -> Iterator[ast.expr]:
    """Yield expressions, those within tuples and lists one by one."""
    for node in nodes:
        if isinstance(node, ast.Tuple | ast.List):
            yield from _flat(node.elts)
        else:
            yield node


def _base(node: ast.expr) -> str:
    """Return the name that stands below subscripts and attributes; empty where it is something else."""
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _follow(views: dict[str, str], targets: Iterable[ast.expr], value: ast.expr) -> None:
    """Note which names are views of a parameter from here on, and which are something else."""
    viewed = views.get(_base(value), "")
    for target in _flat(targets):
        if isinstance(target, ast.Name):
            views.pop(target.id, None)
            if viewed:
                views[target.id] = viewed
