"""Calls in the midst of other code, which makes what they are called with: a test with its fixtures, a class's setup.

A source of such (`within` in the package's docstring) brings a worker to where one is made, and there it is timed.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from msgspec import Struct, field


class Call(Struct, frozen=True, kw_only=True):
    """What is timed."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
    keywords: Mapping[str, Any] = field(default_factory=dict)
    renewed: Callable[[], tuple[Any, ...]] | None = None
    """Gives the next call more arguments, untimed, where a call uses up what it is given."""

    @property
    def bound(self) -> Callable[..., Any]:
        """The function with its arguments, and nothing in between where it has none."""
        return partial(self.function, *self.arguments, **self.keywords) if self.operands else self.function

    @property
    def operands(self) -> dict[str, Any]:
        """Its arguments by name or, as a digit or more, by place."""
        return {**{str(place): one for place, one in enumerate(self.arguments)}, **self.keywords}

    def prepare(self, operands: Mapping[str, Any]) -> Callable[[], Any]:
        """Return the function bound to others."""
        arguments = [operands[str(place)] for place in range(len(self.arguments))]
        return partial(self.function, *arguments, **{name: operands[name] for name in self.keywords})


#: The call that this process has come to: a worker comes to one.
_reached: list[Call] = []


@contextmanager
def reached(call: Call) -> Iterator[None]:
    """Let this process be where that call is made."""
    _reached.append(call)
    try:
        yield
    finally:
        _reached.pop()


def here() -> Call | None:
    """Return the call that this process has come to; None where it has come to none."""
    return _reached[-1] if _reached else None


def functions() -> dict[str, Callable[..., Any]]:
    """Return what a problem has beside its implementations, where the call that was reached is one of them.

    It has no inputs: what a call is given is made around it.
    """
    call = _reached[-1]
    renewed = call.renewed
    return {"inputs": _no_inputs} | ({"fresh": lambda *_, **__: renewed()} if renewed else {})


def function() -> Callable[..., Any]:
    """Return what is called there."""
    return _reached[-1].bound


def _no_inputs() -> tuple[()]:
    return ()
