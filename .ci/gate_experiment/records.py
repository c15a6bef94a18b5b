"""The log of an experiment: a JSON document a line, one for each gate; what is in it is not measured again."""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Record = dict[str, Any]


def read(log: Path) -> list[Record]:
    """Return the gates in the log, none where there is no log yet."""
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def append(log: Path, record: Record) -> None:
    """Add a gate to the log."""
    with log.open("a") as file:
        file.write(json.dumps(record, separators=(",", ":")) + "\n")


def go_on(
    parser: argparse.ArgumentParser,
    log: str,
    measure: Callable[[argparse.Namespace], None],
    table: Callable[[Sequence[Record]], str],
) -> None:
    """Measure what the log lacks, unless a table is all that is asked for, and print the table.

    Parameters
    ----------
    parser
        Of the experiment's own options.
    log
        Name of the log, where `--log` gives no other.
    measure, table
        What adds to the log of the options, and what is told of one.
    """
    parser.add_argument("--table", type=Path, metavar="LOG", help="tell of that log, and measure nothing")
    parser.add_argument("--log", type=Path, default=Path(log), help=f"where it goes on (default: {log})")
    options = parser.parse_args()
    if not options.table:
        measure(options)
    print(table(read(options.table or options.log)))
