"""What an implementation is written in, as the source that a run holds tells: how long it is, and what it needs. Pure.

Nothing is imported or run: Python is parsed, of other languages the name of the file says which one it is. A run that
holds no sources, or a source that cannot be parsed, tells nothing.
"""

import ast
import io
import re
import symtable
import sys
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from posixpath import dirname, join, splitext

from msgspec import Struct

from ..problems.literals import is_for_main, literals

#: Ending of a file -> the language that a compiler or another program has to know.
_LANGUAGES: Mapping[str, str] = {
    **dict.fromkeys((".c", ".h"), "C"),
    **dict.fromkeys((".cc", ".cpp", ".cxx", ".hpp", ".hh"), "C++"),
    **dict.fromkeys((".f", ".f90", ".f95", ".f03"), "Fortran"),
    **dict.fromkeys((".pyx", ".pxd"), "Cython"),
    ".cu": "CUDA",
    ".rs": "Rust",
    ".jl": "Julia",
    ".m": "Octave",
}

#: Language -> how a line begins that is a comment alone; of others as in C.
_COMMENTS: Mapping[str, tuple[str, ...]] = {
    "Fortran": ("!",),
    "Julia": ("#",),
    "Octave": ("%", "#"),
    "Cython": ("#",),
}
_C_COMMENTS = ("//",)
_BLOCK_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)

#: What of the standard library leads out of Python, and what is said to be needed then.
_WAYS_OUT: Mapping[str, str] = {"ctypes": "compiled code", "subprocess": "another program"}

#: What the plainest implementations may use: what is written with this alone needs neither compiler nor more libraries.
_PLAIN = frozenset({"numpy"})

#: What NumPy is called where the text is a function's, without the import.
_NUMPY = frozenset({"np", "numpy"})

#: What returns a list.
_LISTING = frozenset({"list", "sorted", "tolist"})

