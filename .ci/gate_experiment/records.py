"""The log of an experiment: a JSON document a line, one for each gate; what is in it is not measured again."""

import json
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
