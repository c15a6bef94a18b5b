"""The answer where nothing could be compared: what has no time and why, each reason once, and what to do next."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from ...analyse import remembering
from ...analyse.analysis import Analysis
from ...analyse.findings import Finding, GroupFindings
from ...store.checks import Check, Closeness
from ...store.records import Left, Run
from ...store.worker_records import Outcome
from ...units import DASH, time_text
from ..parts import code, plain
from ..phrases import condition, label, listed
from .without_time import is_of_another_dtype

#: Outcome -> what is said of one implementation, and of several.
_FATES: Mapping[Outcome, tuple[str, str]] = {
    Outcome.OK: ("has no time", "have no time"),
    Outcome.WRONG: ("is wrong", "are wrong"),
    Outcome.FAILED: ("failed", "failed"),
    Outcome.CRASHED: ("crashed", "crashed"),
    Outcome.TIMEOUT: ("took too long", "took too long"),
    Outcome.OUT_OF_MEMORY: ("ran out of memory", "ran out of memory"),
    Outcome.UNAVAILABLE: ("is unavailable", "are unavailable"),
    Outcome.UNSUPPORTED: ("is unsupported", "are unsupported"),
    Outcome.NOT_MEASURED: ("was not measured", "were not measured"),
}

#: Outcome -> what to do about it, the gravest first; the command that verifies without timing is put in.
_REMEDIES: Mapping[Outcome, str] = {
    Outcome.WRONG: "start from the first difference named above; {check} compares again without timing anything",
    Outcome.FAILED: "mend the error named above; {check} calls each implementation again without timing anything",
    Outcome.CRASHED: "find out what crashes; {check} calls each implementation again without timing anything",
    Outcome.TIMEOUT: "give each step more time (`--timeout 300`), or choose a smaller size (`--size`, `--set`)",
    Outcome.OUT_OF_MEMORY: "choose a smaller size (`--size`, `--set`), or allow more memory (`--memory`)",
    Outcome.NOT_MEASURED: "give the run more time (`--budget 300`)",
    Outcome.UNAVAILABLE: "install what is missing; `implbench doctor` lists it",
    Outcome.UNSUPPORTED: "choose a case that more of the implementations support (`--size`, `--dtype`, `--layout`)",
}

#: What else is to be done where a tolerance decides.
_TOLERANCE = ", and where the difference is small enough for you, a `tolerance` in the problem accepts it"

#: Commands whose words name the problem as `implbench check` takes it.
_NAMING = ("run", "explain", "roofline")

#: What `implbench explain` can be told and `implbench run` not, or what would measure as little again.
_NOT_OF_RUN = ("--run", "--mark", "--memr", "--json", "--rounds", "--budget")

#: So many names stand in a list at most.
_MOST_NAMES = 8


def sentence(run: Run, group: GroupFindings) -> str:
    """Return the answer for a group without rivals of its baseline."""
    if not group.ok:
        return f"No implementation of {plain(run.problem.name)} has a time: {_fates(group) or 'none was asked for'}."
    if group.baseline is None and run.environment.get("imported"):
        return _imported(run, group)
    if group.baseline is None or group.baseline.outcome != Outcome.OK:
        return _no_baseline(run, group)
    return _alone(run, group, group.baseline)


def untimed(group: GroupFindings) -> tuple[Finding | Left, ...]:
    """Return the cases of which `sentence` says why they have no time."""
    if group.rivals or (group.ok and group.baseline is None):
        return ()
    if group.ok and group.baseline and group.baseline.outcome != Outcome.OK:
        return (group.baseline,)
    return (*group.not_ok, *group.left)


def next_steps(analysis: Analysis) -> Iterator[str]:
    """Yield what to do about groups in which nothing was compared, each thing once.

    The sizes of a sweep are told in its own words, unless nothing was compared at any.
    """
    stuck = [group for group in analysis.groups if not group.rivals]
    if analysis.sweeps and len(stuck) < len(analysis.groups):
        return
    yield from dict.fromkeys(step for group in stuck if (step := _next_step(analysis.run, group)))


def _next_step(run: Run, group: GroupFindings) -> str | None:
    """Return what to do about the gravest outcome; None where nothing can be done, or the run was ended by hand."""
    outcomes = {one.outcome for one in untimed(group)}
    gravest = next((outcome for outcome in _REMEDIES if outcome in outcomes), None)
    if gravest is None or (gravest == Outcome.NOT_MEASURED and run.interrupted):
        return None
    if all(map(remembering.is_said, _reasons(group, gravest))):
        return f"Next: {remembering.REMEDY}."
    remedy = _REMEDIES[gravest].format(check=code(_check(run)))
    if is_nowhere(run):
        remedy = _REMEDIES[gravest].partition("; {check}")[0]
    kind = run.checks.get(group.name, Check()).closeness
    off = not all(map(is_of_another_dtype, _reasons(group, gravest)))
    within = gravest == Outcome.WRONG and off and kind in (Closeness.ANALYSED, Closeness.MEASURED)
    return f"Next: {remedy}{_TOLERANCE if within else ''}."


def _reasons(group: GroupFindings, outcome: Outcome) -> list[str | None]:
    """Return why those with an outcome have no time."""
    return [one.reason for one in untimed(group) if one.outcome == outcome]


def is_nowhere(run: Run) -> bool:
    """Return whether what was compared is in no file: functions of a program, or statements of a command line."""
    return run.settings.command[:1] == ("implbench.compare",) or run.settings.command[:2] == ("implbench", "time")


def _check(run: Run) -> str:
    """Return the command that verifies the same problem, as the user named it."""
    return _on("check", run)


def command_on(name: str, run: Run) -> str | None:
    """Return a command on the problem of an `implbench run`, as the user named it; None where that is not known."""
    command = run.settings.command
    hidden = "".join(command[2:3]).startswith("...")
    return _on(name, run) if command[:2] == ("implbench", "run") and not hidden else None


def deciding(run: Run) -> str | None:
    """Return the command that measures what was only explained; None of another run, or one whose words say more."""
    command = run.settings.command
    if command[:2] != ("implbench", "explain") or any(word.startswith((*_NOT_OF_RUN, "...")) for word in command[2:]):
        return None
    return shlex.join(["implbench", "run", *command[2:]])


def _on(name: str, run: Run) -> str:
    command = run.settings.command
    words = command[2:] if "".join(command[1:2]) in _NAMING else ()
    named = takewhile(lambda word: not word.startswith(("-", "...")), words)
    return shlex.join(["implbench", name, *named])


def case_name(finding: Finding | None, group: GroupFindings) -> str:
    """Return the name of a case, with a warning where it is no example of how fast its program is."""
    if finding is None:
        return DASH
    return code(label(finding.arm.case, group)) + (" on the reference BLAS" if finding.reference_blas else "")


def takes(finding: Finding | None) -> str:
    """Return the least time of one call, from burst minima as the ratios are."""
    return time_text(finding.min_seconds_per_call.value if finding and finding.min_seconds_per_call else None)


def _alone(run: Run, group: GroupFindings, baseline: Finding) -> str:
    where = condition(run, group, baseline)
    others = " and ".join(case_name(finding, group) for finding in group.ok if not finding.arm.baseline)
    but = f" but {others}" if others else ""
    fates = _fates(group)
    return (
        f"{case_name(baseline, group)} takes {takes(baseline)} a call (min time; {where}); nothing was compared "
        f"with it{but}{f': {fates}' if fates else ''}."
    )


def _no_baseline(run: Run, group: GroupFindings) -> str:
    """Return the answer where no ratio can be formed because the baseline has no time."""
    fate = _fates(group) or "it was not run"
    fair = [finding for finding in group.ok if not finding.reference_blas] or group.ok
    fastest = min(fair, key=lambda one: one.min_seconds_per_call.value if one.min_seconds_per_call else 0.0)
    return (
        f"There is nothing to compare {plain(run.problem.name)} with, because of the baseline: {fate}. The fastest of "
        f"the others, {case_name(fastest, group)}, takes {takes(fastest)} a call (min time; "
        f"{condition(run, group, fastest)})."
    )


def _imported(run: Run, group: GroupFindings) -> str:
    """Return the answer for what another tool measured: its benchmarks may be of as many computations."""
    if len(group.ok) == 1:
        (only,) = group.ok
        return f"{case_name(only, group)} takes {takes(only)} a call ({condition(run, group, only)})."
    return (
        f"{len(group.ok)} cases of {plain(run.problem.name)} have a time, and none is called faster than another: no "
        "two were timed side by side, and they may compute different things."
    )


def _fates(group: GroupFindings) -> str:
    """Return what became of the cases without a time, those with the same reason together."""
    alike: dict[tuple[Outcome, str], list[str]] = {}
    for one in untimed(group):
        case = one.arm.case if isinstance(one, Finding) else one.case
        alike.setdefault((one.outcome, plain(one.reason or "")), []).append(code(label(case, group)))
    return "; ".join(_fate(names, outcome, reason) for (outcome, reason), names in alike.items())


def _fate(names: Sequence[str], outcome: Outcome, reason: str) -> str:
    one, several = _FATES[outcome]
    return f"{listed(names, _MOST_NAMES)} {several if len(names) > 1 else one}{f' ({reason})' if reason else ''}"
