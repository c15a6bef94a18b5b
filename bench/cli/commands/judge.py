"""Judge candidates against a baseline: accept, reject or leave undecided, each with its reason."""

import json
import sys
from pathlib import Path

from msgspec.structs import replace

from ...measure.scratch import scratch
from ...problems import candidates
from ...problems.candidates import Candidate
from ...problems.problem import Problem
from ...report import json_judgement, terminal
from ...report.sections import judged
from ...store.records import DEFAULT_MARGIN, Settings
from ...versions.judgement import Judgement
from ..exit_codes import exit_code_of_judgements
from ..judging import Judge
from ..measuring_options import GateSelection, Timing
from ..options import StoredOptions


class JudgeOptions(StoredOptions, frozen=True, kw_only=True):
    """What `implbench judge` can be told."""

    against: str
    candidates: tuple[str, ...]
    accept_at: float = DEFAULT_MARGIN
    selection: GateSelection
    budget_s: float | None = None
    seed: int | None = None
    timeout_s: float = 60.0
    memory_bytes: int | None = None

    @property
    def settings(self) -> Settings:
        """Return the settings; each run gets a seed and looks of its own."""
        timing = Timing(
            margin=self.accept_at,
            budget_s=self.budget_s,
            timeout_s=self.timeout_s,
            memory_bytes=self.memory_bytes,
        )
        return replace(timing.settings, accept_at=self.accept_at)


def command(options: JudgeOptions) -> int:
    """Do `implbench judge`; see `parser`."""
    judge = Judge(options.against, options.selection, options.settings, results=options.results, seed=options.seed)
    found = []
    with scratch() as place:
        for number, name in enumerate(options.candidates):
            one = judge.judged(_candidate(name, judge.problem, place / f"implbench-judged-{number}"))
            found.append(one)
            _show(one, as_json=options.json)
    return exit_code_of_judgements(found)


def _candidate(name: str, problem: Problem, into: Path) -> Candidate:
    if name == candidates.READ_FROM_STDIN:
        return candidates.of_text(sys.stdin.buffer.read(), problem, into)
    return candidates.of_path(Path(name), problem, into)


def _show(one: Judgement, *, as_json: bool) -> None:
    """Print what is said of a candidate, before the next one is measured."""
    if as_json:
        print(json.dumps(json_judgement.of(one), allow_nan=False), flush=True)
    else:
        terminal.show([judged.section(one)])
