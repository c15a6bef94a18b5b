"""Where a run was made: machine, system, Python, distributions, variables and commit, as plain JSON values.

`capture` is for the parent and imports no numerical library; `numeric_stack` is for a worker, which has NumPy loaded.
"""

import fnmatch
import gc
import os
import platform
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from ..programs import git_or_none
from . import address_space, hardware
from .hardware import allowed_cpus

#: Distributions whose version may explain a difference between two runs.
DISTRIBUTIONS = (
    *("implbench", "numpy", "scipy", "threadpoolctl", "psutil", "pandas", "matplotlib", "pytest", "pytest-benchmark"),
    *("numba", "llvmlite", "numexpr", "jax", "jaxlib", "torch", "tensorflow", "cupy", "cython", "pythran"),
)

#: Variables that are recorded: whole names, or prefixes with a star. The rest of the environment is nobody's business.
RECORDED = (
    *("OPENBLAS_*", "GOTO_*", "MKL_*", "BLIS_*", "NVPL_*", "VECLIB_*", "OMP_*", "GOMP_*", "KMP_*", "TBB_*"),
    *("NPY_*", "NUMPY_*", "NUMEXPR_*", "NUMBA_*", "XLA_*", "JAX_*", "TORCH_*", "PYTORCH_*", "ATEN_*", "DNNL_*"),
    *("ONEDNN_*", "CUDA_*", "CUBLAS_*", "NVIDIA_TF32_OVERRIDE", "MALLOC_*", "GLIBC_TUNABLES", "LD_PRELOAD"),
    *("LD_BIND_NOW", "DYLD_INSERT_LIBRARIES", "PYTHONHASHSEED", "PYTHONMALLOC", "PYTHONDONTWRITEBYTECODE"),
    *("PYTHONOPTIMIZE", "PYTHONDEVMODE", "PYTHONTRACEMALLOC", "PYTHONUNBUFFERED", "PYTHON_GIL", "PYTHON_JIT"),
)

#: A variable with one of these in its name is never recorded, whatever its prefix.
SECRET = ("TOKEN", "SECRET", "PASSW", "CREDENTIAL", "AUTH", "API_KEY", "ACCESS_KEY", "PRIVATE_KEY")

_UNSET = "unset it"
_CPU = "unset it to measure what this CPU can do"
_USUAL = "unset it to measure what users get"
_ALLOCATOR = "unset it and choose with --allocator instead"
_SPIN = (
    "changes how long idle threads spin and so what neighbours cost",
    "unset it unless that is what you compare",
)
_PIN = ("pins threads against the affinity that implbench gives each worker", _UNSET)
_PRELOAD = ("loads libraries ahead of all others, often another allocator", _USUAL)
_NO_JIT = ("makes compiled implementations run uncompiled or checked", _UNSET)
_CHECKS = ("adds checks to every allocation of Python", _UNSET)

#: Variables that bend results, by name or prefix with a star: what they do, and what to do. Thread counts are not among
#: them: each worker gets its own.
BENDING = {
    "OPENBLAS_CORETYPE": (
        "forces this BLAS kernel whatever the CPU and may halve NumPy's speed",
        "unset it (with OPENBLAS_L2_SIZE) to measure this machine",
    ),
    "OPENBLAS_L2_SIZE": (
        "sets the blocking of BLAS for another cache than this CPU's",
        "unset it (with OPENBLAS_CORETYPE) to measure this machine",
    ),
    "BLIS_ARCH_TYPE": ("forces this BLAS kernel whatever the CPU", _CPU),
    "MKL_DEBUG_CPU_TYPE": ("makes MKL take this CPU for another one", _CPU),
    "MKL_CBWR": ("makes MKL choose its kernels for reproducible bits instead of speed", _CPU),
    "MKL_ENABLE_INSTRUCTIONS": ("limits the instructions that MKL uses", _CPU),
    "NPY_DISABLE_CPU_FEATURES": ("keeps NumPy from SIMD kernels that this CPU has", _CPU),
    "NPY_ENABLE_CPU_FEATURES": ("limits NumPy to the SIMD kernels named", _CPU),
    "NUMPY_MADVISE_HUGEPAGE": ("decides whether NumPy asks for huge pages", _USUAL),
    "NUMBA_CPU_*": ("makes Numba compile for another CPU than this one", _CPU),
    "OMP_WAIT_POLICY": _SPIN,
    "GOMP_SPINCOUNT": _SPIN,
    "KMP_BLOCKTIME": _SPIN,
    "OMP_PROC_BIND": _PIN,
    "OMP_PLACES": _PIN,
    "GOMP_CPU_AFFINITY": _PIN,
    "KMP_AFFINITY": _PIN,
    "MALLOC_*": ("changes the page faults of each call", _ALLOCATOR),
    "GLIBC_TUNABLES": ("may change the allocator and the page faults of each call", _ALLOCATOR),
    "LD_PRELOAD": _PRELOAD,
    "DYLD_INSERT_LIBRARIES": _PRELOAD,
    "NUMBA_DISABLE_JIT": _NO_JIT,
    "NUMBA_BOUNDSCHECK": _NO_JIT,
    "NUMBA_OPT": _NO_JIT,
    "JAX_DISABLE_JIT": _NO_JIT,
    "XLA_FLAGS": ("changes how JAX compiles and how many threads it uses", _USUAL),
    "NVIDIA_TF32_OVERRIDE": ("changes the precision of matrix products on the GPU", _UNSET),
    "PYTHONMALLOC": ("replaces Python's allocator", _USUAL),
    "PYTHONDEVMODE": _CHECKS,
    "PYTHONTRACEMALLOC": _CHECKS,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class BendingVariable:
    """A variable that is set and bends results."""

    name: str
    text: str
    """Its value and what that does, in words."""
    remedy: str


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
        "variables": variables(os.environ),
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


def variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that may explain a result, and no others: never a token, never the whole environment."""
    return {
        name: value
        for name, value in sorted(environment.items())
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in RECORDED)
        and not any(word in name.upper() for word in SECRET)
    }


def bending(variables: Mapping[str, str]) -> tuple[BendingVariable, ...]:
    """Return the variables that bend results, by name."""
    return tuple(
        BendingVariable(name=name, text=f"{name}={value} {effect}", remedy=remedy)
        for name, value in sorted(variables.items())
        for pattern, (effect, remedy) in BENDING.items()
        if value and fnmatch.fnmatchcase(name, pattern)
    )


def warnings(variables: Mapping[str, str]) -> tuple[str, ...]:
    """Return one sentence for each variable that bends results: what it does and what to do."""
    return tuple(f"{variable.text}; {variable.remedy}" for variable in bending(variables))


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
