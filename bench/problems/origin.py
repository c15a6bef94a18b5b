"""Where a problem comes from that is an entry of somebody else's collection: ``npbench:PATH#gemm``."""

from pathlib import Path

from msgspec import Struct


class Origin(Struct, frozen=True, kw_only=True):
    """An entry of a collection; it is all that a worker needs to make the problem's functions."""

    scheme: str
    """Name of the kind of collection, as of the module in `sources` that reads it."""
    place: Path
    """The collection: a folder, or a file; absolute."""
    entry: str = ""
    """Name of the entry; empty where none is named."""
    candidates: tuple[Path, ...] = ()
    """Files and folders of further implementations, which do not lie in the collection; absolute."""

    def __str__(self) -> str:
        """As it is typed."""
        return f"{self.scheme}:{self.place}#{self.entry}" if self.entry else f"{self.scheme}:{self.place}"
