"""Write a working start: a small problem with two implementations, in one file or a folder, or one more of them."""

import ast
import json
import os
import shlex
import shutil
from codecs import BOM_UTF8
from collections.abc import Iterable
from keyword import iskeyword
from pathlib import Path
from typing import Literal

from msgspec.structs import replace

from ...errors import Exit, ImplbenchError, unknown
from ...problems import implementation, problem
from ...problems.functions import counts
from ...problems.implementation import Implementation
from ...report import terminal
from ..options import Options

#: Whole problems, copied as they are: one in a folder, and one that is a file.
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
FOLDER, ONE_FILE = TEMPLATES / "folder", TEMPLATES / "one_file.py"

#: What a module tells of an implementation beside its literal constants.
FUNCTIONS = ("prepare", "unavailable", "unsupported")

DOCSTRING = '''\
"""{title}: so far the same as {baseline}.

{change}; the first line of this text is its title in every table.
"""'''


class NewOptions(Options, frozen=True, kw_only=True):
    """What `implbench new` can be told."""

    kind: Literal["problem", "impl"]
    name: str
    problem: str = ""
    """Of which one more implementation is written."""
    into: str | None = None
    folder: bool = False
    """Whether the problem is to be a folder; else it is one file."""


def command(options: NewOptions) -> int:
    """Do `implbench new`; see `parser`."""
    if options.kind == "problem":
        options = _without_suffix(options)
    _require_name(options.name)
    try:
        written, words = _problem(options) if options.kind == "problem" else _implementation(options)
    except OSError as error:
        raise ImplbenchError(f"{options.name}: cannot be written: {error}") from error
    following = [shlex.join(["implbench", does, *words]) for does in ("check", "run")]
    if options.json:
        print(json.dumps({"written": [_shown(file) for file in written], "next": following}, indent=2))
        return Exit.FINE
    for file in written:
        terminal.say(f"written: {_shown(file)}")
    terminal.say("next:")
    for line in following:
        terminal.say(f"  {line}")
    return Exit.FINE


def _without_suffix(options: NewOptions) -> NewOptions:
    """Return the options with the name of a problem for that of its file, ``rows.py``, which may lie elsewhere."""
    file = Path(options.name)
    if file.suffix != ".py":
        return options
    if options.folder:
        raise ImplbenchError(f"{options.name} is a file, and --folder asks for a folder: leave out one of the two")
    return replace(options, name=file.stem, into=str(Path(options.into or ".") / file.parent))


def _require_name(name: str) -> None:
    """Raise ImplbenchError for a name that no implementation can have; a problem's is of the same kind."""
    if not name.isidentifier() or not counts(name) or iskeyword(name) or name == "problem":
        raise ImplbenchError(
            f"found {name!r} as the name, expected a Python identifier such as fast_rows: no keyword, not problem or "
            "conftest, and without _ or test_ in front"
        )


def _problem(options: NewOptions) -> tuple[list[Path], list[str]]:
    """Write the example, and return its files and what `check` and `run` are to be told."""
    if options.name in problem.available():
        raise ImplbenchError(f"there is a problem {options.name} already (see: implbench list); take another name")
    folder = Path(options.into or ".") / options.name
    file = folder.with_name(f"{options.name}.py")
    _require_free([folder, file])
    if not options.folder:
        file.parent.mkdir(parents=True, exist_ok=True)
        return [Path(shutil.copyfile(ONE_FILE, file))], [_shown(file)]
    folder.mkdir(parents=True)
    written = [Path(shutil.copyfile(one, folder / one.name)) for one in sorted(FOLDER.glob("*.py"))]
    return written, [_shown(folder)]


