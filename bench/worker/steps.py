"""What a process that makes inputs is at, told to its parent meanwhile: one call has not the time of all together."""

from collections.abc import Callable

from .protocol import Reply


class Calling(Reply, frozen=True, kw_only=True):
    """A call of the baseline begins, or has ended; the reply to the order is still to come."""

    begins: bool


#: Tells the parent.
Tell = Callable[[Calling], None]


def untold(_: Calling) -> None:
    """Tell nobody."""
