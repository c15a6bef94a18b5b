"""An implementation's module, as a worker imports it: what it lacks or refuses becomes an outcome with its reason."""

from pathlib import Path
from types import ModuleType, SimpleNamespace

from ..problems import implementation
from ..problems.case import Case
from .outcome import Unfit, judged, where
from .protocol import Start


def loaded(order: Start) -> ModuleType:
    """Return the module of the implementation in an order, if it can do the case here.

    Raises
    ------
    Unfit
        If it cannot be imported, has no ``prepare``, or says that it is unavailable or does not support the case.
    """
    with judged():
        module = _imported(order.spec.folder, order.implementation)
        if not callable(getattr(module, "prepare", None)):
            raise Unfit("failed", "has no function prepare(inputs) once it is imported")
        absent = module.unavailable() if hasattr(module, "unavailable") else None
        if absent:
            raise Unfit("unavailable", str(absent))
        reason = module.unsupported(_told(order.spec.case)) if hasattr(module, "unsupported") else None
        if reason:
            raise Unfit("unsupported", str(reason))
    return module


def _told(case: Case) -> SimpleNamespace:
    """Return a case as ``unsupported(case)`` gets it: its size is a dict of numbers."""
    names = ("problem", "implementation", "dtype", "layout", "threads", "data")
    return SimpleNamespace(size=case.size.values, **{name: getattr(case, name) for name in names})


def _imported(folder: Path, name: str) -> ModuleType:
    """Import the module; an end of the interpreter has a reason of its own, for it is what scripts do."""
    try:
        return implementation.load(folder, name)
    except SystemExit as error:
        raise Unfit(
            "failed",
            f"ended the interpreter when it was imported (SystemExit: {error.code}){where(error)}; what reads "
            'arguments belongs below if __name__ == "__main__"',
        ) from error
