"""The thread pools of an implementation, here and in another program, and whether they keep to their number."""

from collections.abc import Callable
from typing import Any

import msgspec

from ..machine.threads import Guard
from ..store.worker_records import Pool
from .outcome import Unfit, judged


def obedient_pools(guard: Guard, step: Callable[..., Any]) -> tuple[Pool, ...]:
    """Return the pools that are seen, and those that a step names; Unfit if one has more threads than asked for."""
    with judged():
        pools = [*guard.pools(), *getattr(step, "pools", ())]
        try:
            known = msgspec.convert(pools, tuple[Pool, ...])
        except msgspec.ValidationError as error:
            raise Unfit("failed", f"its step.pools are not as documented: {error}") from error
        reason = guard.disobedient(pools)
    if reason:
        raise Unfit("failed", reason)
    return known
