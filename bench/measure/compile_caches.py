"""Where compilers that implementations call keep what they compiled: with the run, and for one implementation each.

So the first worker of an implementation compiles, and those of later rounds find that on disk, where it was asked for
(Numba: ``cache=True``). Nothing is found that was there before the run, and no implementation, version or second
baseline finds what another has compiled. What they keep is code; inputs have two contents and are verified as ever.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Name of the folder for all of it.
FOLDER = "compiled"

#: Variables that name such a folder to Numba, JAX, PyTorch's Inductor, Triton and CuPy.
VARIABLES = (
    "NUMBA_CACHE_DIR",
    "JAX_COMPILATION_CACHE_DIR",
    "TORCHINDUCTOR_CACHE_DIR",
    "TRITON_CACHE_DIR",
    "CUPY_CACHE_DIR",
)

#: JAX keeps by itself only what took a second to compile.
_KEEPS_ALL = {
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
}


def variables(scratch: Path, *whose: object) -> dict[str, str]:
    """Return the variables under which a worker keeps what it compiles below `scratch`, for whoever is the same.

    The names of the folders have one length, for the size of the environment shifts the stack.
    """
    own = hashlib.sha256(repr(whose).encode(errors="surrogateescape")).hexdigest()[:16]
    return dict.fromkeys(VARIABLES, str(scratch / FOLDER / own)) | _KEEPS_ALL


@contextmanager
def placed(scratch: Path) -> Iterator[None]:
    """Have that folder lie where programs may be run from: elsewhere, if `scratch` does not allow it (``noexec``).

    Inductor and Triton load from there what they have built.
    """
    if not forbids_programs(scratch):
        (scratch / FOLDER).mkdir()
        yield
        return
    with tempfile.TemporaryDirectory(prefix="implbench-") as other:
        (scratch / FOLDER).symlink_to(other)
        yield


def forbids_programs(folder: Path) -> bool:
    """Return whether programs and libraries may not be loaded from a folder (``noexec``)."""
    return bool(os.statvfs(folder).f_flag & getattr(os, "ST_NOEXEC", 0))
