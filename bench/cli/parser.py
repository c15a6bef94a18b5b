"""What can be asked for on the command line: one function for each command.

Only the standard library is imported, and little of it, so that ``implbench --help`` answers at once.
"""

import argparse

from .. import formats
from . import argument_types, arguments, environment_arguments, judging_arguments, version_arguments
from .argument_parser import Parser, command

TYPE_CHECKING = False  # as typing's, which takes a fifth of the time of --help to import
if TYPE_CHECKING:
    from .argument_parser import Commands

DESCRIPTION = "Which of these implementations is faster, by how much, how sure are we, and why?"

EXIT_CODES = """\
exit codes:
  0 fine   1 regression   2 usage   3 undecided, machine too noisy
  4 a wrong or failed implementation   5 nothing measured   130 interrupted"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    top = Parser(
        prog="implbench",
        description=DESCRIPTION,
        epilog=f"example: implbench run backprop\n\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    arguments.manner(top)
    top.add_argument("--version", action="store_true", help="print the version and exit")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    measuring, stored = (
        (_run, _time, _explain, _roofline, _compare, _bisect, _judge, _calibrate, _check),
        (_report, _index, _history, _merge, _export, _import),
    )
    for add in (*measuring, *stored, _list, _new, _env, _doctor, _completion):
        add(commands)
    for one in commands.choices.values():
        one.siblings = commands.choices
    return top


def _run(commands: "Commands") -> None:
    says, example = "verify and measure, then print who is faster", "implbench run backprop --threads 1"
    run = command(commands, "run", says, example)
    arguments.measuring(run)
    arguments.limits(run)
    judging_arguments.race(run)
    arguments.cluster(run)
    arguments.resuming(run)
    arguments.traceback(run)
    run.add_argument(
        "--watch",
        action="store_true",
        help="then wait, and verify and measure each version of an implementation that is saved, against the version "
        "before it and the baseline (8 rounds or --rounds, in about 12 s; not kept in results); Ctrl-C ends it, "
        "with exit 0 while it waits",
    )


def _time(commands: "Commands") -> None:
    says = "compare statements, as those of python -m timeit, verified against the first"
    time = command(
        commands, "time", says, """implbench time -s "x = list(range(1000))" "sum(x)" "sum(i for i in x)\""""
    )
    time.add_argument(
        "statements", nargs="+", metavar="STATEMENT", help="what computes the same; the first is the baseline"
    )
    time.add_argument(
        "--setup",
        "-s",
        action="append",
        metavar="STATEMENT",
        help="done before, once for all; repeat it for several lines",
    )
    arguments.threads(time)
    arguments.amount(time)
    arguments.margin(time)
    arguments.seed(time)
    arguments.timeout(time)
    arguments.waiting(time)
    arguments.as_json(time)


def _roofline(commands: "Commands") -> None:
    says = "run, and tell which share of this machine's limits each implementation reaches"
    roofline = command(commands, "roofline", says, "implbench roofline backprop --dtype float32")
    arguments.measuring(roofline)
    roofline.set_defaults(roofline=True)


def _explain(commands: "Commands") -> None:
    says, example = "tell why each implementation takes the time it takes", "implbench explain backprop"
    explain = command(commands, "explain", says, example)
    explain.add_argument("problem", help="a problem's name, file or folder")
    arguments.implementations(explain)
    arguments.limits(explain)
    explain.add_argument("--run", metavar="RUN", help="do not measure: explain this run, made by explain before")
    arguments.conditions(explain, "default")
    arguments.baseline(explain)
    arguments.amount(explain, "75 s, beside what is counted and watched")
    arguments.seed(explain)
    arguments.timeout(explain)
    arguments.memory(explain)
    arguments.waiting(explain)
    arguments.results(explain)
    explain.add_argument("--markdown", metavar="FILE", help="write it as Markdown too")
    explain.add_argument(
        "--memray",
        metavar="FOLDER",
        help="have memray draw what a call of each allocates: a page each in that folder, IMPL.html (pip install "
        "'implbench[memray]')",
    )
    arguments.as_json(explain)


