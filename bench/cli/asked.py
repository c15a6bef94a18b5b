"""Which problem is asked for, and which of its implementations where they are named: ``rows.py:loop rows.py:fast``."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace

from ..errors import ImplbenchError
from ..measure.selection import Selection, with_layouts
from ..problems import discovery, functions, literals, problem, sources
from ..problems.problem import Problem
from ..report import terminal

Wanted = TypeVar("Wanted", bound=Selection)


def asked(words: Sequence[str], wanted: Wanted) -> tuple[Problem, Wanted]:
    """Return the problem, and what is wanted of it; what was chosen for the user is told.

    Parameters
    ----------
    words
        The name or path of the problem, or that with a colon and the name of an implementation, for several of these;
        or an entry of a collection (`problems.sources`), and files of further implementations of it.
    wanted
        The axes; the first implementation that is named in the words is the baseline, unless that is named here.

    Raises
    ------
    ImplbenchError
        If there is no such problem, or they are several.
    """
    if sources.origin_of(words[0]) is not None:
        return with_layouts(problem.find(words[0], words[1:]), wanted), wanted
    places, names = zip(*map(_parted, words), strict=True)
    if len(set(places)) > 1:
        raise ImplbenchError(
            f"{' and '.join(dict.fromkeys(places))}: one problem at a time; what is compared lies in one file or "
            "folder, which may import the others"
        )
    found = problem.find(places[0])
    chosen = tuple(dict.fromkeys(filter(None, names)))
    if chosen and wanted.implementations:
        raise ImplbenchError(f"{words[0]} and --impl: name the implementations in one way")
    if chosen:
        wanted = replace(wanted, implementations=chosen, baseline=wanted.baseline or chosen[0])
    _tell(found, Path(places[0]), by_name=not (found.is_one_file or found.names_baseline or wanted.baseline))
    return with_layouts(_among(found, wanted), wanted), wanted


def _among(found: Problem, wanted: Selection) -> Problem:
    """Return the problem of those that were named: a first function that is none of them says not what is right."""
    named = (*wanted.implementations, wanted.baseline)
    if wanted.baseline is None or not wanted.implementations or found.baseline in named:
        return found
    return replace(found, baseline=wanted.baseline) if found.is_one_file and not found.names_baseline else found


def entries(words: Sequence[str]) -> Mapping[str, str]:
    """Return word -> title of each entry, where a collection is asked for and none of its several entries is named."""
    origin = sources.origin_of(words[0])
    if origin is None or origin.entry:
        return {}
    found = sources.entries(origin)
    return {str(replace(origin, entry=name)): title for name, title in found.items()} if len(found) > 1 else {}


def _parted(word: str) -> tuple[str, str]:
    """Return a problem, and the implementation that is named with it, empty where none is."""
    place, colon, name = word.rpartition(":")
    return (place, name) if colon and name.isidentifier() and not os.path.exists(word) else (word, "")  # noqa: PTH110


def _tell(found: Problem, place: Path, *, by_name: bool) -> None:
    """Tell which file was taken in a folder, and that the baseline is the first by its name."""
    if found.is_one_file and place.is_dir():
        others = discovery.passed_over(found.folder)
        told = "; ".join(f"{name} was passed over, it {reason}" for name, reason in others.items())
        terminal.note(f"{found.file.name} is the problem here{f'; {told}' if told else ''}")
    if found.is_one_file and found.origin is None:
        names = functions.unnoticed(literals.parsed(found.file), found.file)
        if names:
            terminal.note(
                f"{', '.join(names)} in {found.file.name}: made by a call, and not compared; where that is to be, have "
                "__all__ name all implementations"
            )
    if by_name:
        terminal.note(
            f"the baseline is {found.baseline}, the first by its name; BASELINE in {found.file.name} or --baseline "
            "names another"
        )
