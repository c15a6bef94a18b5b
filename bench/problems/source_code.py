"""The code of a problem and its implementations: its text for those who read the results later, and what counts in it.

Two versions are the same code if they differ only in what a reader alone sees.
"""

import ast
import hashlib
import os
import re
import tokenize
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from io import BytesIO
from pathlib import Path

from .. import reading
from ..text import speakable
from .contract import CONTRACT
from .files import path_from
from .function_code import imports, text_without_others, without_others
from .implementation import Implementation
from .literals import LARGEST_SOURCE, parsed
from .problem import Problem

_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)

#: Comments that a compiler reads: ``#pythran export f(int)``, ``# cython: cdivision=True``, ``#omp parallel for``.
_DIRECTIVE = re.compile(r"#+[ \t]*(cimport|cppimport|cython|distutils|mypyc|numba|omp|pythran|tag|transonic|type)\b")

#: A module with these in it may do something with what a docstring says; the last are a parser's rules (PLY).
_READS_DOCSTRINGS = re.compile(r"\b__doc__\b|\bgetdoc\b|\bdef [pt]_")


def digests(problem: Problem, implementations: Mapping[str, Implementation]) -> dict[str, str]:
    """Return implementation -> SHA-256 of what a problem's folder has of it.

    That is its own file or folder, and every file of the problem's folder that belongs to no implementation; of a
    function in a file all of that but the bodies of functions that it cannot reach, and what the file imports from
    beside it. What of Python files counts is as in `differences`; of other files every byte does.
    """
    if problem.shares_a_file:
        return _digests_of_functions(problem, list(implementations))
    shared = _shared_files(problem, implementations)
    return {name: _digest(problem.folder, _contents([*shared, *one.files])) for name, one in implementations.items()}


def _digests_of_functions(problem: Problem, names: Sequence[str]) -> dict[str, str]:
    """Return function -> digest; one that a file beside theirs mentions is taken for reached."""
    beside = [file for file in problem.files if file != problem.file]
    mentioned = {word for file in beside for word in re.findall(rb"\w+", file.read_bytes())}
    tree = parsed(problem.file)
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    known = imports(tree, problem.module)  # by what it imports of itself it may reach any of them
    apart = [name for name in functions - CONTRACT if name.encode() not in mentioned and not known]

    def digest(name: str) -> str:
        content = _content(problem.file, partial(without_others, name=name, names=apart))
        return _digest(problem.folder, [*_contents(beside), (problem.file, content)])

    return {name: digest(name) for name in names}


def shared_digest(problem: Problem, implementations: Mapping[str, Implementation]) -> str:
    """Return the SHA-256 of what all implementations share: the problem, and what lies beside it."""
    return _digest(problem.folder, _contents(_shared_files(problem, implementations)))


def differences(base: Path, head: Path) -> frozenset[str]:
    """Return the paths of the files and links that differ between two folders, or are in one alone; of two files ``.``.

    Of Python files neither comments, but for those that a compiler reads, nor blank lines count, nor docstrings, where
    the file makes no use of them; nor do bytecode and empty folders.
    """
    before, after = (dict(_listed(folder)) for folder in (base, head))
    return frozenset(
        name
        for name in before.keys() | after.keys()
        if name not in before or name not in after or not _are_alike(before[name], after[name])
    )


