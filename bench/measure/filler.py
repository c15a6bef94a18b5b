"""A file that workers read to fill the caches with, before each call that is to find them cold."""

from pathlib import Path

from ..errors import ImplbenchError
from ..machine import hardware


def filler(scratch: Path) -> Path:
    """Return a file in `scratch` that all workers read, in memory and larger than the caches are.

    Raises
    ------
    ImplbenchError
        If there is no room for it.
    """
    path = scratch / "filler"
    if not path.exists():
        size = hardware.beyond_caches(hardware.caches(), hardware.memory_bytes())
        try:
            path.write_bytes(b"\1" * size)  # not zeros: of a hole all pages are one
        except OSError as error:
            raise ImplbenchError(f"{scratch}: --cache cold needs {size} bytes there: {error.strerror}") from error
    return path
