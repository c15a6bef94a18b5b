"""C sources as a loaded library: compiled once for this compiler and this CPU, kept in the user's cache.

A library's name in the cache carries two digests: one of all that it was made from, one of its own bytes. The first
finds it; the second tells whether it is whole, since loading a truncated library can kill the process. It is written
under another name and then renamed, so that nobody sees half of it and builders at the same time do no harm.
"""

import contextlib
import ctypes
import hashlib
import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

SOURCES = tuple(Path(__file__).with_name(name) for name in ("kernel.c", "tiles.h", "vectors.h"))
C_TYPES = {"float64": "double", "float32": "float"}

COMMON = ("-std=gnu11", "-O3", "-ffp-contract=fast", "-fPIC", "-shared")
CHOICES = [
    (*cpu, *threads)
    for threads in (("-fopenmp",), ())
    for cpu in (("-march=native",), ("-mcpu=native",), ())  # Clang on arm64 once knew only the second
]
"""Flags that not every compiler takes, the best ones first."""


def compiler():
    """Return the command that compiles C, as a list: $CC or cc; None where there is none."""
    command = shlex.split(os.environ.get("CC") or "cc")
    return command if shutil.which(command[0]) else None


def library(dtype, sources=SOURCES):
    """Return the kernel for a dtype as a loaded library.

    Parameters
    ----------
    dtype
        Name of that of the arrays.
    sources
        The file to compile, and those that it includes.

    Raises
    ------
    RuntimeError
        If it does not compile, with what the compiler says.
    """
    message = ""
    for flags in CHOICES:
        command = [*compiler(), *COMMON, *flags, f"-DREAL={C_TYPES[dtype]}"]
        try:
            return declared(cached(command, sources))
        except subprocess.CalledProcessError as error:
            message = message or error.stderr.decode(errors="replace")
    raise RuntimeError(f"{sources[0].name} does not compile: {message.strip()}")


def declared(loaded):
    """Return the library with the types of its functions; what the kernel's own returns is not used."""
    loaded.threads_now.restype = ctypes.c_ssize_t
    loaded.room_bytes.restype = ctypes.c_size_t
    return loaded


def cached(command, sources):
    """Return the library that `command` builds of the sources, from the cache or built into it."""
    key = made_from(command, sources)
    with contextlib.suppress(OSError):  # a cache that cannot be written, or nothing in it be loaded
        folder = cache_folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return ctypes.CDLL(str(whole(folder, key) or built(folder, key, [*command, str(sources[0])])))
    with tempfile.TemporaryDirectory(prefix="implbench-") as folder:  # once loaded, the file is not needed
        return ctypes.CDLL(str(built(Path(folder), key, [*command, str(sources[0])])))


def cache_folder():
    """Return where this user's libraries are kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "implbench"


def made_from(command, sources):
    """Return a digest of source, flags, compiler and CPU.

    The last two by the macros that the compiler predefines with these flags: its version, the CPU that ``native`` means
    and each of that CPU's instruction sets.
    """
    macros = run([*command, "-dM", "-E", "-x", "c", os.devnull])
    return digest(b"\0".join([*(file.read_bytes() for file in sources), shlex.join(command).encode(), macros]))


def whole(folder, key):
    """Return the library made from `key` whose bytes are those that were written; others are removed."""
    for file in folder.glob(f"{key}-*.so"):
        if file.name == named(key, file.read_bytes()):
            return file
        file.unlink(missing_ok=True)
    return None


def built(folder, key, command):
    """Compile into the folder; return the file, there only when it is complete."""
    with tempfile.TemporaryDirectory(prefix="building-", dir=folder) as private:
        made = Path(private) / "made"
        run([*command, "-o", str(made)])
        return made.replace(folder / named(key, made.read_bytes()))


def named(key, content):
    return f"{key}-{digest(content)}.so"


def digest(content):
    return hashlib.sha256(content).hexdigest()


def run(command):
    """Return what a command prints; CalledProcessError carries what it says against it."""
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True).stdout
