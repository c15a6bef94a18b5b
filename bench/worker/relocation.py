"""Places in the folders that the sides of a comparison are copies of, and the copies of these places.

Whatever leads a worker there, as PYTHONPATH, a .pth file or GITHUB_WORKSPACE does, leads both sides to the same files.
"""

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

#: Variables that name the user's own place, whatever lies there.
_KEPT = frozenset({"CONDA_PREFIX", "HOME", "USERPROFILE", "VIRTUAL_ENV"})

#: Below folders of these names are other people's packages.
_INSTALLED = frozenset({"dist-packages", "site-packages"})


class Relocation(Struct, frozen=True, kw_only=True):
    """From the folders that both sides are copies of to the copy that one side has."""

    origins: tuple[Path, ...]
    tree: Path

    def copy_of(self, place: str) -> Path | None:
        """Return this side's copy of a place, None where it has none: the place is elsewhere, or in an environment."""
        if not self.origins or not os.path.isabs(place):  # noqa: PTH117  # most are no path at all
            return None
        real = Path(os.path.realpath(place))
        above = (folder for folder in self.origins if real.is_relative_to(folder))
        origin = max(above, key=lambda folder: len(folder.parts), default=None)  # one may lie in the other
        if origin is None or real.is_relative_to(self.tree) or _is_in_environment(real, origin):
            return None
        copy = self.tree / real.relative_to(origin)
        return copy if copy.exists() else None

    def moved(self, text: str) -> str:
        """Return a path, or a list of paths as in PYTHONPATH, with copies in the places of what they are copies of."""
        return os.pathsep.join(str(self.copy_of(entry) or entry) for entry in text.split(os.pathsep))

    def environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        """Return the variables that are to have another value."""
        changed = ((name, self.moved(text)) for name, text in variables.items() if name not in _KEPT)
        return {name: text for name, text in changed if text != variables[name]}

    def entries(self, path: Sequence[str]) -> dict[str, str]:
        """Return entry -> copy for those of ``sys.path`` that have one."""
        copies = ((entry, self.copy_of(entry)) for entry in path)
        return {entry: str(copy) for entry, copy in copies if copy}


def mapped() -> Iterator[str]:
    """Yield the files that are mapped into this process, as shared libraries are; none where nobody tells."""
    with contextlib.suppress(OSError):
        lines = Path("/proc/self/maps").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        yield from dict.fromkeys(words[5] for words in (line.split(maxsplit=5) for line in lines) if len(words) > 5)


def _is_in_environment(place: Path, origin: Path) -> bool:
    """Return whether a place below a folder is in an environment there."""
    below = place.relative_to(origin)
    folders = (origin / above for above in (below, *below.parents))
    return bool(_INSTALLED & set(below.parts)) or any((folder / "pyvenv.cfg").exists() for folder in folders)
