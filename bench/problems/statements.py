"""Statements, as `python -m timeit` takes them, into the file of a problem. Pure: nothing is run.

    implbench time -s "import numpy as np; x = np.random.rand(1000)" "(x * x).sum()" "x @ x"

becomes

    import numpy as np
    ...

    def inputs(*, seed):
        _seed(seed)
        x = np.random.rand(1000)
        return (x,)

    def statement_1(x):
        return (x * x).sum()

    def statement_2(x):
        return x @ x

So all statements compute with the same numbers, random ones too, and leave them alone, or that is seen.
"""

import ast
import symtable
from collections.abc import Iterable, Sequence

from ..errors import ImplbenchError

#: Has random numbers drawn by the setup depend on the seed.
_SEEDED = """
def _seed(seed):
    import random
    import sys
    random.seed(seed)
    if 'numpy' in sys.modules:
        sys.modules['numpy'].random.seed(seed)
"""

#: What of a setup is found by its name, wherever it stands; all else makes values.
_DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

#: What belongs in a function of one's own.
_MISPLACED = (ast.Return, ast.Yield, ast.YieldFrom, ast.Await, ast.AsyncFor, ast.AsyncWith)


def module_text(statements: Sequence[str], setup: str = "") -> str:
    """Return the text of a problem in one file, with a function for each statement, in their order.

    Parameters
    ----------
    statements
        What is compared: a function returns the value of its last expression, or of the last name that it binds.
    setup
        What is done before, once. Its imports and definitions are the module's; what else it binds, and a statement
        uses, is what all functions are called with.

    Raises
    ------
    ImplbenchError
        If there is no statement, one is no Python, or would end its function; or if a function that the setup defines
        uses a value that it makes, which would not be the one that is checked.
    """
    if not statements:
        raise ImplbenchError('nothing to time; give statements, as in: implbench time -s "x = 3" "x * x" "x ** 2"')
    before = _parsed(setup, "the setup")
    bodies = [_parsed(text, f"statement {place}") for place, text in enumerate(statements, start=1)]
    definitions: list[ast.stmt] = [node for node in before if isinstance(node, _DEFINITIONS)]
    making = [node for node in before if not isinstance(node, _DEFINITIONS)]
    made = _bound(making)
    _require_apart(definitions, made)
    arguments = [name for name in made if any(name in _used(body) for body in bodies)]
    returned = ast.Return(ast.Tuple([ast.Name(name) for name in arguments], ast.Load()))
    inputs = _function("inputs", (), [*ast.parse("_seed(seed)").body, *making, returned])
    inputs.args.kwonlyargs, inputs.args.kw_defaults = [ast.arg("seed")], [None]
    module = [*definitions, *ast.parse(_SEEDED).body, inputs]
    for place, text in enumerate(statements, start=1):
        module.append(_stated(f"statement_{place}", arguments, text))
    return _text(module)


def function_text(name: str, text: str, arguments: Sequence[str]) -> str:
    """Return the text of a function that returns what a statement computes; ImplbenchError if it is no Python."""
    return _text([_stated(name, arguments, text)])


def names_in(text: str) -> set[str]:
    """Return the names that a statement uses; ImplbenchError if it is no Python."""
    return _used(_parsed(text, f"the line {text.strip()!r}"))


def _stated(name: str, arguments: Sequence[str], text: str) -> ast.stmt:
    title = ast.Expr(ast.Constant(" ".join(text.split())))
    return _function(name, arguments, [title, *_returning(_parsed(text, name))])


def _text(module: list[ast.stmt]) -> str:
    return ast.unparse(ast.fix_missing_locations(ast.Module(module, [])))


def _parsed(text: str, what: str) -> list[ast.stmt]:
    """Return the statements in a text."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError) as error:
        said = f"{error.msg}: {(error.text or text).strip()}" if isinstance(error, SyntaxError) else str(error)
        raise ImplbenchError(f"{what} is no Python: {said}") from error
    for node in _own(body):
        if isinstance(node, _MISPLACED):
            raise ImplbenchError(f"{what} has a {type(node).__name__.lower()} outside of a function: {text.strip()}")
    return body


def _own(body: Iterable[ast.AST]) -> Iterable[ast.AST]:
    """Yield the nodes below some, but for those within functions and classes that are defined there."""
    for node in body:
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield from _own(ast.iter_child_nodes(node))


def _function(name: str, arguments: Sequence[str], body: list[ast.stmt]) -> ast.FunctionDef:
    taken = ast.arguments([], [ast.arg(one) for one in arguments], None, [], [], None, [])
    return ast.FunctionDef(name, taken, body, [])


def _returning(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return statements that end by returning what the last of them computes, if it does."""
    match body:
        case [*_, ast.Expr(value)]:
            return [*body[:-1], ast.Return(value)]
        case [*_, ast.Assign([ast.Name(name)]) | ast.AugAssign(ast.Name(name)) | ast.AnnAssign(ast.Name(name))]:
            return [*body, ast.Return(ast.Name(name))]
    return body or [ast.Pass()]


class _AsGenerators(ast.NodeTransformer):
    """Comprehensions as generators: from Python 3.12 on, only those keep their own symbols to themselves."""

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp) -> ast.AST:
        return self.generic_visit(ast.GeneratorExp(node.elt, node.generators))

    visit_SetComp = visit_ListComp  # noqa: N815

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        return self.generic_visit(ast.GeneratorExp(ast.Tuple([node.key, node.value], ast.Load()), node.generators))


def _table(body: list[ast.stmt]) -> symtable.SymbolTable:
    """Return the symbols of statements, were they a function's."""
    text = _text([_function("_", (), body or [ast.Pass()])])
    plain = ast.unparse(ast.fix_missing_locations(_AsGenerators().visit(ast.parse(text))))
    return symtable.symtable(plain, "statements", "exec").get_children()[0]


def _bound(body: list[ast.stmt]) -> list[str]:
    """Return the names that statements bind, in the order in which they are met."""
    return [symbol.get_name() for symbol in _table(body).get_symbols() if symbol.is_local()]


def _used(body: list[ast.stmt]) -> set[str]:
    """Return the names that statements use, those of functions within them that come from outside too."""
    return {symbol.get_name() for symbol in _table(body).get_symbols()} | _from_outside(_table(body))


def _from_outside(table: symtable.SymbolTable) -> set[str]:
    names = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
    return names.union(*map(_from_outside, table.get_children()))


def _require_apart(definitions: list[ast.stmt], made: Sequence[str]) -> None:
    """Raise ImplbenchError for a function of the setup that uses a value which the setup makes."""
    for node in definitions:
        shared = [name for name in made if name in _from_outside(_table([node]))]
        if shared and not isinstance(node, ast.Import | ast.ImportFrom):
            name = getattr(node, "name", "a function")
            raise ImplbenchError(f"the setup's {name} uses {shared[0]}, which it makes: pass {shared[0]} to it")
