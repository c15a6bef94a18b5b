"""What can be asked for on the command line: one function for each command.

Only the standard library is imported, and little of it, so that ``implbench --help`` answers at once.
"""

import argparse

from . import values
from .errors import ImplbenchError

TYPE_CHECKING = False  # as typing's, which takes a fifth of the time of --help to import
if TYPE_CHECKING:
    from typing import NoReturn

    Commands = argparse._SubParsersAction["_Parser"]  # noqa: SLF001  # argparse has no public name for it

DESCRIPTION = "Which of these implementations is faster, by how much, how sure are we, and why?"

EXIT_CODES = """\
exit codes:
  0 fine   1 regression   2 usage   3 undecided, machine too noisy
  4 a wrong or failed implementation   5 nothing measured   130 interrupted"""


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are those of implbench: one sentence, exit 2."""

    def error(self, message: str) -> "NoReturn":
        raise ImplbenchError(f"{message} (see: {self.prog} --help)")


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    top = _Parser(
        prog="implbench",
        description=DESCRIPTION,
        epilog=f"example: implbench run backprop\n\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="store_true", help="print the version and exit")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    measuring, stored = (_run, _explain, _roofline, _compare, _calibrate, _check), (_report, _history, _export, _import)
    for add in (*measuring, *stored, _list, _new, _doctor):
        add(commands)
    return top


def _run(commands: "Commands") -> None:
    says, example = "verify and measure, then print who is faster", "implbench run backprop --threads 1"
    run = _command(commands, "run", says, example)
    _measuring(run)
    _limits(run)


def _limits(to: argparse.ArgumentParser) -> None:
    to.add_argument(
        "--roofline", action="store_true", help="measure this machine's limits too, and the share of them reached"
    )


def _roofline(commands: "Commands") -> None:
    says = "run, and tell which share of this machine's limits each implementation reaches"
    roofline = _command(commands, "roofline", says, "implbench roofline backprop --dtype float32")
    _measuring(roofline)
    roofline.set_defaults(roofline=True)


def _explain(commands: "Commands") -> None:
    says, example = "tell why each implementation takes the time it takes", "implbench explain backprop"
    explain = _command(commands, "explain", says, example)
    explain.add_argument("problem", help="a problem's name or folder")
    explain.add_argument("impl", nargs="*", metavar="IMPL", help="only these, beside the baseline (default: all)")
    explain.set_defaults(explains=True)
    _limits(explain)
    explain.add_argument("--run", metavar="RUN", help="do not measure: explain this run, made by explain before")
    _conditions(explain, "default")
    _baseline(explain)
    _amount(explain)
    _seed(explain)
    _timeout(explain)
    _results(explain)
    explain.add_argument("--markdown", metavar="FILE", help="write it as Markdown too")
    _json(explain)


def _measuring(to: argparse.ArgumentParser) -> None:
    """Add what a run needs to know."""
    to.add_argument("problem", help="a name that `implbench list` prints, or the path of a folder with a problem.py")
    _axes(to)
    _cache(to)
    _sweep(to)
    _baseline(to)
    _amount(to)
    _margin(to)
    _seed(to)
    _timeout(to)
    _results(to)
    to.add_argument("--report", action="store_true", help="write the report too")
    _output(to)
    _json(to)


def _compare(commands: "Commands") -> None:
    says, example = "tell whether HEAD is slower than BASE: a gate for CI", "implbench compare main --margin 3%"
    compare = _command(commands, "compare", says, example.replace("%", "%%"))
    compare.add_argument("base", metavar="BASE", help="a git revision, or a folder of problems")
    compare.add_argument("head", metavar="HEAD", nargs="?", help="another (default: the working tree)")
    compare.add_argument(
        "--problem", type=values.names, default=(), metavar="NAME,...", help="only these (default: all)"
    )
    compare.add_argument("--all", action="store_true", help="measure what is the same code on both sides too")
    _gate(compare)
    compare.add_argument("--markdown", metavar="FILE", help="write the answer as Markdown, for a pull request")
    _json(compare)


def _calibrate(commands: "Commands") -> None:
    says = "tell what a gate can see on this machine, from identical code"
    calibrate = _command(commands, "calibrate", says, "implbench calibrate backprop --impl vectorized,row_major")
    calibrate.add_argument("problem", help="a problem's name or folder")
    _gate(calibrate)
    _json(calibrate)


def _gate(to: argparse.ArgumentParser) -> None:
    """Add what a gate needs to know."""
    _axes(to, allocator="retain")
    to.add_argument(
        "--budget", type=values.seconds, metavar="SECONDS", help="of a gate (default: 22 s a benchmark, 45 s or more)"
    )
    _margin(to)
    _seed(to)
    _timeout(to)


def _check(commands: "Commands") -> None:
    says, example = "verify only: right or wrong, with the error", "implbench check backprop --dtype float32"
    check = _command(commands, "check", says, example)
    check.add_argument("problem", help="a problem's name or folder")
    _axes(check)
    _baseline(check)
    _seed(check)
    _timeout(check)
    _json(check)


def _report(commands: "Commands") -> None:
    report = _command(commands, "report", "write the report of a run", "implbench report")
    report.add_argument("run", nargs="?", help="a run's id, the beginning of one or a file (default: the latest)")
    report.add_argument("--margin", type=values.percentage, metavar="PERCENT", help="another margin than the run's own")
    _results(report)
    _output(report)
    _json(report)


def _history(commands: "Commands") -> None:
    says, example = "all runs in the order of time, and where they changed", "implbench history backprop"
    history = _command(commands, "history", says, example)
    history.add_argument(
        "wanted", nargs="?", metavar="PROBLEM|CASE", help="a problem, an implementation or a case's id (default: all)"
    )
    history.add_argument("--machine", metavar="FINGERPRINT", help="runs made there (default: this machine)")
    history.add_argument(
        "--method", choices=("pelt", "e-divisive"), default="pelt", help="how changes are found (default: pelt)"
    )
    _results(history)
    history.add_argument("--output", metavar="FOLDER", help="draw it as SVG and PNG into this folder")
    _json(history)


def _export(commands: "Commands") -> None:
    says, example = "write runs in another tool's format", "implbench export --format pytest-benchmark"
    export = _command(commands, "export", says, example)
    export.add_argument("run", nargs="*", help="ids, beginnings of ids or files (default: the latest)")
    export.add_argument(
        "--format",
        required=True,
        metavar="NAME",
        help="pytest-benchmark, asv, pyperf, bencher, github-action, otava, csv or markdown",
    )
    export.add_argument("--output", metavar="FILE|FOLDER", help="a file (default: stdout); asv, pyperf: a folder")
    _results(export)


def _import(commands: "Commands") -> None:
    says, example = "take results of pytest-benchmark or pyperf into the history", "implbench import benchmark.json"
    importing = _command(commands, "import", says, example)
    importing.add_argument("file", nargs="+", help="JSON of pytest --benchmark-json or of pyperf; each becomes a run")
    _results(importing)
    _json(importing)


def _list(commands: "Commands") -> None:
    listing = _command(commands, "list", "problems, implementations and what they need", "implbench list backprop")
    listing.add_argument("problem", nargs="?", help="only this problem (a name or a folder)")
    _json(listing)


def _new(commands: "Commands") -> None:
    says, example = "write a working start of your own", "implbench new problem my_rows"
    new = _command(commands, "new", says, example)
    kinds = new.add_subparsers(dest="kind", metavar="problem|impl", required=True, parser_class=_Parser)
    a_problem = _command(kinds, "problem", "write a small problem with two implementations", example)
    a_problem.add_argument("name", metavar="NAME", help="name of the problem and of its folder")
    a_problem.add_argument("--into", metavar="FOLDER", help="where its folder is made (default: here)")
    says = "write one more implementation of a problem: a copy of its baseline"
    an_impl = _command(kinds, "impl", says, "implbench new impl ./my_rows faster")
    an_impl.add_argument("problem", metavar="PROBLEM", help="a problem's name or folder")
    an_impl.add_argument("name", metavar="NAME", help="its name; it is written as NAME.py beside problem.py")
    an_impl.add_argument("--into", metavar="FOLDER", help="copy the problem there first (one that is bundled, say)")
    for kind in (a_problem, an_impl):
        _json(kind)


def _doctor(commands: "Commands") -> None:
    says = "what is here, what is missing, what makes this machine noisy"
    doctor = _command(commands, "doctor", says, "implbench doctor")
    _results(doctor)
    _json(doctor)


def _command(commands: "Commands", name: str, says: str, example: str) -> argparse.ArgumentParser:
    return commands.add_parser(
        name, help=says, description=f"{says[0].upper()}{says[1:]}.", epilog=f"example: {example}", allow_abbrev=False
    )


def _axes(to: argparse.ArgumentParser, allocator: str = "default") -> None:
    """Add the axes."""
    to.add_argument(
        "--impl",
        type=values.names,
        default=(),
        metavar="NAME,...",
        help="only these, beside the baseline (default: all)",
    )
    _conditions(to, allocator)


def _conditions(to: argparse.ArgumentParser, allocator: str) -> None:
    """Add the axes but for the implementation."""
    to.add_argument(
        "--size", type=values.names, default=(), metavar="NAME,...", help="as S, M or L (default: the problem's)"
    )
    to.add_argument("--set", type=values.changes, default={}, metavar="m=500,...", help="numbers put over the size")
    to.add_argument(
        "--dtype", type=values.names, default=("float64",), metavar="NAME,...", help="float64 (default), float32"
    )
    to.add_argument(
        "--layout",
        action="append",
        default=[],
        metavar="C|F|CF|x=F,...",
        help="memory order of the 2-D inputs: of all, one letter each, or by name; repeat it for several",
    )
    to.add_argument(
        "--threads", type=values.counts, default=(1,), metavar="N,...", help="threads of BLAS and OpenMP (default: 1)"
    )
    to.add_argument("--data", default="", metavar="NAME", help="kind of data (default: the problem's first)")
    to.add_argument(
        "--allocator",
        type=values.names,
        default=(allocator,),
        metavar="default|retain,...",
        help=f"retain: glibc keeps freed memory, so that no call pays for page faults (default: {allocator})",
    )


def _sweep(to: argparse.ArgumentParser) -> None:
    to.add_argument(
        "--sweep",
        type=values.steps,
        metavar="m=100..1e6[:N]",
        help="one number of the size in steps of 1, 2, 5, 10, ..., or in N equal ratios (takes up to 270 s)",
    )


def _cache(to: argparse.ArgumentParser) -> None:
    to.add_argument(
        "--cache",
        default="warm",
        metavar="warm|cold",
        help="cold: fill the caches with other data before each call, untimed (default: warm)",
    )


def _baseline(to: argparse.ArgumentParser) -> None:
    to.add_argument("--baseline", metavar="NAME", help="what the others are compared with (default: the problem's)")


def _amount(to: argparse.ArgumentParser) -> None:
    """Add how long to measure."""
    to.add_argument(
        "--rounds",
        type=values.positive,
        metavar="N",
        help="rounds of fresh workers (default: 8, then up to 32 for what is undecided)",
    )
    to.add_argument(
        "--budget",
        type=values.seconds,
        metavar="SECONDS",
        help="time for the rounds (default: 75 s, but 8 rounds in any case)",
    )


def _margin(to: argparse.ArgumentParser) -> None:
    to.add_argument(
        "--margin",
        type=values.percentage,
        default=0.03,
        metavar="PERCENT",
        help="smallest difference that matters (default: 3%%)",
    )


def _seed(to: argparse.ArgumentParser) -> None:
    to.add_argument("--seed", type=values.whole, default=1, metavar="N", help="of inputs and of all order (default: 1)")


def _timeout(to: argparse.ArgumentParser) -> None:
    to.add_argument(
        "--timeout",
        type=values.seconds,
        default=60.0,
        metavar="SECONDS",
        help="longest wait for one step of a worker (default: 60)",
    )


def _results(to: argparse.ArgumentParser) -> None:
    to.add_argument("--results", default="results", metavar="FOLDER", help="where runs are kept (default: results)")


def _output(to: argparse.ArgumentParser) -> None:
    to.add_argument(
        "--output", default="reports", metavar="FOLDER", help="where reports are written (default: reports)"
    )


def _json(to: argparse.ArgumentParser) -> None:
    to.add_argument("--json", action="store_true", help="print JSON to stdout, for a program")
