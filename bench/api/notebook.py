"""``%load_ext implbench``: the magic ``%%implbench``, which compares the functions, or else the lines, of a cell."""

import ast
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from ..errors import ImplbenchError
from ..problems.contract import CONTRACT
from ..problems.functions import counts, implementations
from ..problems.statements import function_text, names_in
from .comparing import compare
from .result import Comparison


class Shell(Protocol):
    """IPython's shell, as far as it is used here."""

    user_ns: dict[str, Any]
    """The names of the notebook."""

    def ex(self, cmd: str) -> object:
        """Run statements among the names of the notebook."""
        ...

    def ev(self, expr: str) -> Any:
        """Return the value of an expression there."""
        ...

    def register_magic_function(self, func: Any, magic_kind: str) -> object:
        """Add a magic."""
        ...


#: What the function of a line is called for a moment.
_NAME = "implbench_line"


def load_ipython_extension(shell: Shell) -> None:
    """Add the magic to a notebook: `%load_ext implbench` calls this."""

    def implbench(line: str, cell: str) -> Comparison:
        """Compare the functions that the cell defines, or its lines.

        After `%%implbench` stands what functions are called with, as in ``%%implbench x, n=3``; lines use the names of
        the notebook.
        """
        return _compared(shell, line, cell)

    shell.register_magic_function(implbench, "cell")


def _compared(shell: Shell, line: str, cell: str) -> Comparison:
    tree = ast.parse(cell)
    if not any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and counts(node.name) for node in tree.body):
        return _of_lines(shell, cell)
    found = implementations(tree, Path("the cell"))
    for one in found.values():
        if one.broken:
            raise ImplbenchError(f"{one.name} {one.broken}")
    shell.ex(cell)
    functions = {name: shell.user_ns[name] for name in found}
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    given = {name: shell.user_ns[name] for name in defined & (CONTRACT - {"inputs"})}
    if "inputs" in defined:
        return compare(functions, setup=shell.user_ns["inputs"], **given)
    args, kwargs = shell.ev(f"(lambda *args, **kwargs: (args, kwargs))({line})")
    return compare(functions, args=args, kwargs=kwargs, **given)


def _of_lines(shell: Shell, cell: str) -> Comparison:
    """Compare lines; the values of the notebook that they use are what their functions are called with."""
    lines = [line.strip() for line in cell.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    if len(lines) < 2:
        raise ImplbenchError("%%implbench compares the functions of a cell, or its lines: give two at least")
    used = sorted(name for name in set().union(*map(names_in, lines)) if _is_value(shell.user_ns.get(name)))
    values = tuple(shell.user_ns[name] for name in used)
    functions = {}
    for line in lines:
        shell.ex(function_text(_NAME, line, used))
        functions[line] = shell.user_ns.pop(_NAME)
    return compare(functions, args=values)


def _is_value(found: object) -> bool:
    return found is not None and not callable(found) and not isinstance(found, ModuleType)
