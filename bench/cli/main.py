"""The command line: reads arguments, hands them to a command, turns errors into one sentence and an exit code."""

import errno
import sys
from collections.abc import Sequence

from ..errors import Exit, ImplbenchError
from .parser import parser

TYPE_CHECKING = False  # see parser
if TYPE_CHECKING:
    import argparse
    from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> int:  # noqa: PLR0911  # one a way to end
    """Run one command and return its exit code; messages for people go to stderr where stdout is a program's."""
    try:
        parsed = parser().parse_args(arguments)
        if "version" in parsed:
            return _print_version()
        if parsed.command is None:
            parser().print_help()
            _lead_on()
            return Exit.USAGE
        return _done(parsed)
    except ImplbenchError as error:
        _complain(str(error), error.example)
        return error.exit_code
    except KeyboardInterrupt:
        _complain("interrupted")
        return Exit.INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # the reader of stdout is gone, as with `| head`; there is nobody to tell
        return Exit.FINE
    except Exception as error:  # noqa: BLE001  # it must not end in exit 1, which means slower
        return _failed(error)


def _failed(error: Exception) -> int:
    """Tell an error that nobody expected, and return its exit code."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        where = f"{error.filename}: " if error.filename else ""
        _complain(f"{where}no space is left; make room there, or name another folder in IMPLBENCH_SCRATCH")
        return Exit.USAGE
    import traceback

    traceback.print_exception(error)
    _complain(f"an error of implbench itself: {type(error).__name__}: {error}")
    return Exit.INTERNAL


def _done(parsed: "argparse.Namespace") -> int:
    """Do the command, whose module has its name (with an underscore behind it where that is a keyword: ``import_``)."""
    import signal
    from importlib import import_module
    from keyword import iskeyword

    from ..report import terminal
    from .options import made

    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):  # a closed terminal is an end, too
        if signal.getsignal(number) != signal.SIG_IGN:  # as under nohup
            signal.signal(number, _interrupt)
    module = import_module(f".commands.{parsed.command}{'_' * iskeyword(parsed.command)}", __package__)
    options = made(module.command.__annotations__["options"], vars(parsed))  # the kind that the function takes
    manner = terminal.Manner(quiet=options.quiet, colour=not options.no_color)
    with terminal.speaking(manner):
        return int(module.command(options))


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


def _complain(sentence: str, example: Sequence[str] = ()) -> None:
    """Print an error to stderr, on one line, and below it what to write; what could do something to a terminal is text.

    Names are from files and may have anything in them.
    """
    from ..report.parts import printable

    for line in (f"implbench: {printable(sentence)}", *(f"    {printable(one)}" for one in example)):
        print(line, file=sys.stderr)


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
