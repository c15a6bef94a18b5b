"""What a file says of its functions without being run: which are implementations, and what `inputs` is called with."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from ..errors import ImplbenchError
from .contract import CONTRACT, OFFERED
from .literals import bindings, described, evaluated, literals, statements

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def counts(name: str) -> bool:
    """Return whether a module or function of that name is meant as an implementation, not something beside them."""
    return not name.startswith(("_", ".", "test_")) and name != "conftest"


class Function(Struct, frozen=True, kw_only=True):
    """A function that is an implementation, as its file tells."""

    name: str
    title: str
    arguments: tuple[str, ...] = ()
    """Names of its parameters, as far as they take arguments by place."""
    needed: tuple[str, ...] = ()
    """Those of them that have no default."""
    broken: str | None = None
    """Why it cannot be one, if so."""
    file: Path | None = None
    """Where it is written, if not in the problem's own file."""
    requires: tuple[str, ...] = ()
    """Distributions that it needs, where not everybody has them."""
    unsupported: str | None = None
    """Why it is passed over, if so."""


def implementations(tree: ast.Module, file: Path) -> dict[str, Function]:
    """Return name -> function for each that a file defines and means as an implementation, in the order of lines.

    These are the public functions and lambdas; or, where there is an ``__all__``, what that names, be it imported, in
    the order in which it does.

    Raises
    ------
    ImplbenchError
        If ``__all__`` is no literal list of names, or has one that nothing in the file has.
    """
    named = _exported(tree, file)
    found: dict[str, Function] = {}
    for name, node in _bound(tree):
        wanted = name in named if named is not None else counts(name) and node is not None
        if wanted and name not in CONTRACT:
            found[name] = _described(name, node, file)
    if named is None:
        return found
    unbound = [name for name in named if name not in found and name not in CONTRACT]
    if unbound and not any(name == "*" for name, _ in _bound(tree)):
        raise ImplbenchError(f"{file}: __all__ names {unbound[0]}, which the file neither defines nor imports")
    return {name: found.get(name, Function(name=name, title=name)) for name in named if name not in CONTRACT}


def unnoticed(tree: ast.Module, file: Path) -> list[str]:
    """Return the names of what is made of functions by calls, as by ``jit(f)``, and is no implementation."""
    if _exported(tree, file) is not None:
        return []
    functions = {name for name, node in _bound(tree) if node is not None}
    return [
        name
        for name, value in bindings(tree)
        if isinstance(value, ast.Call) and counts(name) and not name.isupper() and name not in CONTRACT
        if any(isinstance(one, ast.Name) and one.id in functions for one in ast.walk(value))
    ]


def _exported(tree: ast.Module, file: Path) -> tuple[str, ...] | None:
    """Return the names in ``__all__``, None where there is none."""
    bound = {name for node in statements(tree.body) for name in _targets(node)}
    if "__all__" not in bound:
        return None
    names = literals(tree).get("__all__")
    if not isinstance(names, list | tuple) or not all(isinstance(one, str) for one in names):
        raise ImplbenchError(f'{file}: __all__ must be one literal list of names, as in ["loop", "fast"]')
    return tuple(names)


def _bound(tree: ast.Module) -> Iterator[tuple[str, _Function | None]]:
    """Yield each name that a module binds, and the function that is written there, None where it is something else."""
    for node in statements(tree.body):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node.name, node
            case ast.Import() | ast.ImportFrom():
                yield from ((alias.asname or alias.name, None) for alias in node.names)
            case _:
                value = getattr(node, "value", None)
                yield from ((name, value if isinstance(value, ast.Lambda) else None) for name in _targets(node))


def _targets(node: ast.stmt) -> list[str]:
    """Return the names that a statement assigns to, but for those within tuples."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _described(name: str, node: _Function | None, file: Path) -> Function:
    if node is None:
        return Function(name=name, title=name)
    title = name if isinstance(node, ast.Lambda) else described(node, name)[0]
    arguments = tuple(one.arg for one in (*node.args.posonlyargs, *node.args.args))
    needed = arguments[: len(arguments) - len(node.args.defaults)]
    broken = None
    if isinstance(node, ast.AsyncFunctionDef):
        broken = (
            f"is an async function ({file.name}, line {node.lineno}): it has computed nothing when it returns; "
            f"compare a plain function that runs it, as in asyncio.run({name}(...))"
        )
    return Function(name=name, title=title, arguments=arguments, needed=needed, broken=broken)


class Signature(Struct, frozen=True, kw_only=True):
    """What `inputs` takes."""

    sizes: Mapping[str, int]
    """The parameters that are whole numbers, each with its default."""
    lacking: tuple[str, ...]
    """Parameters that have no default and are not offered."""
    offered: frozenset[str]
    """What it takes of that which is offered."""
    data: str | None
    """Its usual kind of data, where it names one."""

    @property
    def says_sizes(self) -> bool:
        """Whether all that it takes is known from here."""
        return not self.lacking

    @property
    def is_telling(self) -> bool:
        """Whether no other function is likely to look like this: it takes sizes, or a seed, and nothing unknown."""
        return self.says_sizes and bool(self.sizes or "seed" in self.offered)


def function_named(tree: ast.Module, name: str) -> ast.FunctionDef | None:
    """Return the function of that name that a module defines; the last where there are several."""
    found = [node for node in statements(tree.body) if isinstance(node, ast.FunctionDef) and node.name == name]
    return found[-1] if found else None


def signature(function: ast.FunctionDef, tree: ast.Module, file: Path) -> Signature:
    """Return what a function `inputs` takes.

    Parameters
    ----------
    function
        As it is written.
    tree, file
        Where; a default may be a constant of the module.

    Raises
    ------
    ImplbenchError
        If it cannot be called by names, or the default of a size cannot be told.
    """
    arguments = function.args
    if arguments.posonlyargs or arguments.vararg:
        culprit = "/" if arguments.posonlyargs else f"*{getattr(arguments.vararg, 'arg', '')}"
        raise ImplbenchError(
            f"{_place(file, function)}: inputs() is called by the names of its parameters: leave out the {culprit}"
        )
    known, found = literals(tree), {}
    for name, default in _defaults(arguments):
        try:
            found[name] = evaluated(default, known)
        except ValueError:
            if name not in OFFERED:
                raise ImplbenchError(
                    f"{_place(file, default)}: the default of {name} in inputs() is no literal; a size is read without "
                    "running the file: write a whole number, as 1_000 or 10**3"
                ) from None
    names = [one.arg for one in (*arguments.args, *arguments.kwonlyargs)]
    with_default = {name for name, _ in _defaults(arguments)}
    data = found.get("data")
    return Signature(
        sizes={name: found[name] for name in names if name not in OFFERED and type(found.get(name)) is int},
        lacking=tuple(name for name in names if name not in with_default and name not in OFFERED),
        offered=frozenset(names).intersection(OFFERED),
        data=data if isinstance(data, str) else None,
    )


def _defaults(arguments: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    """Yield the parameters that have a default, and that."""
    last = arguments.args[len(arguments.args) - len(arguments.defaults) :]
    yield from zip((one.arg for one in last), arguments.defaults, strict=True)
    for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is not None:
            yield one.arg, default


def _place(file: Path, node: ast.expr | ast.FunctionDef) -> str:
    return f"{file}, line {node.lineno}"
