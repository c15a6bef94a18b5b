"""Which case and which machine another tool's file speaks of, as far as it tells; what it does not tell is None."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeGuard

from ..machine.hardware import fingerprint
from ..problems.case import DEFAULT_ALLOCATOR, WARM, Case, Size
from ..report.parts import plain

#: No count of anything is larger.
MOST = 2**53

#: The parameters that tell a case apart; in this order they are a case's own.
_NAMED = ("implementation", "size", "dtype", "layout")

#: A revision of git or Mercurial, with the mark of changed files that some write after it.
_REVISION = re.compile(r"[0-9a-fA-F]{7,64}\+?")


def case(name: str, problem: str) -> Case:
    """Return the case of a foreign benchmark, of which its name is all that is known."""
    return Case(
        problem=plain(problem),
        implementation=plain(name),
        size=Size(name="", values={}),
        dtype="",
        layout="",
        threads=None,
        allocator=DEFAULT_ALLOCATOR,
    )


def restored(identity: str, parameters: Mapping[str, Any]) -> Case | None:
    """Return the case that implbench exported, None where `identity` is not the id that its parameters make.

    Parameters
    ----------
    identity
        What may be a case's id, as ``backprop[vectorized-M-float64-C-1t]``.
    parameters
        What stands beside it; whole numbers that are no part of the name are those of the size.
    """
    named = {name: parameters.get(name, "") for name in _NAMED}
    threads = parameters.get("threads")
    known = all(isinstance(value, str) for value in named.values()) and (threads is None or _is_count(threads))
    if not known or plain(identity) != identity:
        return None
    values = {plain(name): value for name, value in parameters.items() if _is_count(value) and name != "threads"}
    found = Case(
        problem=identity.partition("[")[0],
        implementation=str(named["implementation"]),
        size=Size(name=str(named["size"]), values=values),
        dtype=str(named["dtype"]),
        layout=str(named["layout"]),
        threads=threads,
        allocator=str(parameters.get("allocator", DEFAULT_ALLOCATOR)),
        cache=str(parameters.get("cache", WARM)),
        data=str(parameters.get("data", "")),
    )
    return found if found.id == identity else None


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < MOST


def environment(host: object, **parts: Mapping[str, object]) -> dict[str, Any]:
    """Return an environment's record of what is known, as `environment.capture` lays it out.

    The fingerprint is that of the few things that foreign files tell: equal for files of one machine, never that of a
    run which implbench measured there. A machine whose CPU is not named is told from others by its name in the network,
    `host`, which is recorded then, and by what else is known; without anything it has no fingerprint.
    """
    record: dict[str, Any] = {name: _scalars(part) for name, part in parts.items()}
    if not _is_revision(record["commit"].get("id")):
        record["commit"] = None
    cpu, system = record["cpu"], record["system"]
    named = f"{system.get('os')} {system.get('architecture')}"
    if not cpu.get("model"):
        record["host"] = _scalar(host) or None
        named = f"{record['host']} {named}"
    known = any([*cpu.values(), record.get("host"), system.get("os"), system.get("architecture")])
    return {"fingerprint": fingerprint(cpu, None, named) if known else None, **record}


def _is_revision(value: object) -> bool:
    """Return whether this names a revision: tools write words such as ``unversioned`` where there is none."""
    return isinstance(value, str) and _REVISION.fullmatch(value) is not None


def _scalars(part: Mapping[str, object]) -> dict[str, object]:
    return {name: _scalar(value) for name, value in part.items()}


def _scalar(value: object) -> object:
    """Return what is text, as one line, a truth value or a count; all else is unknown."""
    if isinstance(value, str):
        return plain(value)
    return value if isinstance(value, bool) or _is_count(value) else None


def utc(text: str) -> str | None:
    """Return an ISO time in the form of a run's own, None where it cannot be read; without an offset it is UTC."""
    try:
        found = datetime.fromisoformat(text)
        aware = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return aware.replace(microsecond=0, tzinfo=None).isoformat() + "Z"
