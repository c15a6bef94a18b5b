"""Whether somebody's own function evaluates the frames of Python functions (PEP 523): it is called by all calls.

torch.compile sets one while it compiles, debuggers for good. Theirs lie in libraries that are installed, and compute
nothing by themselves; one that an implementation has built for itself may.
"""

import ctypes
import os
import sys
from pathlib import Path

#: Folders of what is installed, before any other code can change what is looked through.
_INSTALLED = tuple(Path(one).resolve() for one in sys.path if Path(one).name in ("site-packages", "dist-packages"))

#: Who is asked, what, and what it answers where nobody has changed it.
_NAMES = ("PyInterpreterState_Get", "_PyInterpreterState_GetEvalFrameFunc", "_PyEval_EvalFrameDefault")


class _Symbol(ctypes.Structure):
    """Where an address lies (``dladdr``)."""

    _fields_ = (
        ("file", ctypes.c_char_p),
        ("file_at", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("name_at", ctypes.c_void_p),
    )


def is_evaluated_by_other() -> bool:
    """Return whether frames are evaluated by a function that is neither Python's nor in a library that is installed.

    False where that cannot be told: the interpreter has to export what tells it, as CPython 3.11 to 3.14 do.
    """
    try:
        state, get, own = (getattr(ctypes.pythonapi, name) for name in _NAMES)
    except AttributeError:
        return False
    state.restype = get.restype = ctypes.c_void_p
    get.argtypes = [ctypes.c_void_p]
    now = get(state())
    return now is not None and now != ctypes.cast(own, ctypes.c_void_p).value and not is_installed(now)


def is_installed(address: int) -> bool:
    """Return whether an address lies in a library that is installed; True where the system does not tell."""
    try:
        find = ctypes.CDLL(None).dladdr
    except (AttributeError, TypeError, OSError):  # of Windows, which has no library of no name
        return True
    symbol = _Symbol()
    if not find(ctypes.c_void_p(address), ctypes.byref(symbol)) or not symbol.file:
        return False
    file = Path(os.fsdecode(symbol.file)).resolve()
    return any(file.is_relative_to(folder) for folder in _INSTALLED)
