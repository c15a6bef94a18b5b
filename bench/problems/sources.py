"""The text of implementations as it was when they were measured, for who reads the results later."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from .implementation import Implementation
from .problem import Problem

#: A file of more bytes is named, not kept; so is one beyond so many bytes of an implementation's files together.
LARGEST_BYTES = 200_000
MOST_BYTES = 400_000


def texts_of(problem: Problem, implementations: Mapping[str, Implementation]) -> dict[str, dict[str, str]]:
    """Return implementation -> file, relative to the problem's folder -> its text.

    The files are the implementation's own: its module, or all of its folder. One that is no text (UTF-8) or too large
    is there too, with a sentence that says so in the place of its text.
    """
    return {
        name: _texts(problem.folder, sorted(one.files, key=lambda file: file != one.file))  # its module first
        for name, one in implementations.items()
    }


def _texts(folder: Path, files: Iterable[Path]) -> dict[str, str]:
    room = MOST_BYTES
    found = {}
    for file in files:
        data = file.read_bytes()
        fits = len(data) <= min(room, LARGEST_BYTES)
        found[file.relative_to(folder).as_posix()] = _text(data) if fits else f"(not kept: {len(data)} bytes)"
        room -= len(data) if fits else 0
    return found


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return f"(not kept: no text, {len(data)} bytes)"
