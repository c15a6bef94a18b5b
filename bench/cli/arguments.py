"""What several commands can be told: one function for each group of arguments that they have in common.

Like `parser`, it imports little, so that ``implbench --help`` answers at once. Defaults stand in
`options` and `measuring_options`; a help text that names one is held to it by a test.
"""

import argparse

from . import argument_types, environment_arguments


def measuring(to: argparse.ArgumentParser) -> None:
    """Add what a run needs to know."""
    problem(to)
    axes(to)
    environment_arguments.environments(to)
    cache(to)
    sweep(to)
    shard(to)
    baseline(to)
    amount(to)
    precision(to)
    margin(to)
    seed(to)
    timeout(to)
    memory(to)
    results(to)
    to.add_argument("--report", action="store_true", help="write the report too")
    html(to)
    output(to)
    waiting(to)
    as_json(to)


def problem(to: argparse.ArgumentParser) -> None:
    """Add the problem."""
    to.add_argument(
        "problem",
        nargs="*",
        help="a name that `implbench list` prints, or the path of a file or folder (default: the one that is here); "
        "rows.py:loop rows.py:fast: these functions; npbench:PATH#gemm: of a collection",
    )


def limits(to: argparse.ArgumentParser) -> None:
    """Add whether the machine's limits are measured too."""
    to.add_argument(
        "--roofline", action="store_true", help="measure this machine's limits too, and the share of them reached"
    )


def axes(to: argparse.ArgumentParser, allocator: str = "default") -> None:
    """Add the axes; `allocator` is the usual one, for the help."""
    to.add_argument(
        "--impl",
        type=argument_types.names,
        dest="implementations",
        metavar="NAME,...",
        help="only these, beside the baseline (default: all)",
    )
    conditions(to, allocator)


def implementations(to: argparse.ArgumentParser) -> None:
    """Add which implementations are looked at, in either way."""
    only, unless = "only these, beside the baseline (default: all)", argparse.SUPPRESS
    to.add_argument("implementations", nargs="*", action="extend", default=unless, metavar="IMPL", help=only)
    to.add_argument(
        "--impl",
        type=argument_types.names,
        dest="implementations",
        action="extend",
        default=unless,
        metavar="NAME,...",
        help="the same",
    )


def conditions(to: argparse.ArgumentParser, allocator: str) -> None:
    """Add the axes but for the implementation; `allocator` is the usual one, for the help."""
    to.add_argument(
        "--size",
        type=argument_types.names,
        dest="sizes",
        metavar="NAME,...",
        help="as S, M or L (default: the problem's)",
    )
    to.add_argument(
        "--set", type=argument_types.changes, dest="changes", metavar="m=500,...", help="numbers put over the size"
    )
    to.add_argument(
        "--dtype",
        type=argument_types.names,
        dest="dtypes",
        metavar="NAME,...",
        help="float64 (default), float32",
    )
    to.add_argument(
        "--layout",
        action="append",
        dest="layouts",
        metavar="C|F|CF|x=F,...",
        help="memory order of the 2-D inputs: of all, one letter each, or by name; repeat it for several",
    )
    threads(to)
    to.add_argument("--data", metavar="NAME", help="kind of data (default: the problem's first)")
    to.add_argument(
        "--allocator",
        type=argument_types.names,
        dest="allocators",
        metavar="default|retain,...",
        help=f"retain: glibc keeps freed memory, so that no call pays for page faults (default: {allocator})",
    )


def threads(to: argparse.ArgumentParser) -> None:
    """Add the numbers of threads."""
    to.add_argument(
        "--threads",
        type=argument_types.counts,
        metavar="N,...",
        help="threads of BLAS and OpenMP (default: 1)",
    )


def sweep(to: argparse.ArgumentParser) -> None:
    """Add a number of the size that takes several values."""
    to.add_argument(
        "--sweep",
        type=argument_types.steps,
        metavar="m=100..1e6[:N]",
        help="one number of the size in steps of 1, 2, 5, 10, ..., or in N equal ratios, or in a list, as m=10,20,50 "
        "(takes up to 270 s)",
    )


def shard(to: argparse.ArgumentParser) -> None:
    """Add which part of the cases is measured."""
    to.add_argument(
        "--shard",
        type=argument_types.shard,
        metavar="I/N",
        help="measure part I of N of the sizes, dtypes and threads, each whole; `implbench merge` joins the parts",
    )


def cache(to: argparse.ArgumentParser) -> None:
    """Add the state of the caches."""
    to.add_argument(
        "--cache",
        metavar="warm|cold",
        help="cold: fill the caches with other data before each call, untimed (default: warm)",
    )


