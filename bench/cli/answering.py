"""The answer of a command whose exit code counts: as JSON or as text, whoever reads it."""

import json
import os
import sys
from collections.abc import Sequence
from typing import Any

from ..report import terminal
from ..report.parts import Section


def answer(sections: Sequence[Section], document: dict[str, Any], *, as_json: bool) -> None:
    """Print the document for a program, or else the sections.

    That nobody reads on, as with ``| head``, changes nothing of the exit code.
    """
    try:
        if as_json:
            print(json.dumps(document, indent=2, allow_nan=False))
        else:
            terminal.show(sections)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is flushed at the end
