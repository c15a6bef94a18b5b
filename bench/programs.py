"""git, asked in one way: about the repository of a folder, whatever a hook has put into the environment."""

import os
import subprocess
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType

from .errors import ImplbenchError

#: A question that is asked beside other things is given up after so long.
PATIENCE_S = 5.0


def git(
    folder: Path,
    *arguments: str,
    variables: Mapping[str, str] = MappingProxyType({}),
    timeout_s: float | None = None,
    fine: Collection[int] = (0,),
) -> bytes:
    """Return what git prints.

    A git hook sets GIT_DIR, GIT_INDEX_FILE and the like, which would lead git to another repository or index than the
    folder's: no such variable is passed on.

    Parameters
    ----------
    folder
        Where git is started.
    arguments
        Its command line.
    variables
        Put over the environment.
    timeout_s
        Longest wait in seconds; None: as long as it takes.
    fine
        Exit codes that are no failure.

    Raises
    ------
    ImplbenchError
        If git is not installed or fails, with the last line that it said.
    """
    environment = {name: value for name, value in os.environ.items() if not _leads_astray(name)}
    environment["GIT_OPTIONAL_LOCKS"] = "0"  # asking for the status must not write the index
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(
            command,
            env={**environment, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=timeout_s,
        )
    except FileNotFoundError as error:
        raise ImplbenchError("git is not installed; give two folders, or install it") from error
    except OSError as error:
        raise ImplbenchError(f"git cannot be started ({error.strerror})") from error
    except subprocess.TimeoutExpired as error:
        raise ImplbenchError(f"git {arguments[0]}: no answer within {timeout_s:g} s") from error
    if done.returncode not in fine:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise ImplbenchError(f"git {arguments[0]}: {said[-1] if said else f'exit code {done.returncode}'}")
    return done.stdout


def git_or_none(folder: Path, *arguments: str) -> str | None:
    """Return what git prints as text, None where it fails: for what is shown only where git knows it."""
    try:
        return os.fsdecode(git(folder, *arguments, timeout_s=PATIENCE_S)).strip()
    except (ImplbenchError, OSError):
        return None


def _leads_astray(variable: str) -> bool:
    """Return whether a variable of git's says which repository, index or objects are meant (settings of it stay)."""
    kept = ("GIT_CEILING_DIRECTORIES", "GIT_CONFIG", "GIT_SSH", "GIT_ASKPASS", "GIT_TERMINAL_PROMPT", "GIT_TRACE")
    return variable.startswith("GIT_") and not variable.startswith(kept)
