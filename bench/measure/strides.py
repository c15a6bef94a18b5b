"""What is said where inputs lie in memory otherwise than `inputs` gives them, as an order was asked for. Pure."""

from collections.abc import Iterable, Mapping

from ..problems.case import FoundOrder, MemoryOrder


def told(given: Mapping[str, FoundOrder], measured: Iterable[Mapping[str, MemoryOrder]]) -> str | None:
    """Return a warning; None where each array is measured as it was given, or in both orders.

    Parameters
    ----------
    given
        Name -> memory order of each array that was given in another than C order.
    measured
        For each arm, name -> the memory order that is asked for.
    """
    orders = list(measured)
    strided = [name for name, order in given.items() if order == "strided" and all(name in one for one in orders)]
    if strided:
        return (
            f"inputs() gives {', '.join(strided)} with strides, and what is measured is contiguous, in the order "
            "that --layout or LAYOUTS asks for"
        )
    columns = [name for name, order in given.items() if order == "F" and all(one.get(name) == "C" for one in orders)]
    if columns:
        return f"inputs() gives {', '.join(columns)} in F order, and what is measured is in C order; see --layout F"
    return None