def _compare(commands: "Commands") -> None:
    says, example = "tell whether HEAD is slower than BASE: a gate for CI", "implbench compare main --margin 3%"
    compare = command(commands, "compare", says, example)
    version_arguments.versions(compare)
    environment_arguments.build(compare)
    environment_arguments.environments(compare)
    version_arguments.gate(compare)
    version_arguments.memory(compare)
    compare.add_argument(
        "--explain",
        action="store_true",
        help="tell what changed, too: calls of NumPy and their shapes, allocations, own times of functions",
    )
    compare.add_argument("--markdown", metavar="FILE", help="write the answer as Markdown, for a pull request")
    arguments.as_json(compare)


def _bisect(commands: "Commands") -> None:
    says = "find the commit in which an implementation became slower, by a gate a step"
    bisect = command(commands, "bisect", says, "implbench bisect v1.2 main rows vectorised")
    version_arguments.commits(bisect)
    version_arguments.packages(bisect)
    environment_arguments.build(bisect)
    environment_arguments.environments(bisect)
    arguments.conditions(bisect, "retain")
    version_arguments.manner(bisect, "for each commit (default: 75 s; twice that where it stays undecided)")
    arguments.as_json(bisect)


def _judge(commands: "Commands") -> None:
    says = "accept or reject candidates, as often as you like: luck gets no prize"
    judge = command(commands, "judge", says, "implbench judge rows.py candidate.py --accept-at 3%")
    judging_arguments.judging(judge)


def _calibrate(commands: "Commands") -> None:
    says = "tell what a gate can see on this machine, from identical code"
    calibrate = command(commands, "calibrate", says, "implbench calibrate backprop --impl vectorized,row_major")
    calibrate.add_argument("problem", help="a problem's name, file or folder")
    version_arguments.gate(calibrate)
    arguments.as_json(calibrate)


def _check(commands: "Commands") -> None:
    says, example = "verify only: right or wrong, with the error", "implbench check backprop --dtype float32"
    check = command(commands, "check", says, example)
    arguments.problem(check)
    check.add_argument("--all", action="store_true", help="each problem that implbench list prints")
    arguments.axes(check)
    arguments.baseline(check)
    arguments.seed(check)
    arguments.timeout(check)
    arguments.memory(check)
    arguments.traceback(check)
    arguments.as_json(check)


def _report(commands: "Commands") -> None:
    report = command(commands, "report", "write the report of a run, or of several side by side", "implbench report")
    report.add_argument(
        "run",
        nargs="*",
        metavar="RUN",
        help="ids, beginnings of ids or files, or problems, for their latest run (default: the latest of all); "
        "several: one report, ratios side by side",
    )
    report.add_argument(
        "--margin", type=argument_types.percentage, metavar="PERCENT", help="another margin than the run's own"
    )
    arguments.html(report)
    arguments.results(report)
    arguments.output(report)
    arguments.as_json(report)


def _index(commands: "Commands") -> None:
    says, example = "all runs and their histories as a static site", "implbench index --output reports/site"
    index = command(commands, "index", says, example)
    arguments.results(index)
    index.add_argument("--output", metavar="FOLDER", help="the site's own folder (default: reports/site)")
    arguments.as_json(index)


def _history(commands: "Commands") -> None:
    says, example = "all runs in the order of time, and where they changed", "implbench history backprop"
    history = command(commands, "history", says, example)
    history.add_argument(
        "wanted", nargs="?", metavar="PROBLEM|CASE", help="a problem, an implementation or a case's id (default: all)"
    )
    history.add_argument("--machine", metavar="FINGERPRINT", help="runs made there (default: this machine)")
    arguments.results(history)
    history.add_argument("--output", metavar="FOLDER", help="draw it as SVG and PNG into this folder")
    arguments.as_json(history)