def baseline(to: argparse.ArgumentParser) -> None:
    """Add what the others are compared with."""
    to.add_argument("--baseline", metavar="NAME", help="what the others are compared with (default: the problem's)")


def amount(to: argparse.ArgumentParser, time: str = "75 s, up to 150 s where 6 rounds take longer") -> None:
    """Add how long to measure; `time` is the usual one, in words."""
    to.add_argument(
        "--rounds",
        type=argument_types.positive,
        metavar="N",
        help="rounds of fresh workers (default: 6, then up to 32 for what is undecided)",
    )
    to.add_argument(
        "--budget",
        type=argument_types.seconds,
        dest="budget_s",
        metavar="SECONDS",
        help=f"time for the run (default: {time})",
    )


def precision(to: argparse.ArgumentParser) -> None:
    """Add how exactly ratios are to be known."""
    to.add_argument(
        "--precision",
        type=argument_types.percentage,
        metavar="PERCENT",
        help="go on until each ratio to the baseline is known so exactly, either way, or time is up (default: until "
        "it is decided at the margin)",
    )


def margin(to: argparse.ArgumentParser, action: "str | type[argparse.Action]" = "store") -> None:
    """Add the smallest difference that matters."""
    to.add_argument(
        "--margin",
        action=action,
        type=argument_types.percentage,
        metavar="PERCENT",
        help="smallest difference that matters (default: 3%%)",
    )


def seed(to: argparse.ArgumentParser) -> None:
    """Add the seed."""
    to.add_argument("--seed", type=argument_types.whole, metavar="N", help="of inputs and of all order (default: 1)")


def timeout(to: argparse.ArgumentParser) -> None:
    """Add how long a worker may take."""
    to.add_argument(
        "--timeout",
        type=argument_types.seconds,
        dest="timeout_s",
        metavar="SECONDS",
        help="longest wait for one step of a worker (default: 60)",
    )


def memory(to: argparse.ArgumentParser) -> None:
    """Add how much memory a worker may take."""
    to.add_argument(
        "--memory",
        type=argument_types.memory,
        dest="memory_bytes",
        metavar="8G|none",
        help="the most data of a worker's process, and the largest file it may write (default: 80%% of what is free)",
    )


def cluster(to: argparse.ArgumentParser) -> None:
    """Add which cluster measures."""
    to.add_argument(
        "--dask",
        metavar="ADDRESS",
        help="measure the sizes, dtypes and threads on the machines of a dask scheduler, one at a time on each "
        "(pip install 'implbench[dask]')",
    )


def resuming(to: argparse.ArgumentParser) -> None:
    """Add which run goes on."""
    to.add_argument(
        "--resume",
        nargs="?",
        const="",
        metavar="RUN",
        help="go on with a run that was killed or interrupted, as it was begun (default: the latest in --results)",
    )


def waiting(to: argparse.ArgumentParser) -> None:
    """Add whether other measurements are waited for."""
    to.add_argument(
        "--no-wait",
        action="store_false",
        dest="wait",
        help="where another measurement is going on on this machine, end with exit 5 instead of waiting for its end",
    )


def results(to: argparse.ArgumentParser) -> None:
    """Add where runs are kept."""
    to.add_argument("--results", metavar="FOLDER", help="where runs are kept (default: results)")


def html(to: argparse.ArgumentParser) -> None:
    """Add whether the report has a page for a browser."""
    to.add_argument(
        "--html", action="store_true", help="report: a page for a browser too, whole in one file, its charts to explore"
    )
    to.add_argument("--open", action="store_true", help="the same, and show it in the browser")


def output(to: argparse.ArgumentParser) -> None:
    """Add where reports are written."""
    to.add_argument("--output", metavar="FOLDER", help="where reports are written (default: reports)")


def manner(to: argparse.ArgumentParser) -> None:
    """Add how the user is talked to; before the command's name or behind it."""
    to.add_argument("--quiet", "-q", action="store_true", help="no progress and no remarks on stderr")
    to.add_argument("--no-color", action="store_true", help="no colours (as with the variable NO_COLOR)")


def traceback(to: argparse.ArgumentParser) -> None:
    """Add whether tracebacks are shown."""
    to.add_argument(
        "--traceback", action="store_true", help="show what failed code wrote last too, with the whole traceback"
    )


def as_json(to: argparse.ArgumentParser) -> None:
    """Add whether a program reads the output."""
    to.add_argument("--json", action="store_true", help="print JSON to stdout, for a program")
