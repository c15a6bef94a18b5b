"""The command line: reads arguments, hands them to a command, turns errors into one sentence and an exit code."""

import contextlib
import errno
import os
import sys
from collections.abc import Sequence

from ..errors import NO_ROOM, OWN_ERROR, Exit, ImplbenchError
from .parser import parser

TYPE_CHECKING = False  # see parser
if TYPE_CHECKING:
    import argparse
    from typing import NoReturn, TextIO

_ROOM = "make room there, or name another folder (--results, --output, the variable IMPLBENCH_SCRATCH)"
_WRITABLE = "name another folder (--results, --output, the variable IMPLBENCH_SCRATCH)"
_LIMIT = "end other programs, or raise the limit"

#: Of files only; one without a name is stdout.
_FULL = NO_ROOM | {errno.EIO}

#: Modules of the standard library that only Unix has.
_UNIX = frozenset({"fcntl", "resource"})

#: What a machine may deny any program, and what to do then; every other error of the system is one of ours.
_DENIED = {
    **dict.fromkeys(NO_ROOM, _ROOM),
    **dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), _WRITABLE),
    **dict.fromkeys((errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOMEM), _LIMIT),
    **dict.fromkeys((errno.EIO, errno.ESTALE), "look after the disk or terminal"),
}


def main(arguments: Sequence[str] | None = None) -> int:  # noqa: PLR0911  # one a way to end
    """Run one command and return its exit code; messages for people go to stderr where stdout is a program's."""
    _open_standard_streams()
    try:
        parsed = parser().parse_args(arguments)
        if "version" in parsed:
            return _print_version()
        if parsed.command is None:
            parser().print_help()
            _lead_on()
            return Exit.USAGE
        code = _done(parsed)
        sys.stdout.flush()  # what cannot be written is to be told, and not at the interpreter's end
    except ImplbenchError as error:
        _complain(error)
        return error.exit_code
    except KeyboardInterrupt:
        _complain("interrupted")
        return Exit.INTERRUPTED
    except BrokenPipeError:
        _write_nowhere(sys.stdout)  # its reader is gone, as with `| head`; there is nobody to tell
        return Exit.FINE
    except Exception as error:  # noqa: BLE001  # it must not end in exit 1, which means slower
        return _failed(error)
    return code


def _open_standard_streams() -> None:
    """Open those of stdin, stdout and stderr that were closed, to and from nowhere.

    Else the next file or pipe would take the number of one of them, and a worker would lose it.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the smallest number that is free
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "r+"))  # noqa: PTH123, SIM115  # as long as the process lives


def _failed(error: Exception) -> int:
    """Tell an error that no command expected, and return its exit code."""
    if isinstance(error, OSError) and error.errno in _DENIED:
        if error.filename is not None:
            where = f"{os.fsdecode(error.filename)}: "
        else:
            where = "stdout: " if error.errno in _FULL else ""
            _write_nowhere(sys.stdout)  # what is left to be written would fail again at the end
        _complain(f"{where}{os.strerror(error.errno)}; {_DENIED[error.errno]}", error)
        return Exit.USAGE
    if isinstance(error, ModuleNotFoundError) and error.name in _UNIX:
        _complain("this needs Linux or macOS; on Windows, use WSL")
        return Exit.USAGE
    import traceback

    with contextlib.suppress(OSError):
        traceback.print_exception(error)
    _complain(f"{OWN_ERROR}: {type(error).__name__}: {error}")
    return Exit.INTERNAL


def _done(parsed: "argparse.Namespace") -> int:
    """Do the command, whose module has its name (with an underscore behind it where that is a keyword: ``import_``)."""
    import signal
    from importlib import import_module
    from keyword import iskeyword

    from ..report import terminal
    from .options import made

    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):  # a closed terminal is an end, too
        if signal.getsignal(number) != signal.SIG_IGN:  # as under nohup
            signal.signal(number, _interrupt)
    module = import_module(f".commands.{parsed.command}{'_' * iskeyword(parsed.command)}", __package__)
    options = made(module.command.__annotations__["options"], vars(parsed))  # the kind that the function takes
    manner = terminal.Manner(quiet=options.quiet, colour=not options.no_color)
    with terminal.speaking(manner):
        return int(module.command(options))


def _complain(told: str | Exception, error: Exception | None = None) -> None:
    """Print an error to stderr, on one line, with what it says of what was kept; below it what to write instead.

    What names in it could do to a terminal is text there; where nobody can be told, the exit code says it alone.
    """
    from ..report.parts import printable

    sentence = "; ".join([str(told), *getattr(error or told, "__notes__", ())])
    try:
        for line in (f"implbench: {printable(sentence)}", *(f"    {printable(one)}" for one in _example(told))):
            print(line, file=sys.stderr, flush=True)
    except OSError:
        _write_nowhere(sys.stderr)  # some versions of Python would end with another exit code


def _example(told: str | Exception) -> Sequence[str]:
    return told.example if isinstance(told, ImplbenchError) else ()


def _write_nowhere(stream: "TextIO") -> None:
    """Have what is still to be written to a stream go nowhere, so that it does not fail once more."""
    with contextlib.suppress(OSError, ValueError):  # it has no descriptor in a test
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _lead_on() -> None:
    """Print what can be done in this folder."""
    import shlex
    from pathlib import Path

    from ..problems.discovery import problems_in

    places = problems_in(Path.cwd())
    words = [["run", f"./{one.name}" if one != Path.cwd() else "."] for one in places] or [["new", "my_rows.py"]]
    print(f"\n{'here' if places else 'to begin'}:")
    for found in words:
        print(f"  {shlex.join(['implbench', *found])}")


def _interrupt(number: int, frame: object) -> "NoReturn":
    """End as Ctrl-C does, so that workers are killed and whole rounds are kept."""
    raise KeyboardInterrupt


def _print_version() -> int:
    from importlib.metadata import PackageNotFoundError, version

    try:
        print(f"implbench {version('implbench')}")
    except PackageNotFoundError:
        print("implbench (a checkout that is not installed)")
    return Exit.FINE
