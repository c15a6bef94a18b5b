"""What a call returns, written to files at once: nothing that its code does later changes it unseen."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..machine import usage
from .outcome import held_against
from .outputs import Outputs
from .values import structure
from .values.leaves import Leaf
from .values.stored import save_leaves

#: Folder of what is for the problem's own test, beside the leaves.
FOR_TEST = "for_test"


def keep(folder: Path, given: Outputs, leaves: Mapping[str, Leaf], *, tested: bool) -> str:
    """Write what a call has returned to a new folder; return its digest.

    Parameters
    ----------
    folder
        A new one.
    given
        Name -> value.
    leaves
        The same, taken apart.
    tested
        Whether the problem has a test of its own, which is given the values as they were returned.

    Raises
    ------
    Unfit
        If something cannot be handed to that.
    """
    with held_against():
        whole = structure.written(dict(given)) if tested else None
    digest = save_leaves(folder, leaves)
    return digest + save_leaves(folder / FOR_TEST, whole) if whole is not None else digest


class Keeping:
    """Keeps what a call has returned, and knows what that took of the process's resources."""

    def __init__(self, keep_result: Callable[[Any], str | None]) -> None:
        self._keep = keep_result
        self.digest: str | None = None
        self.used = usage.NOTHING

    def __call__(self, result: Any) -> None:
        """Keep it, and note its digest."""
        before = usage.read()
        self.digest = self._keep(result)
        self.used = usage.read().since(before)