def _listed(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield path from the folder, and file or link; of a file ``.`` and itself."""
    if folder.is_file():
        yield ".", folder
    for at, folders, files in os.walk(folder):
        links = [name for name in folders if Path(at, name).is_symlink()]
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in (*files, *links):
            yield Path(at, name).relative_to(folder).as_posix(), Path(at, name)


def _are_alike(one: Path, other: Path) -> bool:
    if one.is_symlink() or other.is_symlink():
        return one.is_symlink() and other.is_symlink() and one.readlink() == other.readlink()
    return reading.digest(one) == reading.digest(other) or (one.suffix == ".py" and _content(one) == _content(other))


def _digest(root: Path, contents: Iterable[tuple[Path, bytes]]) -> str:
    total = hashlib.sha256()
    for file, content in contents:
        total.update(os.fsencode(path_from(root, file)) + b"\0")
        total.update(content)
    return total.hexdigest()


def _contents(files: Iterable[Path]) -> Iterator[tuple[Path, bytes]]:
    """Yield file and what of it counts."""
    yield from ((file, _content(file)) for file in files)


def _shared_files(problem: Problem, implementations: Mapping[str, Implementation]) -> list[Path]:
    """Return the files of a problem that belong to no implementation alone."""
    if problem.shares_a_file:
        return list(problem.files)
    belonging = {file for one in implementations.values() for file in one.files} - {problem.file}
    return [file for file in problem.files if file not in belonging]


def _content(file: Path, reached: Callable[[ast.Module], ast.Module] | None = None) -> bytes:
    """Return what of a file can change what it does, or what that `reached` leaves of it does."""
    if file.suffix != ".py":
        return reading.digest(file)
    data = reading.contents(file, LARGEST_SOURCE)
    try:
        tree = ast.parse(data)
        directives = list(_directives(data))
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return data
    if reached and not directives:  # a compiler that reads these sees the whole file
        tree = reached(tree)
    if not _READS_DOCSTRINGS.search(data.decode(errors="replace")):
        _drop_docstrings(tree)
    try:
        return "\n".join((ast.dump(tree), *directives)).encode(errors="surrogatepass")
    except RecursionError:  # it is nested more deeply than can be told
        return data


def _drop_docstrings(tree: ast.Module) -> None:
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            del node.body[0]


def _directives(data: bytes) -> Iterator[str]:
    """Yield the comments that a compiler reads, each with the number of tokens before it."""
    if not _DIRECTIVE.search(data.decode(errors="replace")):
        return
    place = 0
    for token in tokenize.tokenize(BytesIO(data).readline):
        if token.type == tokenize.COMMENT:
            if _DIRECTIVE.match(token.string):
                yield f"{place} {token.string}"
        elif token.type != tokenize.NL:
            place += 1


#: A file of more bytes is named, not kept; so is one beyond so many bytes of an implementation's files together.
LARGEST_BYTES = 200_000
MOST_BYTES = 400_000


def texts_of(problem: Problem, implementations: Mapping[str, Implementation]) -> dict[str, dict[str, str]]:
    """Return implementation -> file, relative to the problem's folder -> its text.

    The files are the implementation's own: its module, or all of its folder. One that is no text (UTF-8) or too large
    is there too, with a sentence that says so in the place of its text. Of a file with several of them each has what is
    not another's.
    """
    if problem.code:
        return {name: {f"{name}.py": problem.texts[name]} for name in implementations}
    found = {
        name: _texts(one.root if one.apart else problem.folder, sorted(one.files, key=lambda file: file != one.file))
        for name, one in implementations.items()  # its module first
    }
    if problem.shares_a_file:
        all_of_them = {one.name for one in problem.functions} | implementations.keys()
        for name in (name for name, one in implementations.items() if not one.apart):
            with suppress(SyntaxError):  # what is kept of it may be but a remark
                file, texts = problem.file.name, found[name]
                texts[file] = text_without_others(texts[file], name, all_of_them)
    return found


def _texts(folder: Path, files: Iterable[Path]) -> dict[str, str]:
    room = MOST_BYTES
    found = {}
    for file in files:
        size = file.stat().st_size
        fits = size <= min(room, LARGEST_BYTES)
        text = _text(reading.contents(file, LARGEST_BYTES)) if fits else f"(not kept: {size} bytes)"
        found[speakable(path_from(folder, file))] = text
        room -= size if fits else 0
    return found


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return f"(not kept: no text, {len(data)} bytes)"
