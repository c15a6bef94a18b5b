"""Finds replaced clocks and functions: what a worker measures and compares by, as it was before other code ran.

This finds what Python can replace: functions of a module, their code, methods of classes. It is no proof: code in the
same process can undo what it did before anybody looks, and change memory itself. So nothing depends on it alone.
"""

import builtins
import gc
import hashlib
import json
import os
import random
import resource
import secrets
import sys
import time
import types
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np

from .hooks import hooks
from .outcome import Unfit

#: What is looked by, beside the harness's own modules.
_OTHERS: tuple[types.ModuleType, ...] = (
    *(builtins, gc, hashlib, json, msgspec, msgspec.json, np, os, random, resource, secrets, time),
)

#: The harness's own package.
_OWN = f"{__name__.rpartition('.')[0].rpartition('.')[0]}."

#: Among them what NumPy makes of its functions, so that others can take the place of them (NEP 18).
_CODE = (
    *(types.FunctionType, types.BuiltinFunctionType, type, types.MethodDescriptorType),
    *(np.ufunc, type(np.sort)),
)

#: Module and name of something, and what it was.
_Known = dict[tuple[str, str], tuple[object, object]]


class Integrity:
    """Remembers what it was."""

    def __init__(self) -> None:
        self._modules = [*_OTHERS, *(one for name, one in sorted(sys.modules.items()) if name.startswith(_OWN))]
        self._known: _Known = dict(self._found())
        self._hooks = hooks()
        self._buffer = np.getbufsize()
        self._switch_s = sys.getswitchinterval()

    def require(self) -> None:
        """Raise Unfit if something is another now."""
        self.require_unseen()
        if np.getbufsize() != self._buffer:
            raise Unfit(
                "failed",
                f"np.setbufsize() has made NumPy's buffer one of {np.getbufsize()} elements, not {self._buffer}, for "
                "whoever is in the process: set it back within the call",
            )
        now = dict(self._found())
        for place, (known, code) in self._known.items():
            found, found_code = now.get(place, (None, None))
            if found is not known or found_code is not code:
                raise Unfit("failed", f"replaced {'.'.join(place)}, which it is measured by")

    def require_unseen(self) -> None:
        """Raise Unfit if something has itself called by what the harness does."""
        for name, one in hooks().items():
            if one is not self._hooks[name]:
                raise Unfit("failed", f"has itself called by {name}, and so sees how it is measured")
        if sys.getswitchinterval() != self._switch_s:
            raise Unfit(
                "failed", "sys.setswitchinterval() has changed when threads take turns: set it back within the call"
            )

    def _found(self) -> Iterator[tuple[tuple[str, str], tuple[object, object]]]:
        for module in self._modules:
            owner = module.__name__
            for name, one in list(vars(module).items()):
                if isinstance(one, _CODE):
                    yield (owner, name), (one, _code(one))
                if isinstance(one, type) and one.__module__ == owner and owner.startswith(_OWN):
                    for own, method in list(vars(one).items()):
                        if isinstance(method, _CODE):
                            yield (f"{owner}.{name}", own), (method, _code(method))


def _code(one: Any) -> object:
    """Return the code of a function written in Python, None of anything else."""
    return one.__code__ if type(one) is types.FunctionType else None
