"""Whether an interrupted run may go on here, and what it says of itself then.

Ratios are formed within a round, so that hours between two rounds do no harm; but all rounds have to be of the same
code on the same machine. What differs in that is refused. How busy the machine is then is noted.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from ..errors import ImplbenchError
from ..store.documents import encoded
from ..store.interrupted import Interrupted
from ..store.records import Resumed, Run

#: What is recorded, and may be another when a run goes on: the clock of the CPU at that moment, and memory by a few
#: pages, of which the fingerprint has the GiB. The commit says nothing that the digest of the problem does not.
_MAY_DIFFER = (("cpu", "frequency_hz"), ("memory_bytes",), ("commit",), ("before",), ("numeric_stack",))

_ANEW = "implbench run measures anew"

#: So much of a value is shown.
_LONGEST = 60


def require_alike(then: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Raise ImplbenchError if what was recorded of a machine and its programs is no longer so, with what differs."""
    told = [
        f"{' '.join(path)} was {_shown(old)} and is {_shown(new)}"
        for path, old, new in _differences((), msgspec.json.decode(encoded(then)), msgspec.json.decode(encoded(now)))
    ]
    if told:
        more = f" (and {len(told) - 1} more)" if len(told) > 1 else ""
        raise ImplbenchError(f"the run was begun in another environment: {told[0]}{more}; {_ANEW}")


def _differences(path: tuple[str, ...], then: Any, now: Any) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """Yield the path of what differs, as it was and as it is; None is not there."""
    if path in _MAY_DIFFER or then == now:
        return
    if isinstance(then, dict) and isinstance(now, dict):
        for key in dict.fromkeys([*then, *now]):
            yield from _differences((*path, key), then.get(key), now.get(key))
    else:
        yield path, then, now


def _shown(value: Any) -> str:
    text = "unknown" if value is None else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def header(after: Interrupted, now: Run) -> Run:
    """Return what a run that goes on says before its first round; `now` is what one that begins here would say.

    Raises
    ------
    ImplbenchError
        If its rounds and those to come would be of other code, or of another machine.
    """
    old = after.run
    if (old.problem.name, old.problem.digest) != (now.problem.name, now.problem.digest):
        raise ImplbenchError(f"the code of {old.problem.name} has changed since the run was begun; {_ANEW}")
    if any(old.settings.sweep not in (None, *arm.case.size.values) for arm in after.begun.arms):
        raise ImplbenchError(f"its cases have no size {old.settings.sweep}, over which it was to go; {_ANEW}")
    require_alike(_told_by_inputs(old), _told_by_inputs(now))
    resumed = Resumed(at=now.created, rounds=len(after.kept), load=now.environment["before"]["load"])
    return replace(
        old,
        id="",
        arms=after.begun.arms,
        left=after.begun.left,
        rounds=(),
        interrupted=False,
        begun=None,
        stopped={},
        spent_s={},
        warnings=tuple(dict.fromkeys((*old.warnings, *now.warnings))),
        resumed=(*old.resumed, resumed),
    )


def _told_by_inputs(run: Run) -> dict[str, object]:
    """Return what is known of a machine only once a worker has made the inputs."""
    return {"worker": run.environment.get("numeric_stack"), "limits": [limit.arm.name for limit in run.limits]}
