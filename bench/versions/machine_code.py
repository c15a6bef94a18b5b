"""Whether two compiled files are the same code: what a debugger alone reads, as the numbers of lines, is no part."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from .. import reading
from .native import products

#: From binutils, which brings the assembler and linker of nearly every compiler.
_PROGRAM = "objcopy"

#: The linker's digest of the whole file, what a debugger reads among it.
_BUILD_ID = ".note.gnu.build-id"


def alike(base: Path, head: Path, names: Iterable[str]) -> frozenset[str]:
    """Return which of these compiled files, paths from two folders, are the same code; none where nobody can tell."""
    program = shutil.which(_PROGRAM)
    if program is None:
        return frozenset()
    return frozenset(name for name in products(names) if _are_alike(program, base / name, head / name))


def _are_alike(program: str, one: Path, other: Path) -> bool:
    with tempfile.TemporaryDirectory(prefix="implbench-") as folder:
        copies = [Path(folder, str(place)) for place in range(2)]
        for file, copy in zip((one, other), copies, strict=True):
            command = [program, "--strip-debug", f"--remove-section={_BUILD_ID}", str(file), str(copy)]
            if not file.is_file() or subprocess.run(command, capture_output=True, check=False).returncode:
                return False
        return reading.digest(copies[0]) == reading.digest(copies[1])
