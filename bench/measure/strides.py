"""What is said where inputs lie in memory otherwise than `inputs` gives them: strides are not kept. Pure."""

from collections.abc import Iterable, Mapping

from ..problems.case import FoundOrder, MemoryOrder


def told(given: Mapping[str, FoundOrder], measured: Iterable[Mapping[str, MemoryOrder]]) -> str | None:
    """Return a warning; None where each array is measured as it was given.

    Parameters
    ----------
    given
        Name -> memory order of each array that was given in another than C order.
    measured
        For each arm, name -> memory order of each 2-D input.
    """
    orders = list(measured)
    strided = [name for name, order in given.items() if order == "strided"]
    if strided:
        return (
            f"inputs() gives {', '.join(strided)} with strides, and what is measured is contiguous; where the strides "
            "matter, let it give the whole array, and the functions take the part, the transpose or the repetition"
        )
    columns = [name for name in given if all(order.get(name, "C") == "C" for order in orders)]
    if columns:
        return f"inputs() gives {', '.join(columns)} in F order, and what is measured is in C order; see --layout F"
    return None
