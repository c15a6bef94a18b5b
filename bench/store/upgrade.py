"""Documents of older schemas, brought up to today's: what they hold stays, and how it is said changes. Pure."""

from typing import Any

import msgspec

from .. import reading
from .records import Role


class _Arm(msgspec.Struct):
    name: str
    case: msgspec.Raw
    title: str
    baseline: bool
    again: bool = False


class _Limit(msgspec.Struct):
    group: msgspec.Raw
    arm: _Arm
    resource: msgspec.Raw
    applies: msgspec.Raw
    work: msgspec.Raw


class _Document(msgspec.Struct):
    """What schema 2 says otherwise."""

    arms: tuple[_Arm, ...]
    limits: tuple[_Limit, ...] = ()


def from_1(data: bytes) -> bytes:
    """Return a document of schema 1, or the first line of a journal, as one of schema 2, where each arm has a role.

    Raises
    ------
    Unreadable
        If it is no JSON object, or has no arms or limits as schema 1 has them.
    """
    old = reading.decoded(data, _Document)
    new: dict[str, Any] = reading.decoded(data, dict[str, msgspec.Raw])
    new |= {
        "schema": 2,
        "arms": [_with_role(arm, _role(arm)) for arm in old.arms],
        "limits": [{**msgspec.structs.asdict(limit), "arm": _with_role(limit.arm, Role.LIMIT)} for limit in old.limits],
    }
    return msgspec.json.encode(new)


def _role(arm: _Arm) -> Role:
    if arm.again:
        return Role.AGAIN
    return Role.BASELINE if arm.baseline else Role.CASE


def _with_role(arm: _Arm, role: Role) -> dict[str, Any]:
    return {"name": arm.name, "case": arm.case, "title": arm.title, "role": role}
