"""Results that are computed only when they are looked at: computed inside the clock, by what is put behind the step."""

import sys
from collections.abc import Callable, Iterator
from typing import Any

Step = Callable[..., Any]


def forced(step: Step, result: Any) -> tuple[Step, str] | None:
    """Return a step that ends when its result is there, and what it does for that; None where it does already.

    Parameters
    ----------
    step
        An implementation's own.
    result
        What it has returned.
    """
    if issubclass(type(result), Iterator):
        return _listing(step), f"its {type(result).__name__} is gone through inside the clock"
    if any(issubclass(type(one), Iterator) for one in items_of(result) or ()):
        return _listing_each(step), "what it yields is gone through inside the clock"
    if "jax" in sys.modules and _holds(result, "jaxlib", "jax"):
        return _waiting(step, sys.modules["jax"].block_until_ready), "the clock stops when its arrays are computed"
    wait = _device_of(result)
    return None if wait is None else (_synchronised(step, wait), "the clock stops when the device is done")


def _device_of(result: Any) -> Any:
    """Return what waits until the device is done that a result is, or may be, on; None where it is on none."""
    torch, cupy, cuda = (sys.modules.get(name) for name in ("torch", "cupy", "numba.cuda"))
    if torch is not None and _holds(result, "torch") and torch.cuda.is_available():
        return torch.cuda.synchronize
    if cupy is not None and _holds(result, "cupy"):
        return cupy.cuda.runtime.deviceSynchronize
    if cuda is not None and _holds(result, "numba") and cuda.is_available():
        return cuda.synchronize
    return None


def items_of(result: Any) -> list[Any] | None:
    """Return what a list or tuple holds, whatever a subclass makes of being asked for it; None of anything else."""
    for kind in (tuple, list):
        if issubclass(type(result), kind):
            return [*kind.__iter__(result)]
    return None


def _holds(result: Any, *packages: str) -> bool:
    """Return whether a result is of one of these packages, or holds something that is."""
    if issubclass(type(result), dict):
        return any(_holds(one, *packages) for one in dict.values(result))
    items = items_of(result)
    if items is not None:
        return any(_holds(one, *packages) for one in items[:100])
    return type(result).__module__.partition(".")[0] in packages


def _listing(step: Step) -> Step:
    return _like(step, lambda *given: list(step(*given)))


def _listing_each(step: Step) -> Step:
    def listing(*given: Any) -> Any:
        return [list(one) if issubclass(type(one), Iterator) else one for one in items_of(step(*given)) or ()]

    return _like(step, listing)


def _waiting(step: Step, wait: Callable[[Any], Any]) -> Step:
    return _like(step, lambda *given: wait(step(*given)))


def _synchronised(step: Step, synchronise: Callable[[], Any]) -> Step:
    def synchronised(*given: Any) -> Any:
        result = step(*given)
        synchronise()
        return result

    return _like(step, synchronised)


def _like(step: Step, other: Step) -> Step:
    """Return the other step, with what a step may carry."""
    for name in ("clock_ns", "clock_resolution_ns", "pools", "transfer_ns"):
        if hasattr(step, name):
            setattr(other, name, getattr(step, name))
    return other