#: What of a module is no code.
_NO_CODE = frozenset(
    {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
)


class SourceFacts(Struct, frozen=True, kw_only=True):
    """What the source of one implementation tells."""

    lines: int
    """Lines of code: no empty ones, no comments, no docstrings."""
    numpy: bool
    """Whether it uses NumPy."""
    needs: tuple[str, ...]
    """Languages and libraries beyond Python and NumPy, as ``numba`` or ``C``; empty where it needs none."""
    complete: bool
    """Whether all that it is made of was seen: not where it imports a file that is not its own."""
    lists: frozenset[str] = frozenset()
    """Names of variables and attributes that it makes lists of Python."""

    @property
    def plain(self) -> bool:
        """Whether it is known to be written in Python and NumPy alone."""
        return self.complete and not self.needs


def source_facts(name: str, files: Mapping[str, str]) -> SourceFacts | None:
    """Return what the source of an implementation tells; None where there is none, or it cannot be parsed.

    Parameters
    ----------
    name
        Of the implementation: of a module that has a function of this name, and no ``prepare``, only what that function
        uses counts.
    files
        File, relative to the problem's folder -> its text.
    """
    kinds = {file: splitext(file)[1].lower() for file in files}
    try:
        modules = {file: _Module(files[file], name) for file, kind in kinds.items() if kind == ".py"}
    except (SyntaxError, ValueError, RecursionError):
        return None
    foreign = {file: _LANGUAGES[kind] for file, kind in kinds.items() if kind in _LANGUAGES}
    if not modules and not foreign:
        return None
    imported = {found for module in modules.values() for found in module.imported}
    required = {found for module in modules.values() for found in module.required}
    others = _outside(imported) or _outside(required)
    ways = () if foreign or others else tuple(_WAYS_OUT[found] for found in sorted(imported & _WAYS_OUT.keys()))
    return SourceFacts(
        lines=sum(module.lines for module in modules.values())
        + sum(_foreign_lines(files[file], language) for file, language in foreign.items()),
        numpy="numpy" in imported,
        needs=(*dict.fromkeys(foreign.values()), *others, *ways),
        complete=all(_is_among(files, file, found) for file, one in modules.items() for found in one.relative),
        lists=frozenset(found for module in modules.values() for found in module.lists),
    )


def _outside(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(name for name in names if name not in sys.stdlib_module_names and name not in _PLAIN))


def _is_among(files: Iterable[str], file: str, module: str) -> bool:
    """Return whether a module that a file imports by dots is among the files, or is the problem's own."""
    stem = module.lstrip(".")
    place = dirname(file)
    for _dot in range(len(module) - len(stem) - 1):
        place = dirname(place)
    found = join(place, *stem.split("."))
    return stem == "problem" or not {f"{found}.py", f"{found}/__init__.py"}.isdisjoint(files)


class _Module:
    """A file of Python: how long it is and what it imports, as far as an implementation uses it."""

    def __init__(self, text: str, name: str) -> None:
        tree = ast.parse(text)
        outer = {one.get_name(): _outer(one) for one in symtable.symtable(text, "", "exec").get_children()}
        used = _used(tree, name, outer)
        inputs = _used(tree, "inputs", outer)
        given = used if tree.body in (used, inputs) else [*used, *inputs]  # arrays bring their library with them
        nodes = [node for statement in given for node in ast.walk(statement)]
        imports = [node for node in nodes if isinstance(node, ast.Import)]
        froms = [node for node in nodes if isinstance(node, ast.ImportFrom)]
        self.imported = {alias.name.partition(".")[0] for node in imports for alias in node.names}
        self.imported |= {(node.module or "").partition(".")[0] for node in froms if node.level == 0}
        if not _NUMPY.isdisjoint(_unbound(tree, outer)):
            self.imported.add("numpy")
        self.relative = {
            "." * node.level + module
            for node in froms
            if node.level
            for module in ([node.module] if node.module else [alias.name for alias in node.names])
        }
        required = literals(tree).get("REQUIRES", ()) if used is tree.body else ()
        self.required = {re.split(r"[^\w.-]", str(one))[0] for one in _several(required)}
        self.lines = _lines_of(text, used)
        self.lists = {name for node in nodes for name in _lists(node)}


def _lists(node: ast.AST) -> Iterator[str]:
    """Yield the names that a statement makes lists: ``a = []``, ``a: list = list(b)``, ``self.a = sorted(b)``."""
    if not isinstance(node, ast.Assign | ast.AnnAssign):
        return
    made, targets = node.value, node.targets if isinstance(node, ast.Assign) else [node.target]
    by_call = isinstance(made, ast.Call) and name_of(made.func) in _LISTING
    if by_call or isinstance(made, ast.List | ast.ListComp):
        yield from filter(None, map(name_of, targets))


def name_of(node: ast.AST) -> str:
    """Return the name of a variable or an attribute; empty of anything else."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _several(value: object) -> Iterable[object]:
    return value if isinstance(value, tuple | list | set) else (value,)


def _outer(scope: symtable.SymbolTable) -> set[str]:
    """Return the names that a function or class looks up in its module, within functions in it too."""
    own = {one.get_name() for one in scope.get_symbols() if one.is_global() or scope.get_type() == "class"}
    return own.union(*map(_outer, scope.get_children()))


def _unbound(tree: ast.Module, outer: Mapping[str, set[str]]) -> set[str]:
    """Return the names that functions look up and nothing binds: all imports, where the text is a function alone."""
    return set[str]().union(*outer.values()) - {name for statement in tree.body for name in _bound(statement)}


def _used(tree: ast.Module, name: str, outer: Mapping[str, set[str]]) -> list[ast.stmt]:
    """Return the statements of a module that count: all, or where one function is the implementation what that uses."""
    bound: dict[str, list[ast.stmt]] = {}
    for statement in tree.body:
        for each in () if is_for_main(statement) else _bound(statement):
            bound.setdefault(each, []).append(statement)
    if "prepare" in bound or not any(isinstance(one, ast.FunctionDef) for one in bound.get(name, ())):
        return tree.body
    todo, seen, kept = [name], {name}, list[ast.stmt]()
    while todo:
        for statement in bound.get(todo.pop(), ()):
            kept.append(statement)
            new = _looked_up(statement, outer) - seen
            seen |= new
            todo += new
    return kept


def _looked_up(statement: ast.stmt, outer: Mapping[str, set[str]]) -> set[str]:
    """Return the names of its module that a statement may look up: of a function no local ones."""
    nodes: list[ast.AST] = [statement]
    found = set[str]()
    if isinstance(statement, ast.FunctionDef):
        nodes, found = [statement.args, *statement.decorator_list], outer.get(statement.name, found)
    return found | {node.id for one in nodes for node in ast.walk(one) if isinstance(node, ast.Name)}


def _bound(statement: ast.stmt) -> Iterable[str]:
    """Return the names that a statement of a module binds."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name.partition(".")[0] for alias in statement.names}
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _lines_of(text: str, statements: Iterable[ast.stmt]) -> int:
    """Return how many lines of code some statements of a module have."""
    kept: set[int] = set()
    for statement in statements:
        kept.update(_span(statement))
        for node in ast.walk(statement):
            if (
                isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                kept.difference_update(_span(node))
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    code = {
        line
        for token in tokens
        if token.type not in _NO_CODE
        for line in range(token.start[0], token.end[0] + 1)
    }  # fmt: skip
    return len(code & kept)


def _span(node: ast.stmt) -> range:
    """Return the lines of a statement, with those of its decorators."""
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
    return range(first, (node.end_lineno or first) + 1)


def _foreign_lines(text: str, language: str) -> int:
    lines = (line.strip() for line in _BLOCK_COMMENT.sub("", text).splitlines())
    return sum(bool(line) and not line.startswith(_COMMENTS.get(language, _C_COMMENTS)) for line in lines)
