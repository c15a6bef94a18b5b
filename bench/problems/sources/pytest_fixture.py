"""The fixture ``benchmark`` of pytest-benchmark, whose call somebody else makes."""

import operator
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from .calls import Call

#: Its name: a test that has it is a benchmark.
FIXTURE = "benchmark"

#: Takes a call; tells whether it has made it as often as it wants.
HandOver = Callable[[Call], bool]


class Served(BaseException):
    """Leaves a test whose call was made elsewhere."""


class Fixture:
    """A plugin with the fixture."""

    def __init__(self, hand_over: HandOver) -> None:
        self._hand_over = hand_over

    @pytest.fixture
    def benchmark(self, benchmark: Any) -> Any:
        """Return pytest-benchmark's own, which hands its call over."""
        benchmark.__class__ = _Handing
        benchmark.hand_over = self._hand_over
        return benchmark


class _Handing(BenchmarkFixture):
    """Hands its call over before it makes it."""

    hand_over: HandOver

    def __call__(self, function_to_benchmark: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Hand a call over, or make it."""
        if self.hand_over(Call(function=function_to_benchmark, arguments=args, keywords=kwargs)):
            raise Served
        return super().__call__(function_to_benchmark, *args, **kwargs)  # type: ignore[no-untyped-call]

    def pedantic(  # noqa: PLR0917  # as it is called
        self,
        target: Callable[..., Any],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
        setup: Callable[[], Any] | None = None,
        teardown: Callable[..., Any] | None = None,
        rounds: int = 1,
        warmup_rounds: int = 0,
        iterations: int = 1,
    ) -> Any:
        """Hand a call over with what is done before and behind it, or make it."""
        given = tuple(args), dict(kwargs or {})
        if setup or teardown:
            renewing = _Renewing(target, given, setup, teardown)
            call = Call(function=operator.methodcaller("__call__"), renewed=renewing)
        else:
            renewing, call = None, Call(function=target, arguments=given[0], keywords=given[1])
        if self.hand_over(call):
            if renewing:
                renewing.end()
            raise Served
        if renewing:
            (made,) = renewing()
            result = super().pedantic(made)  # type: ignore[no-untyped-call]
            renewing.end()
            return result
        return super().pedantic(target, *given, setup, teardown, rounds, warmup_rounds, iterations)  # type: ignore[no-untyped-call]


class _Renewing:
    """Does what is wanted around each call: `setup`, which may give the arguments, and `teardown`."""

    def __init__(
        self,
        target: Callable[..., Any],
        given: tuple[tuple[Any, ...], dict[str, Any]],
        setup: Callable[[], Any] | None,
        teardown: Callable[..., Any] | None,
    ) -> None:
        self._target = target
        self._given = given
        self._setup = setup
        self._teardown = teardown
        self._last: tuple[Sequence[Any], Mapping[str, Any]] | None = None

    def __call__(self) -> tuple[Callable[[], Any]]:
        """End the last call, and return what makes the next."""
        self.end()
        args, kwargs = (self._setup() if self._setup else None) or self._given
        self._last = args, kwargs
        return (partial(self._target, *args, **kwargs),)

    def end(self) -> None:
        """Do what comes behind the last call, if there was one."""
        if self._teardown and self._last is not None:
            args, kwargs = self._last
            self._teardown(*args, **kwargs)
        self._last = None
