"""Functions that keep their answers (functools.cache): to look an answer up is not to compute it."""

import functools
import inspect
from collections.abc import Callable
from typing import Any

_Cached = type(functools.cache(lambda: None))

#: Of the class: a function may have an attribute of that name, which does something else.
_clear, _info = _Cached.cache_clear, _Cached.cache_info


class Caches:
    """What a step keeps from call to call: itself, and in functions that stand beside its own in their module."""

    def __init__(self, step: Callable[..., Any]) -> None:
        function = step.func if isinstance(step, functools.partial) else step
        self.forget: Callable[[], object] | None = None
        """Has the step forget its own answers, where it keeps them."""
        if isinstance(function, _Cached):
            self.forget = functools.partial(_clear, function)
        around = getattr(inspect.unwrap(function), "__globals__", {})
        self._beside = {name: one for name, one in around.items() if isinstance(one, _Cached) and one is not function}
        self._before: dict[str, tuple[int, int]] = {}

    def look(self) -> None:
        """Note what has been asked for so far."""
        self._before = self._asked()

    def told(self) -> str | None:
        """Return what is said beside the title; of a function beside the step, if since `look` it only looked up."""
        if self.forget:
            return "its cache is cleared before each call"
        now = self._asked()
        kept = [name for name, (hits, misses) in self._before.items() if now[name][0] > hits and now[name][1] == misses]
        return f"{', '.join(kept)} kept its answers from call to call" if kept else None

    def _asked(self) -> dict[str, tuple[int, int]]:
        """Return name -> how often an answer was found, and how often it was not."""
        return {name: _info(one)[:2] for name, one in self._beside.items()}
