"""Sources of compiled code that differ between two versions and that nobody built.

Where a package falls back to other code without its compiled part, both versions then run that fallback, and what has
become slower in the compiled part is in neither. So it may be where one of them made what both then load.
"""

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from msgspec import Struct

#: Files that are code only once something has compiled them.
_SOURCES = frozenset(
    {
        *(".c", ".cc", ".cpp", ".cxx", ".c++", ".h", ".hh", ".hpp", ".hxx", ".inl", ".tcc", ".m", ".mm", ".s", ".asm"),
        *(".pyx", ".pxd", ".pxi", ".rs", ".go", ".zig", ".nim", ".d", ".ispc", ".cu", ".cuh", ".hip"),
        *(".f", ".for", ".f77", ".f90", ".f95", ".f03", ".f08", ".pyf"),
    }
)

#: Those that others take in: one version may take in another of them.
_INCLUDED = frozenset({".h", ".hh", ".hpp", ".hxx", ".inl", ".tcc", ".pxd", ".pxi", ".cuh"})

#: What comes of compiling.
_PRODUCTS = frozenset({".so", ".pyd", ".dll", ".dylib", ".a"})

#: Below folders of these names nothing is part of a package.
_APART = frozenset({"doc", "docs", "example", "examples", "test", "tests"})


def sources(changed: Iterable[str], problems: Iterable[str]) -> frozenset[str]:
    """Return which of the changed files are sources of compiled code, by their suffix.

    Parameters
    ----------
    changed
        Paths from the root of a version.
    problems
        The folders of problems, from there: what lies in them belongs to their implementations, which are measured
        when it changes.
    """
    folders = {PurePosixPath(where) for where in problems} - {PurePosixPath()}
    return frozenset(
        name
        for name in changed
        if PurePosixPath(name).suffix.lower() in _SOURCES
        and not _APART & set(PurePosixPath(name).parts)
        and not folders & set(PurePosixPath(name).parents)
    )


def products(names: Iterable[str]) -> frozenset[str]:
    """Return which files a compiler has made."""
    return frozenset(name for name in names if PurePosixPath(name).suffix.lower() in _PRODUCTS)


def unbuilt(differing: frozenset[str], changed: frozenset[str], read: frozenset[str]) -> tuple[str, ...]:
    """Return which sources no worker compiled, in order; none where a worker loaded what another build made of them.

    Parameters
    ----------
    differing
        What `sources` gave.
    changed
        All paths that differ between the versions.
    read
        The paths that workers read, of either version.
    """
    if products(changed & read):
        return ()
    return tuple(sorted(differing - read))


def built_once(changed: frozenset[str], read: tuple[frozenset[str], frozenset[str]]) -> tuple[str, ...]:
    """Return which sources the workers of one version alone read, in order, of those that both have in another form.

    Parameters
    ----------
    changed
        Paths that differ between the versions, but for those of one version alone.
    read
        The paths that the workers of each version read.
    """
    compiled = sources(changed, ()) & (read[0] ^ read[1])
    return tuple(sorted(name for name in compiled if PurePosixPath(name).suffix.lower() not in _INCLUDED))


class Doubt(Struct, frozen=True, kw_only=True):
    """Why both versions may have run the same compiled code, and what to do about it."""

    reason: str
    remedy: str


def of_unbuilt(names: tuple[str, ...]) -> Doubt | None:
    """Return the doubt where sources were compiled for neither version, None where there are none."""
    remedy = "so that both may run other code in that place: have each version built, --build 'pip install {source}'"
    return _doubt(names, "compiled for neither", remedy)


def of_built_once(names: tuple[str, ...]) -> Doubt | None:
    """Return the doubt where sources were read for one version alone, None where there are none."""
    remedy = (
        "so that both may run what was built for that one: have it built beside its source, in a folder below "
        "Path(__file__).parent.parent"
    )
    return _doubt(names, "read for one of them alone", remedy)


def of_shared(files: Iterable[Path]) -> Doubt | None:
    """Return the doubt where HEAD made files outside both versions that were found there later, None without any."""
    names = sorted(map(str, files))
    if not names:
        return None
    named = f"{names[0]} and {len(names) - 1} more lie" if len(names) > 1 else f"{names[0]} lies"
    reason = f"{named} outside both versions, made by HEAD during the comparison and found there later"
    remedy = (
        "so that BASE may run by what HEAD put there: remove it, and have each version keep its own, in a folder below "
        "Path(__file__).parent; only what is the same for both may stay"
    )
    return Doubt(reason=reason, remedy=f"{reason}, {remedy}")


def _doubt(names: tuple[str, ...], how: str, remedy: str) -> Doubt | None:
    """Return the doubt about sources that differ, None where there are none."""
    if not names:
        return None
    verbs = ("differ", "were") if len(names) > 1 else ("differs", "was")
    named = f"{names[0]} and {len(names) - 1} more" if len(names) > 1 else names[0]
    reason = f"{named} {verbs[0]} between the versions and {verbs[1]} {how}"
    return Doubt(reason=reason, remedy=f"{reason}, {remedy}")
