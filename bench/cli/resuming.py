"""`implbench run --resume`: go on with a run that was ended from outside."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ..errors import ImplbenchError
from ..problems import problem
from ..problems.problem import Problem
from ..report import terminal
from ..store import interrupted
from ..store.records import Run
from ..versions.environments.ready import ready
from .measuring import resumed
from .measuring_options import HERE, RunOptions


def measured(options: RunOptions) -> tuple[Run, Path | None]:
    """Return the run and its document, once its missing rounds are held.

    Raises
    ------
    ImplbenchError
        If there is no such run, it is finished, goes on elsewhere, or its code or this machine is not what it was.
    """
    with interrupted.taken(options.results, options.resume or None) as after:
        words = options.problem if options.problem != HERE else ()
        environments = ready(options.environments, terminal.note)
        if tuple(one.record for one in environments if one.record) != after.run.environments:
            raise ImplbenchError(
                "the environments of the run are not those here: name them beside --resume as they were named (--env, "
                "--python, --var); one that has changed since is measured anew"
            )
        return resumed(_problem_of(after.run, words), after, environments, wait=options.timing.wait)


def _problem_of(run: Run, words: Sequence[str]) -> Problem:
    """Return the problem of a run, as it was: the one that is named, else one that the run's own command names.

    Nothing that the run says is done; its words are looked at as names of files, and count where those are its code.
    """
    name, changed = run.problem.name, False
    for found in _candidates(words or (*run.settings.command[2:], *HERE), quiet=not words):
        if found.digest() == run.problem.digest:
            return found
        changed |= found.name == name or bool(words)
    if changed:
        raise ImplbenchError(f"the code of {name} has changed since the run was begun; implbench run measures anew")
    raise ImplbenchError(f"where {name} lies is not known here; name it: implbench run PROBLEM --resume")


def _candidates(words: Sequence[str], *, quiet: bool) -> Iterator[Problem]:
    for word in words:
        place, colon, _ = word.rpartition(":")
        for each in dict.fromkeys(filter(None, (word, place if colon else ""))):
            try:
                yield problem.find(each if each[:1] != "~" else str(Path(each).expanduser()))
            except (ImplbenchError, OSError, RuntimeError, ValueError):  # no problem, no path at all, or no home
                if not quiet:
                    raise
