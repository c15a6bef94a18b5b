"""A repository with one problem, whose only implementation can be given extra work, and what a gate says of it."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kernels import CHECKOUT, committed, git
from kinds import Kind
from tools import run


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What one gate said."""

    verdict: str
    """That of `implbench compare`; ``no answer`` where it gave none."""
    exit: int
    ratio: Any
    """Time of the working tree over that of HEAD, with its interval; None where it said none."""
    rounds: int
    wall_s: float
    detail: str | None
    """Its reason, or the end of its error; None where all was well."""


class Repository:
    """One commit of a kernel without extra work."""

    def __init__(self, folder: Path, kind: Kind) -> None:
        self._folder, self._kind = folder, kind
        (folder / "kernels").mkdir(parents=True)
        (folder / "kernels" / "problem.py").write_text(kind.problem)
        self._write(0)
        git(folder, "init", "--quiet")
        committed(folder, "Add a kernel")

    def gate(self, amount: int, seed: int) -> Said:
        """Compare the kernel with so much extra work with HEAD."""
        self._write(amount)
        started = time.monotonic()
        command = ["-m", "bench", "compare", "HEAD", "--all", "--json", "--seed", str(seed)]
        done = run(command, self._folder, PYTHONPATH=str(CHECKOUT))
        wall_s = round(time.monotonic() - started, 1)
        return said(done.stdout, done.stderr, code=done.returncode, wall_s=wall_s)

    def _write(self, amount: int) -> None:
        (self._folder / "kernels" / "kernel.py").write_text(self._kind.kernel(amount))


def said(output: str, errors: str, *, code: int, wall_s: float) -> Said:
    """Return what came of `implbench compare --json` on one benchmark."""
    try:
        (one,) = json.loads(output)["benchmarks"]
    except (ValueError, KeyError):
        end = (errors or output).strip()[-500:]
        return Said(verdict="no answer", exit=code, ratio=None, rounds=0, wall_s=wall_s, detail=end)
    return Said(
        verdict=one["verdict"],
        exit=code,
        ratio=one["ratio_head_over_base"],
        rounds=one["rounds"],
        wall_s=wall_s,
        detail=one["reason"],
    )
