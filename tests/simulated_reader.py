"""Somebody who types what a page shows, in this process and on a simulated machine."""

import re
import shlex
import sys
from collections.abc import Callable, Container, Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

from bench.cli.main import main
from tests.documented import Reader, Untrue


class SimulatedReader(Reader):
    """Types commands of implbench into `main.main`; a shell gets the others, and those that are asked to be real."""

    real: Callable[[list[str]], bool] = staticmethod(lambda words: False)
    """Tells for the arguments of implbench whether real workers are to do it."""

    def type(self, command: str, expected: Container[int] = (0,), extra: str = "") -> None:
        """Type a command; it has to end with one of the expected exit codes."""
        words = shlex.split(re.sub(r"\s#.*", "", command))
        if words[0] != "implbench" or self.real(words[1:]):
            super().type(command, expected, extra)
            return
        words, target = _apart(words, ">")
        words, source = _apart(words, "<")
        given = (self.folder / source).read_bytes() if source else b""
        output, errors = StringIO(), StringIO()
        with chdir(self.folder), redirect_stdout(output), redirect_stderr(errors), typing(given):
            try:
                code = main([one for word in words[1:] for one in _expanded(word)])
            except SystemExit as ended:
                code = int(ended.code or 0)
            if target:
                Path(target).write_text(output.getvalue())
        self._printed.write_text(output.getvalue())
        if code not in expected:
            raise Untrue(f"{command}\nended with {code}, expected {expected}\n{output.getvalue()}{errors.getvalue()}")


@contextmanager
def typing(given: bytes) -> Iterator[None]:
    """Have these bytes come from standard input."""
    before, sys.stdin = sys.stdin, TextIOWrapper(BytesIO(given))
    try:
        yield
    finally:
        sys.stdin = before


def _apart(words: list[str], sign: str) -> tuple[list[str], str | None]:
    """Return what stands before a sign of the shell, and the file behind it."""
    return (words[: words.index(sign)], words[-1]) if sign in words else (words, None)


def _expanded(word: str) -> list[str]:
    """Return what a shell makes of a word."""
    return sorted(map(str, Path().glob(word))) if "*" in word else [word]
