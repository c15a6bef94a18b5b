"""Variables of the environment: those that are recorded, and those that bend results."""

from collections.abc import Mapping

from msgspec import Struct

from .privacy import masked

#: Variables that change how memory is given out and taken back.
ALLOCATOR = (
    *("MALLOC_ARENA_MAX", "MALLOC_ARENA_TEST", "MALLOC_CHECK_", "MALLOC_MMAP_MAX_", "MALLOC_MMAP_THRESHOLD_"),
    *("MALLOC_PERTURB_", "MALLOC_TOP_PAD_", "MALLOC_TRIM_THRESHOLD_", "MALLOC_CONF", "GLIBC_TUNABLES"),
)

#: Variables that are recorded, by their whole names: what they hold may explain a result. The rest of the environment
#: is nobody's business, for anything may be in a variable that only begins like one of these.
RECORDED = (
    *ALLOCATOR,
    *("OPENBLAS_NUM_THREADS", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OPENBLAS_VERBOSE", "OPENBLAS_MAIN_FREE"),
    *("OPENBLAS_THREAD_TIMEOUT", "OPENBLAS_DEFAULT_NUM_THREADS", "GOTO_NUM_THREADS", "GOTOBLAS_MAIN_FREE"),
    *("MKL_NUM_THREADS", "MKL_DYNAMIC", "MKL_DOMAIN_NUM_THREADS", "MKL_DEBUG_CPU_TYPE", "MKL_CBWR"),
    *("MKL_ENABLE_INSTRUCTIONS", "MKL_THREADING_LAYER", "MKL_INTERFACE_LAYER", "MKL_FAST_MEMORY_LIMIT"),
    *("MKL_DISABLE_FAST_MM", "MKL_VERBOSE", "MKL_SERVICE_FORCE_INTEL", "BLIS_NUM_THREADS", "BLIS_ARCH_TYPE"),
    *("BLIS_MODEL_TYPE", "BLIS_JC_NT", "BLIS_PC_NT", "BLIS_IC_NT", "BLIS_JR_NT", "BLIS_IR_NT"),
    *("NVPL_BLAS_NUM_THREADS", "NVPL_LAPACK_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "OMP_NUM_THREADS"),
    *("OMP_THREAD_LIMIT", "OMP_DYNAMIC", "OMP_NESTED", "OMP_MAX_ACTIVE_LEVELS", "OMP_SCHEDULE", "OMP_STACKSIZE"),
    *("OMP_WAIT_POLICY", "OMP_PROC_BIND", "OMP_PLACES", "OMP_DISPLAY_ENV", "OMP_TARGET_OFFLOAD"),
    *("GOMP_CPU_AFFINITY", "GOMP_SPINCOUNT", "GOMP_STACKSIZE", "GOMP_RTEMS_THREAD_POOLS", "KMP_BLOCKTIME"),
    *("KMP_AFFINITY", "KMP_SETTINGS", "KMP_LIBRARY", "KMP_STACKSIZE", "KMP_DUPLICATE_LIB_OK", "KMP_INIT_AT_FORK"),
    *("KMP_HW_SUBSET", "KMP_TPAUSE", "TBB_NUM_THREADS", "TBB_ENABLE_SANITIZERS", "NPY_DISABLE_CPU_FEATURES"),
    *("NPY_ENABLE_CPU_FEATURES", "NPY_NUM_BUILD_JOBS", "NPY_PROMOTION_STATE", "NUMPY_MADVISE_HUGEPAGE"),
    *("NUMPY_EXPERIMENTAL_DTYPE_API", "NUMEXPR_NUM_THREADS", "NUMEXPR_MAX_THREADS", "NUMBA_NUM_THREADS"),
    *("NUMBA_THREADING_LAYER", "NUMBA_THREADING_LAYER_PRIORITY", "NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES"),
    *("NUMBA_DISABLE_JIT", "NUMBA_BOUNDSCHECK", "NUMBA_OPT", "NUMBA_LOOP_VECTORIZE", "NUMBA_SLP_VECTORIZE"),
    *("NUMBA_ENABLE_AVX", "NUMBA_DISABLE_INTEL_SVML", "NUMBA_DISABLE_CUDA", "NUMBA_DEBUGINFO"),
    *("NUMBA_CAPTURED_ERRORS", "NUMBA_ENABLE_CUDASIM", "XLA_FLAGS", "XLA_PYTHON_CLIENT_PREALLOCATE"),
    *("XLA_PYTHON_CLIENT_MEM_FRACTION", "XLA_PYTHON_CLIENT_ALLOCATOR", "JAX_PLATFORMS", "JAX_PLATFORM_NAME"),
    *("JAX_ENABLE_X64", "JAX_DISABLE_JIT", "JAX_DEFAULT_MATMUL_PRECISION", "JAX_DEBUG_NANS", "JAX_NUM_CPU_DEVICES"),
    *("JAX_CPU_COLLECTIVES_IMPLEMENTATION", "JAX_DEFAULT_DTYPE_BITS", "JAX_ENABLE_COMPILATION_CACHE"),
    *("TORCH_NUM_THREADS", "TORCH_COMPILE_DISABLE", "TORCH_CUDNN_V8_API_ENABLED"),
    *("TORCH_ALLOW_TF32_CUBLAS_OVERRIDE", "TORCHDYNAMO_DISABLE", "TORCHINDUCTOR_MAX_AUTOTUNE"),
    *("TORCHINDUCTOR_FREEZING", "PYTORCH_CUDA_ALLOC_CONF", "PYTORCH_ALLOC_CONF", "PYTORCH_NO_CUDA_MEMORY_CACHING"),
    *("ATEN_CPU_CAPABILITY", "DNNL_MAX_CPU_ISA", "DNNL_CPU_ISA_HINTS", "DNNL_DEFAULT_FPMATH_MODE"),
    *("ONEDNN_MAX_CPU_ISA", "ONEDNN_CPU_ISA_HINTS", "ONEDNN_DEFAULT_FPMATH_MODE", "CUDA_VISIBLE_DEVICES"),
    *("CUDA_DEVICE_ORDER", "CUDA_LAUNCH_BLOCKING", "CUDA_MODULE_LOADING", "CUDA_CACHE_DISABLE"),
    *("CUDA_DEVICE_MAX_CONNECTIONS", "CUBLAS_WORKSPACE_CONFIG", "NVIDIA_TF32_OVERRIDE", "LD_PRELOAD"),
    *("LD_BIND_NOW", "DYLD_INSERT_LIBRARIES", "PYTHONHASHSEED", "PYTHONMALLOC", "PYTHONDONTWRITEBYTECODE"),
    *("PYTHONOPTIMIZE", "PYTHONDEVMODE", "PYTHONTRACEMALLOC", "PYTHONUNBUFFERED", "PYTHON_GIL", "PYTHON_JIT"),
)

_UNSET = "unset it"
_CPU = "unset it to measure what this CPU can do"
_USUAL = "unset it to measure what users get"
_USE_ALLOCATOR = "unset it and choose with --allocator instead"
_OTHER_CPU = ("makes Numba compile for another CPU than this one", _CPU)
_SPIN = (
    "changes how long idle threads spin and so what neighbours cost",
    "unset it unless that is what you compare",
)
_PIN = ("pins threads against the affinity that implbench gives each worker", _UNSET)
_PRELOAD = ("loads libraries ahead of all others, often another allocator", _USUAL)
_NO_JIT = ("makes compiled implementations run uncompiled or checked", _UNSET)
_CHECKS = ("adds checks to every allocation of Python", _UNSET)

#: Variables that bend results: what they do, and what to do. Thread counts are not among them, as each worker gets its
#: own.
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
    "NUMBA_CPU_NAME": _OTHER_CPU,
    "NUMBA_CPU_FEATURES": _OTHER_CPU,
    "OMP_WAIT_POLICY": _SPIN,
    "GOMP_SPINCOUNT": _SPIN,
    "KMP_BLOCKTIME": _SPIN,
    "OMP_PROC_BIND": _PIN,
    "OMP_PLACES": _PIN,
    "GOMP_CPU_AFFINITY": _PIN,
    "KMP_AFFINITY": _PIN,
    **dict.fromkeys(ALLOCATOR, ("changes the allocator or the page faults of each call", _USE_ALLOCATOR)),
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


class BendingVariable(Struct, frozen=True, kw_only=True):
    """A variable that is set and bends results."""

    name: str
    text: str
    """Its value and what that does, in words."""
    remedy: str


def recorded(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that may explain a result, and no others; without logins, and the home folder as ~."""
    return {name: masked(value, environment) for name, value in sorted(environment.items()) if name in RECORDED}


def bending(environment: Mapping[str, str]) -> tuple[BendingVariable, ...]:
    """Return the variables that bend results, by name."""
    return tuple(
        BendingVariable(name=name, text=f"{name}={value} {effect}", remedy=remedy)
        for name, value in sorted(recorded(environment).items())
        if value and name in BENDING
        for effect, remedy in (BENDING[name],)
    )


def warnings(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return one sentence for each variable that bends results: what it does and what to do."""
    return tuple(f"{variable.text}; {variable.remedy}" for variable in bending(environment))
