"""Print what is here, what is missing and what makes this machine noisy."""

import json

from msgspec import to_builtins

from ...errors import Exit
from ...machine import doctor
from ...report import terminal
from ..options import StoredOptions


def command(options: StoredOptions) -> int:
    """Do `implbench doctor`; see `parser`."""
    examined = doctor.examine(options.results)
    if options.json:
        print(json.dumps([to_builtins(one) for one in examined], indent=2))
    else:
        terminal.say(doctor.verdict(examined), hanging=9)
        for one in doctor.ordered(examined):
            terminal.say(f"{one.state:8} {one.subject}: {one.text}", hanging=9)
            if one.remedy:
                terminal.say(f"{'':8} -> {one.remedy}", hanging=12)
    return Exit.FINE