def _implementation(options: NewOptions) -> tuple[list[Path], list[str]]:
    """Write one more implementation, and return its file and what `check` and `run` are to be told."""
    found = problem.find(options.problem)
    if found.origin is not None:
        raise ImplbenchError(
            f"{found.origin} is of a collection: write {options.name}.py, and name it behind that in run"
        )
    if found.is_one_file:
        raise ImplbenchError(
            f"{options.problem} is one file: write the function {options.name} in it, and it is an implementation"
        )
    implementations = implementation.found(found)
    if found.baseline not in implementations:
        raise unknown(f"BASELINE of {found.name}", found.baseline, implementations)
    source = _start(options.name, implementations[found.baseline])
    _require_free([found.folder / f"{options.name}.py", found.folder / options.name])
    if options.into is None:
        _require_own(found.folder)
        copied, folder, told = [], found.folder, options.problem
    else:
        folder = _copy(found.folder, Path(options.into))
        copied, told = [folder], _shown(folder)
    file = folder / f"{options.name}.py"
    file.write_bytes(source)
    return [*copied, file], [told, "--impl", options.name]


def _copy(problem_folder: Path, into: Path) -> Path:
    """Copy a problem, and return the copy's folder."""
    folder = into / problem_folder.name
    _require_free([folder])
    if folder.resolve().is_relative_to(problem_folder):
        raise ImplbenchError(f"--into {into}: lies in the problem's own folder; choose one outside it")
    shutil.copytree(problem_folder, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def _require_free(paths: Iterable[Path]) -> None:
    for path in paths:
        if path.exists() or path.is_symlink():
            raise ImplbenchError(f"{_shown(path)}: is there already and is not overwritten; take another name")


def _require_own(folder: Path) -> None:
    """Raise ImplbenchError for a folder whose new files the next upgrade of a package would leave behind or delete."""
    if not {"site-packages", "dist-packages"}.isdisjoint(folder.parts):
        raise ImplbenchError(
            f"{folder}: belongs to an installed package; add --into FOLDER, and a copy of the problem is made there"
        )


def _start(name: str, baseline: Implementation) -> bytes:
    """Return the source of an implementation that does what the baseline does.

    Raises
    ------
    ImplbenchError
        If the baseline cannot be loaded.
    """
    if baseline.broken:
        raise ImplbenchError(f"the baseline {baseline.name} cannot be copied: {baseline.broken}")
    title = name.replace("_", " ").strip().capitalize()
    source = baseline.file.read_bytes().removeprefix(BOM_UTF8)
    if baseline.file.name == "__init__.py":
        change = "Write your own prepare(inputs) in the place of the imported one"
        return _importing(DOCSTRING.format(title=title, baseline=baseline.name, change=change), source, baseline)
    change = "Change what step() does"
    return _retitled(DOCSTRING.format(title=title, baseline=baseline.name, change=change), source)


def _retitled(docstring: str, source: bytes) -> bytes:
    """Return the source with another docstring; all else stays, byte for byte."""
    tree = ast.parse(source)
    if ast.get_docstring(tree, clean=False) is None:
        return f"{docstring}\n\n".encode() + source
    old = tree.body[0]
    lines = source.splitlines(keepends=True)
    end = old.end_lineno or old.lineno
    return b"".join([*lines[: old.lineno - 1], docstring.encode(), lines[end - 1][old.end_col_offset :], *lines[end:]])


def _importing(docstring: str, source: bytes, baseline: Implementation) -> bytes:
    """Return the source of a module that takes over what the baseline, a folder, gives."""
    given: set[str] = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            given.add(node.name)
        elif isinstance(node, ast.ImportFrom):
            given.update(alias.asname or alias.name for alias in node.names)
    names = ", ".join(name for name in FUNCTIONS if name in given)
    required = ", ".join(map(json.dumps, baseline.requires)) + "," * (len(baseline.requires) == 1)
    constants = f"REQUIRES = ({required})\n" + "COPIES_INPUTS = True\n" * baseline.copies_inputs
    return f"{docstring}\n\nfrom .{baseline.name} import {names}  # noqa: F401\n\n{constants}".encode()


def _shown(path: Path) -> str:
    """Return the path from here, and never a bare name, which could be that of a bundled problem."""
    absolute, here = path.absolute(), Path.cwd()
    return f".{os.sep}{absolute.relative_to(here)}" if absolute.is_relative_to(here) else str(path)
