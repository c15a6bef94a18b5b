"""What the text of a module says without being run: its docstring, and the names that are bound to a constant."""

import ast
import operator
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from .. import reading
from ..errors import ImplbenchError
from ..text import speakable

#: A larger file is no Python source that somebody wrote.
LARGEST_SOURCE = 16 * 2**20

_OPERATORS: Mapping[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Pow: operator.pow,
    ast.LShift: operator.lshift,
}

_COLLECTIONS: Mapping[type[ast.expr], Callable[..., Any]] = {ast.Tuple: tuple, ast.List: list, ast.Set: set}

#: What may have a docstring.
_Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef

#: No size has more bits; what has more would only take time.
_MOST_BITS = 64


def parsed(file: Path) -> ast.Module:
    """Return the syntax tree of a file; ImplbenchError if it is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they are for whoever runs it
            return ast.parse(reading.contents(file, LARGEST_SOURCE), filename=speakable(str(file)))
    except SyntaxError as error:
        where = f"line {error.lineno}: " if error.lineno else ""
        raise ImplbenchError(f"{file}: cannot be read as Python: {where}{error.msg}") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ImplbenchError(f"{file}: cannot be read as Python: {error}") from error


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield what a module may do when it is imported, within ``if``, ``try`` and ``with`` too, in the order of lines.

    What stands below ``if __name__ == "__main__"`` is not done then.
    """
    for node in body:
        match node:
            case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
                yield from statements(node.orelse)
            case ast.If():
                yield from statements([*node.body, *node.orelse])
            case ast.Try():
                handled = [one for handler in node.handlers for one in handler.body]
                yield from statements([*node.body, *handled, *node.orelse, *node.finalbody])
            case ast.With():
                yield from statements(node.body)
            case _:
                yield node


def is_for_main(node: ast.stmt) -> bool:
    """Return whether a statement is ``if __name__ == "__main__"`` without an else, which nobody who imports runs."""
    match node:
        case ast.If(
            test=ast.Compare(
                left=ast.Name(id="__name__"), ops=[ast.Eq()], comparators=[ast.Constant(value="__main__")]
            ),
            orelse=[],
        ):
            return True
    return False


def bindings(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names that are assigned at the top level of a module, and to what."""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name() as target]):
                yield target.id, node.value
            case ast.AnnAssign(target=ast.Name() as target, value=ast.expr() as value):
                yield target.id, value
            case ast.AugAssign(target=ast.Name() as target, op=op, value=value):
                yield target.id, ast.BinOp(left=ast.Name(id=target.id), op=op, right=value)


def literals(tree: ast.Module) -> dict[str, Any]:
    """Return the module-level names that are bound to a literal."""
    found: dict[str, Any] = {}
    for name, value in bindings(tree):
        try:
            found[name] = evaluated(value, found)
        except ValueError:
            found.pop(name, None)  # not a literal: not for us
    return found


def evaluated(node: ast.expr, known: Mapping[str, Any] = MappingProxyType({})) -> Any:
    """Return the value of a literal, in which whole numbers may be computed from others (``10**3``).

    Parameters
    ----------
    node
        The expression.
    known
        Names that may stand in it, and their values.

    Raises
    ------
    ValueError
        If it is something else.
    """
    try:
        return _value(node, known)
    except (TypeError, RecursionError, MemoryError, ArithmeticError) as error:
        raise ValueError("no literal") from error


def _value(node: ast.expr, known: Mapping[str, Any]) -> Any:
    found: Any
    match node:
        case ast.Constant(value=found):
            pass
        case ast.Name(id=name) if name in known:
            found = known[name]
        case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
            found = _COLLECTIONS[type(node)](_value(one, known) for one in elements)
        case ast.Dict(keys=keys, values=values):
            pairs = zip((one for one in keys if one is not None), values, strict=True)  # None stands for **more
            found = {_value(key, known): _value(value, known) for key, value in pairs}
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            found = -_value(operand, known)
        case ast.BinOp(left=left, op=op, right=right):
            found = _computed(_value(left, known), op, _value(right, known))
        case _:
            raise ValueError("no literal")
    return found


def _computed(left: Any, op: ast.operator, right: Any) -> int:
    """Return the result of an operation on whole numbers; ValueError if it is another, or the result is too large."""
    compute = _OPERATORS.get(type(op))
    if compute is None or type(left) is not int or type(right) is not int:
        raise ValueError("no literal")
    if isinstance(op, ast.Pow | ast.LShift) and not 0 <= right <= _MOST_BITS:
        raise ValueError("too large")
    result = compute(left, right)
    if result.bit_length() > _MOST_BITS:
        raise ValueError("too large")
    return result


def described(tree: _Documented, otherwise: str) -> tuple[str, str]:
    """Return the first line of the docstring, without its full stop, and the rest of it."""
    first, _, rest = (ast.get_docstring(tree) or otherwise).partition("\n")
    return first.strip().removesuffix("."), rest.strip()