def _merge(commands: "Commands") -> None:
    says, example = "join runs of several machines, or of run --shard, to one", "implbench merge node1 node2"
    merge = command(commands, "merge", says, example)
    merge.add_argument(
        "place",
        nargs="+",
        metavar="FOLDER",
        help="what run --results has filled, each named after its machine; or files",
    )
    arguments.results(merge)
    arguments.as_json(merge)


def _export(commands: "Commands") -> None:
    says, example = "write runs in another tool's format", "implbench export --format pytest-benchmark"
    export = command(commands, "export", says, example)
    export.add_argument("run", nargs="*", help="ids, beginnings of ids, files or problems (default: the latest)")
    export.add_argument("--format", required=True, metavar="NAME", help=f"one of {', '.join(formats.names())}")
    export.add_argument("--output", metavar="FILE|FOLDER", help="a file (default: stdout); asv, pyperf: a folder")
    arguments.results(export)


def _import(commands: "Commands") -> None:
    says, example = "take results of pytest-benchmark or pyperf into the history", "implbench import benchmark.json"
    importing = command(commands, "import", says, example)
    importing.add_argument("file", nargs="+", help="JSON of pytest --benchmark-json or of pyperf; each becomes a run")
    arguments.results(importing)
    arguments.as_json(importing)


def _list(commands: "Commands") -> None:
    listing = command(commands, "list", "problems, implementations and what they need", "implbench list backprop")
    listing.add_argument("problem", nargs="?", help="only this problem (a name, a file or a folder), or npbench:PATH")
    listing.add_argument(
        "--names",
        action="store_true",
        help="names alone, one a line: of problems, or of this problem's implementations",
    )
    arguments.as_json(listing)


def _new(commands: "Commands") -> None:
    new = command(commands, "new", "write a working start of your own", "implbench new my_rows.py")
    new.usual = "problem"
    kinds = new.add_subparsers(dest="kind", metavar="problem|impl", required=True, parser_class=Parser)
    says, example = "write a small problem with two implementations, as one file", "implbench new problem my_rows"
    a_problem = command(kinds, "problem", says, example)
    a_problem.add_argument("name", metavar="NAME", help="name of the problem and of its file")
    a_problem.add_argument("--folder", action="store_true", help="as a folder, with a file for each implementation")
    a_problem.add_argument("--into", metavar="FOLDER", help="where it is written (default: here)")
    says = "write one more implementation of a problem: a copy of its baseline"
    an_impl = command(kinds, "impl", says, "implbench new impl ./my_rows faster")
    an_impl.add_argument("problem", metavar="PROBLEM", help="a problem's name or folder")
    an_impl.add_argument("name", metavar="NAME", help="its name; it is written as NAME.py beside problem.py")
    an_impl.add_argument("--into", metavar="FOLDER", help="copy the problem there first (one that is bundled, say)")
    for kind in (a_problem, an_impl):
        arguments.as_json(kind)


def _doctor(commands: "Commands") -> None:
    says = "what is here, what is missing, what makes this machine noisy"
    doctor = command(commands, "doctor", says, "implbench doctor")
    arguments.results(doctor)
    arguments.as_json(doctor)


def _env(commands: "Commands") -> None:
    says = "list the environments that were made for --env, --python and --build, or remove them"
    env = command(commands, "env", says, "implbench env list")
    environment_arguments.kept(env)
    arguments.as_json(env)


def _completion(commands: "Commands") -> None:
    says = "print what a shell needs to complete commands, options, problems and implementations"
    completion = command(commands, "completion", says, "implbench completion bash")
    completion.add_argument(
        "shell",
        choices=("bash", "zsh", "fish"),
        help="bash: send it to ~/.local/share/bash-completion/completions/implbench (> FILE), once for all; "
        "zsh: to a file _implbench in a folder of $fpath; fish: to ~/.config/fish/completions/implbench.fish",
    )
