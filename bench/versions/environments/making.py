"""From what is asked for to a virtual environment: resolved, looked for among those that are kept, else made."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ...errors import ImplbenchError
from . import cache, installing, interpreters
from .cache import Kept
from .installing import NEEDED
from .interpreters import Interpreter


def made(title: str, python: str | None, requirements: Sequence[str], *, tell: Callable[[str], None]) -> Path:
    """Return the folder of a virtual environment with an interpreter, what is required, and what a worker needs.

    What a worker needs and nobody names is taken at the versions that the harness has, if these go together with the
    rest: so that environments differ by what was asked for. What was resolved once needs no network again.

    Raises
    ------
    ImplbenchError
        If there is no such interpreter, or the requirements cannot be resolved or installed.
    """
    interpreter = interpreters.find(python)
    as_here = installing.as_here(NEEDED, requirements)
    text = installing.lines_of(requirements, NEEDED)
    request = cache.digest(interpreter.path, interpreter.text, text, as_here, _contents(requirements))
    known = cache.known(request)
    if known is not None:
        return cache.environments() / known
    tell(f"{title}: is resolved and made, once; implbench env list shows it")
    pins = resolved(interpreter, text, as_here)
    place = cache.environments() / cache.digest(interpreter.path, interpreter.text, pins)
    cache.once(place, lambda: _filled(title, interpreter, place, pins))
    cache.remember(request, place.name)
    return place


def _filled(title: str, interpreter: Interpreter, place: Path, pins: Sequence[str]) -> Kept:
    fill(interpreter, place, pins)
    return Kept(title=title, python=interpreter.text, pins=tuple(pins))


def fill(interpreter: Interpreter, place: Path, pins: Sequence[str]) -> None:
    """Make a virtual environment in a folder, with these distributions in it."""
    installer = installing.installer()
    installer.make(interpreter, place)
    with _files("\n".join(pins)) as (requirements,):
        installer.install(place, requirements)


def resolved(interpreter: Interpreter, text: str, as_here: Sequence[str]) -> tuple[str, ...]:
    """Return what is to be installed: what `text` requires, and if that is possible as the harness has it.

    Raises
    ------
    ImplbenchError
        If there is no such set of distributions, or no index answers.
    """
    installer = installing.installer()
    with _files(text, "\n".join(as_here), "") as (requirements, constraints, none):
        try:
            return installer.resolve(interpreter, requirements, constraints)
        except ImplbenchError:
            return installer.resolve(interpreter, requirements, none)


@contextmanager
def _files(*texts: str) -> Iterator[tuple[Path, ...]]:
    """Give files that hold these texts."""
    with tempfile.TemporaryDirectory(prefix="implbench-") as folder:
        places = tuple(Path(folder, f"{place}.txt") for place, _ in enumerate(texts))
        for place, text in zip(places, texts, strict=True):
            place.write_text(f"{text}\n", encoding="utf-8")
        yield places


def _contents(requirements: Sequence[str]) -> tuple[bytes, ...]:
    """Return what the files among the requirements hold."""
    words = iter(requirements)
    found = []
    for word in words:
        if word == "-r":
            file = next(words)
            try:
                found.append(Path(file).read_bytes())
            except OSError as error:
                raise ImplbenchError(f"--env-file {file}: cannot be read ({error.strerror})") from error
    return tuple(found)
