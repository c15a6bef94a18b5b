"""Functions that say something of a problem by their names: whether each can be called as it will be.

A file may have taken one of these names for something else, or imported it; then it is told so.
"""

import inspect
from collections.abc import Collection, Mapping
from types import ModuleType
from typing import Any

from ..text import article
from .outcome import Unfit

#: What each is called with; `reference` and `fresh` as the implementations are.
CALLED: Mapping[str, tuple[str, ...]] = {
    "tolerance": ("inputs", "unit_roundoff"),
    "accept": ("inputs", "outputs"),
    "same": ("right", "outputs"),
    "quality": ("inputs", "outputs"),
    "work": ("size", "dtype"),
}


def require(name: str, hook: Any, called: Collection[str] | None, module: str) -> None:
    """Raise Unfit for a function of a problem that cannot be called, with what to do.

    Parameters
    ----------
    name, hook
        What has that name.
    called
        Names for what it is called with; None where that is not known yet.
    module
        Name of the problem's module.
    """
    if callable(hook) and (called is None or _takes(hook, len(called))):
        return
    origin = _imported_from(hook, module)
    what = f"{name}{_parameters(hook)}" if callable(hook) else f"{name}, {article(type(hook).__name__)},"
    came = f"imported from {origin}" if origin else f"in {module.rpartition('.')[2]}.py"
    is_called = f"is called as {name}({', '.join(called)})" if callable(hook) and called else "is a function"
    remedy = f"import it as something else (from {origin} import {name} as _{name})" if origin else "call it otherwise"
    asked = f"if it is none, {remedy}"
    raise Unfit("failed", f"{what} {came} is taken for the problem's {name}(), which {is_called}; {asked}")


def _takes(hook: Any, count: int) -> bool:
    """Return whether a function takes so many arguments, as far as it tells."""
    try:
        inspect.signature(hook).bind(*[None] * count)
    except TypeError:
        return False
    except ValueError:  # one written in C need not tell
        return True
    return True


def _parameters(hook: Any) -> str:
    try:
        return f"({', '.join(inspect.signature(hook).parameters)})"
    except (TypeError, ValueError):
        return ""


def _imported_from(hook: Any, module: str) -> str | None:
    """Return the module that a function comes from; None of the problem's own, and of what does not tell."""
    origin = hook.__name__ if isinstance(hook, ModuleType) else getattr(hook, "__module__", None)
    return origin if isinstance(origin, str) and origin not in (module, "builtins") else None
