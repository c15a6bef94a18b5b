"""Parts of a run that go to whatever executes them: an executor of `concurrent.futures`, or a cluster.

Each part is whole cases, so every ratio is formed on the machine that a part went to. It is measured in a process of
its own, which waits for other measurements on that machine and ends with whoever started it.
"""

import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ..errors import ImplbenchError
from ..machine.threads import die_with_parent
from ..measure.selection import select
from ..report import terminal
from ..store import documents
from ..store.merging import Part, merged
from ..store.records import Run
from .asked import asked
from .measuring import measured_of
from .measuring_options import RunOptions, as_typed

#: What the process of a part runs; its arguments are what the user has typed, as those of any run.
_PROGRAM = f"from {__name__} import measure; measure()"

#: Where this package is found: a checkout that is not installed, else a folder that is on the path anyway.
_BESIDE = Path(__file__).parents[__name__.count(".")]


class Block(Struct, frozen=True, kw_only=True):
    """A part of a run."""

    options: RunOptions
    """With the shard that it is."""
    typed: tuple[str, ...]
    """What the user has typed behind ``implbench``."""


class Measured(Struct, frozen=True, kw_only=True):
    """A part that was measured."""

    machine: str
    """Its name in the network."""
    document: bytes
    """The run, as it is in results/."""


def parted(options: RunOptions, typed: Sequence[str]) -> tuple[Block, ...]:
    """Return a run in as many parts as it has combinations of size, dtype, threads and allocator.

    Raises
    ------
    ImplbenchError
        If there is no such problem or case, or it is a part already.
    """
    if options.selection.shard is not None:
        raise ImplbenchError("--shard: all parts are measured here; leave it out")
    arms, left = select(*asked(options.problem, options.selection))
    count = len({case.group for case in (*(arm.case for arm in arms), *(one.case for one in left))})
    alone = replace(options, report=False, html=False, open=False)
    shards = (replace(options.selection, shard=(number, count)) for number in range(1, count + 1))
    return tuple(Block(options=replace(alone, selection=shard), typed=tuple(typed)) for shard in shards)


def run_block(block: Block) -> Measured:
    """Measure a part here, once no other measurement goes on on this machine, and return it.

    The problem's files have to be here under the same name, and the same software.

    Raises
    ------
    ImplbenchError
        With the last line of what the run said, if it did not get to a result.
    """
    with tempfile.TemporaryDirectory(prefix="implbench-block-") as results:
        options = replace(block.options, results=Path(results))
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM, *block.typed],
            input=msgspec.json.encode((os.getpid(), options), enc_hook=os.fspath),
            capture_output=True,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(_BESIDE), os.getenv("PYTHONPATH")]))},
        )
        found = [*documents.documents(Path(results))]
        if done.returncode or not found:
            said = done.stderr.decode(errors="replace").strip().splitlines() or [f"exit code {done.returncode}"]
            raise ImplbenchError(f"a part of {' '.join(block.typed)}: {said[-1]}")
        return Measured(machine=platform.node() or "unknown", document=found[0].read_bytes())


def measure() -> None:
    """Be the process of a part: measure what is told on stdin, and be killed when the parent ends."""
    parent, options = msgspec.json.decode(sys.stdin.buffer.read(), type=tuple[int, RunOptions], dec_hook=_path)
    die_with_parent(parent)
    try:
        with terminal.speaking(terminal.Manner(quiet=True, colour=False)):
            measured_of(options)
    except ImplbenchError as error:
        sys.exit(str(error))


def _path(kind: type[Path], value: str) -> Path:
    """Return the one kind of value that JSON does not know."""
    return kind(value)


def joined(found: Iterable[Measured]) -> Run:
    """Return the run that the parts make up; of one part, that itself.

    Raises
    ------
    ImplbenchError
        As `merging.merged`, if one is missing or they were not measured alike.
    """
    parts = [Part(label=one.machine, run=documents.of(one.document)) for one in found]
    if len(parts) == 1:
        return parts[0].run
    return merged(sorted(parts, key=lambda one: one.run.settings.shard or (0, 0)), as_typed())
