"""Where a run was made: machine, system, Python, distributions, variables and commit, as plain JSON values.

`capture` is for the parent and imports no numerical library; `numeric_stack` is for a worker, which has NumPy loaded.
"""

import gc
import os
import platform
import re
import sys
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from ..programs import git_or_none
from . import address_space, hardware, variables
from .hardware import allowed_cpus

#: Distributions whose version may explain a difference between two runs.
DISTRIBUTIONS = (
    *("implbench", "numpy", "scipy", "threadpoolctl", "psutil", "pandas", "matplotlib", "pytest", "pytest-benchmark"),
    *("numba", "llvmlite", "numexpr", "jax", "jaxlib", "torch", "tensorflow", "cupy", "cython", "pythran"),
)


def capture(folder: Path | None = None) -> dict[str, object]:
    """Return everything that must be known about where a run is made, as JSON values; None is unknown.

    Parameters
    ----------
    folder
        The problem's folder, whose commit is recorded.
    """
    return {
        "fingerprint": fingerprint(),
        "cpu": hardware.cpu(),
        "memory_bytes": hardware.memory_bytes(),
        "cgroup": {"cpus": hardware.cpu_quota()},
        "cpus_allowed": list(allowed_cpus()),
        "system": _system(),
        "python": _python(),
        "distributions": _distributions(),
        "variables": variables.recorded(os.environ),
        "commit": None if folder is None else commit(folder),
    }


def fingerprint() -> str:
    """Return what is equal for machines like this one: see `hardware.fingerprint`."""
    system = f"{platform.system()} {platform.machine()}"
    return hardware.fingerprint(hardware.cpu(), hardware.memory_bytes(), system)


def _system() -> dict[str, object]:
    try:
        libc = os.confstr("CS_GNU_LIBC_VERSION")
    except (AttributeError, ValueError, OSError):  # not the GNU C library
        libc = " ".join(platform.libc_ver()).strip()
    return {
        "os": platform.system() or None,
        "release": platform.release() or None,
        "architecture": platform.machine() or None,
        "libc": libc or None,
        "transparent_huge_pages": hardware.huge_pages(),
        "addresses_alike": address_space.can_be_alike(),
    }


def _python() -> dict[str, object]:
    flags = {name: getattr(sys.flags, name) for name in ("optimize", "dev_mode", "no_site", "utf8_mode")}
    enabled = getattr(sys, "_is_gil_enabled", None)  # Python 3.13 and later
    return {
        "version": platform.python_version(),
        "implementation": platform.python_implementation(),
        "compiler": platform.python_compiler() or None,
        "gil": None if enabled is None else enabled(),
        "gc_thresholds": list(gc.get_threshold()),
        "flags": flags,
    }


def _distributions() -> dict[str, str]:
    """Return the versions of those of DISTRIBUTIONS that are installed."""
    versions = {name: version(name) for name in DISTRIBUTIONS}
    return {name: found for name, found in versions.items() if found is not None}


def version(requirement: str) -> str | None:
    """Return the version of a distribution, None if it is not installed; nothing is imported.

    Names are compared as pip does (``scikit_image`` is ``scikit-image``); what follows the name, as in
    ``jax[cpu]>=0.5``, is not read.
    """
    name = re.match(r"[A-Za-z0-9._-]+", requirement.strip())
    try:
        return metadata.version(name.group()) if name else None
    except metadata.PackageNotFoundError:
        return None


def missing(requirements: Sequence[str]) -> tuple[str, ...]:
    """Return the requirements whose distribution is not installed."""
    return tuple(requirement for requirement in requirements if version(requirement) is None)


def commit(folder: Path) -> dict[str, object] | None:
    """Return the commit that `folder` is at, None where there is none.

    It is dirty if a tracked file of the repository is changed, or an untracked one lies in `folder`: results written
    elsewhere in the checkout leave it clean.
    """
    identity = git_or_none(folder, "rev-parse", "HEAD")
    if not identity:
        return None
    changed = git_or_none(folder, "status", "--porcelain", "--untracked-files=no")
    added = git_or_none(folder, "ls-files", "--others", "--exclude-standard")
    dirty = None if changed is None or added is None else bool(changed or added)
    return {"id": identity, "dirty": dirty}


def numeric_stack() -> dict[str, Any]:
    """Return NumPy's version, its BLAS with kernel and threads, and its SIMD tier; call it in a worker.

    Returns
    -------
    dict
        ``numpy``; ``blas`` with ``name``, ``version``, ``kernel`` and ``threads``; ``simd`` with ``baseline`` (always
        used), ``found`` (chosen between at run time, those switched off left out) and ``tier`` (the highest).
    """
    import numpy as np

    built: Any = np.show_config(mode="dicts")
    return {
        "numpy": np.__version__,
        "blas": _blas(built.get("Build Dependencies", {}).get("blas", {})),
        "simd": _simd(built.get("SIMD Extensions", {})),
    }


def _blas(built: Mapping[str, str]) -> dict[str, object]:
    """Return the BLAS that is loaded; threadpoolctl does not see all (Accelerate), then what NumPy was built with."""
    import threadpoolctl

    pools = [pool for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"]
    # SciPy brings an OpenBLAS of its own; NumPy's was loaded first.
    loaded = pools[0] if pools else {}
    return {
        "name": loaded.get("internal_api") or built.get("name"),
        "version": loaded.get("version") or built.get("version"),
        "kernel": loaded.get("architecture"),
        "threads": loaded.get("num_threads"),
    }


def _simd(built: Mapping[str, list[str]]) -> dict[str, object]:
    baseline, found = built.get("baseline"), built.get("found")
    tiers = [*(baseline or ()), *(found or ())]
    return {"baseline": baseline, "found": found, "tier": tiers[-1] if tiers else None}
