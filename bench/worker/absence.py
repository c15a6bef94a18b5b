"""What code wants and a worker does not find where it looks: told with what to do, in place of what Python says."""

import ast
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .origins import Own, has, told
from .outcome import where


def absent(error: BaseException | None, folder: Path | None = None) -> str | None:
    """Return the sentence on a module or file that code wants and does not find where it looks, None if on another.

    Parameters
    ----------
    error
        What the implementation raised; the errors that it comes from are looked at too.
    folder
        That of the problem, whose files a worker does not find by their bare names.
    """
    own = told()
    folders = own.path if own else ()
    while error is not None:
        if isinstance(error, ImportError) and error.name:
            name = _missing(error, folders)
            if name and has(folders, name.partition(".")[0]) and not has(folders, name):
                return (
                    f"{name} is not among this version's files: where the package's build writes it, as compiled "
                    "modules and _version.py, have each version built (--build 'pip install {source}', or by what else "
                    "writes it)"
                )
        if own and _is_of_git(error):
            raised = f"{type(error).__name__}: {error}".rstrip(".")
            return f"{raised}: a version is measured in a copy, which is no git checkout; find files by Path(__file__)"
        if isinstance(error, OSError):
            said = _relative(error, own.tree if own else folder) or (_unread(error, own) if own else None)
            if said:
                return said
        error = error.__cause__ or error.__context__
    return None


def _relative(error: OSError, folder: Path | None) -> str | None:
    """Return the sentence on a file in a folder that was looked for in the current one, None if it is another."""
    words = [word.rstrip(":.,") for word in str(error).replace("'", " ").split()]  # as ctypes and NumPy have it
    named, is_there = ([error.filename], Path.exists) if isinstance(error.filename, str) else (words, Path.is_file)
    found = [name for name in named if folder and name and not Path(name).is_absolute() and is_there(folder / name)]
    if not found:
        return None
    empty = "is not in the folder that a worker starts in, which is empty: name it from Path(__file__)"
    return f"{found[0]} {empty}{where(error)}"


def _unread(error: OSError, own: Own) -> str | None:
    """Return the sentence on a file that the repository has and a worker does not find, None if it is another."""
    named = error.filename if isinstance(error.filename, str) else str(error).partition(":")[0]  # as ctypes has it
    place = Path(named)
    if place.exists() or not place.is_relative_to(own.tree):
        return None
    name = place.relative_to(own.tree)
    if not any((origin / name).exists() for origin in own.origins):
        return None
    return (
        f"{name} is in the repository and not among this version's files, as what git ignores: have it in a checkout "
        "of each version, and give the two folders"
    )


def _is_of_git(error: BaseException) -> bool:
    """Return whether git was asked, by its command or GitPython, and could not tell."""
    if not isinstance(error, subprocess.CalledProcessError):
        return type(error).__name__ == "InvalidGitRepositoryError"
    words = error.cmd.split() if isinstance(error.cmd, str) else list(error.cmd)
    return bool(words) and Path(os.fsdecode(words[0])).stem == "git"


def _missing(error: ImportError, folders: Sequence[Path]) -> str | None:
    """Return the full name of the module that an import did not find."""
    if isinstance(error, ModuleNotFoundError):
        return error.name
    words = error.msg.split("'") if error.msg else []
    if "partially initialized module" not in (error.msg or "") or len(words) < 2 or not error.name:
        return None
    places = [folder.joinpath(*error.name.split("."), "__init__.py") for folder in folders]
    source = next((place for place in places if place.is_file()), None)  # so does Python call its absent submodule
    return f"{error.name}.{words[1]}" if source and not _binds(source, words[1], error.name) else None


def _binds(source: Path, name: str, package: str) -> bool:
    """Return whether the source of a package makes something of a name, other than to import it from the package."""
    for node in ast.walk(ast.parse(source.read_bytes())):
        match node:
            case ast.FunctionDef(name=bound) | ast.ClassDef(name=bound) | ast.Name(id=bound, ctx=ast.Store()):
                found = bound == name
            case ast.ImportFrom(module=module, names=names) if module not in (None, package):
                found = name in {one.asname or one.name for one in names}
            case _:
                found = False
        if found:
            return True
    return False
