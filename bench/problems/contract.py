"""The names by which a module says what a problem is, and what each must be."""

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import ImplbenchError
from .literals import bindings, literals

#: The literal constants of a problem, with the type of each.
CONSTANTS: Mapping[str, type] = {
    "SIZES": dict,
    "DEFAULT_SIZE": str,
    "DATA": tuple,
    "BASELINE": str,
    "OUTPUTS": tuple,
    "CLOCKS": tuple,
}

#: Functions of these names say something of a problem; no implementation is called so.
CONTRACT = frozenset(
    {"inputs", "reference", "tolerance", "accept", "same", "quality", "fresh", "work", "setup", "main"}
)

#: What `inputs` gets where it has a parameter of that name; its other parameters are the sizes.
OFFERED = ("dtype", "data", "seed")


def constants_of(tree: ast.Module, file: Path) -> dict[str, Any]:
    """Return the literal constants of a module; ImplbenchError where one of a problem's is something else."""
    bound, constants = {name for name, _ in bindings(tree)}, literals(tree)
    for name, expected in CONSTANTS.items():
        if name in bound and name not in constants:
            raise ImplbenchError(
                f"{file}: has no literal constant {name}: it is read without running the file, and must be a "
                f"{expected.__name__} that is written out"
            )
        if name in constants and not isinstance(constants[name], expected):
            raise ImplbenchError(
                f"{file}: {name} must be a literal {expected.__name__} at the top level of the module, "
                f"found {constants[name]!r}"
            )
    return constants
