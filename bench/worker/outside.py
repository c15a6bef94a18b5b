"""Which files outside its side's folders the code of a side makes: what one version puts there, the other may find.

An audit hook sees them. It makes each such event longer and nothing takes it off again, so it is for processes in which
nothing is timed.
"""

import contextlib
import inspect
import os
import stat
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from ..problems.files import source_of
from .originals import made

#: Event -> which of its arguments names a file that code has opened, written or loaded.
_NAMED: Mapping[str, int] = {"open": 0, "os.rename": 1, "import": 1, "ctypes.dlopen": 0, "sqlite3.connect": 0}

#: File systems tell times by a clock that may be behind by so much.
_STEP_S = 0.05


class Outside:
    """Watches this process from now on."""

    def __init__(self, tree: Path) -> None:
        """Begin; what lies in `tree` is the side's own."""
        self._own = tuple({f"{place}{os.sep}" for place in (tree, tree.resolve())})
        self._since_s = time.time() - _STEP_S
        self._seen: set[str] = set()
        sys.addaudithook(self._note)

    def made(self) -> tuple[Path, ...]:
        """Return the files that have been written since the beginning, but for logs, and are still there.

        Bytecode counts where its source was written since then.
        """
        return tuple(Path(name) for name in sorted(self._seen) if self._is_new(name))

    def _note(self, event: str, arguments: tuple[Any, ...]) -> None:
        place = _NAMED.get(event)
        if place is None or not isinstance(arguments[place], str | bytes | os.PathLike):
            return
        if event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_APPEND:
            return
        with contextlib.suppress(OSError, ValueError, UnicodeError):
            name = os.path.abspath(os.fsdecode(arguments[place]))  # noqa: PTH100  # links stay what they are
            frame = inspect.currentframe()
            if name not in self._seen and not name.startswith(self._own) and self._is_own_doing(frame):
                self._seen.add(name)

    def _is_own_doing(self, frame: FrameType | None) -> bool:
        """Return whether the side's code leads to an event: no library's while it is imported, and no making of inputs.

        Inputs are those of both sides, files among them.
        """
        own = False
        while frame is not None:
            code: CodeType = frame.f_code
            if code is made.__code__ or (code.co_name == "<module>" and not (own or self._has(code))):
                return False
            own = own or self._has(code)
            frame = frame.f_back
        return own

    def _has(self, code: CodeType) -> bool:
        return code.co_filename.startswith(self._own)

    def _is_new(self, name: str) -> bool:
        try:
            found = [file.stat() for file in (Path(name), source_of(Path(name)))]
        except OSError:
            return False
        return all(stat.S_ISREG(one.st_mode) and one.st_size and one.st_mtime >= self._since_s for one in found)
