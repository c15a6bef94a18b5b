"""NPBench: each kernel written with NumPy, and again for Numba and other compilers (spcl/npbench).

``bench_info/NAME.json`` says how its inputs are made and what is called; the kernel's folder has a module for each
framework, and one that makes the inputs.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from msgspec import Struct

from ... import reading
from ...errors import ImplbenchError
from ..functions import Function, function_named
from ..implementation import load
from ..literals import LARGEST_SOURCE, parsed
from ..origin import Origin
from ..problem import Problem
from . import described
from .modules import module_at
from .needs import lacking
from .returns import overwritten, returned
from .seeding import seeded

#: What of a kernel's modules is the baseline.
BASELINE = "numpy"

#: Beginnings of the names of modules that are called with NumPy's arrays as they are.
_CALLED_AS_NUMPY = ("numpy", "numba", "dace", "legate")

#: Stands for the preset in a size, where its other numbers are not whole.
_PRESET = "preset"

#: The parameter of a function that makes inputs which says their dtype.
_DTYPE = "datatype"


class Init(Struct, frozen=True, kw_only=True):
    """How inputs are made."""

    func_name: str
    input_args: list[str]
    output_args: list[str]


class Kernel(Struct, frozen=True, kw_only=True):
    """What is said of a kernel."""

    name: str
    relative_path: str
    module_name: str
    func_name: str
    parameters: dict[str, dict[str, Any]]
    input_args: list[str]
    array_args: list[str]
    output_args: list[str]
    init: Init | None = None

    @property
    def order(self) -> list[str]:
        """The presets; the smallest comes first, as the usual one."""
        return sorted(self.parameters, key=lambda name: name != "S")

    def sizes(self) -> dict[str, dict[str, int]]:
        """Return the presets as sizes: their whole numbers, and which it is where the others depend on that."""
        whole = {name: {k: v for k, v in self.parameters[name].items() if type(v) is int} for name in self.order}
        others = [{k: v for k, v in self.parameters[name].items() if type(v) is not int} for name in self.order]
        if all(one == others[0] for one in others):
            return whole
        return {name: {**size, _PRESET: place} for place, (name, size) in enumerate(whole.items(), start=1)}

    def values(self, size: Mapping[str, int]) -> dict[str, Any]:
        """Return all parameters for the numbers of a size."""
        preset = min(size.get(_PRESET, 1), len(self.order))
        return {**self.parameters[self.order[preset - 1]], **size}


class _File(Struct, frozen=True, kw_only=True):
    benchmark: Kernel


def entries(place: Path) -> dict[str, str]:
    """Return the kernels of a checkout."""
    folder = place / "bench_info"
    if not folder.is_dir():
        raise ImplbenchError(f"{place}: is no checkout of NPBench: it has no folder bench_info")
    return {file.stem: _name(file) for file in sorted(folder.glob("*.json"))}


def problem(origin: Origin) -> Problem:
    """Return a kernel as a problem; ImplbenchError if its files are not as NPBench has them."""
    kernel, folder = _kernel(origin), _folder(origin)
    modules = _modules(origin, kernel)
    file = folder / f"{kernel.module_name}.py" if kernel.init else modules[BASELINE]
    for needed in (file, modules[BASELINE]):
        if not needed.is_file():
            raise ImplbenchError(f"{needed}: is not there; bench_info/{origin.entry}.json names it")
    tree = parsed(modules[BASELINE])
    function = function_named(tree, kernel.func_name)
    if function is None:
        raise ImplbenchError(f"{modules[BASELINE]}: has no function {kernel.func_name}")
    names = dict(zip((one.arg for one in function.args.args), kernel.input_args, strict=False))
    changed = {names[name] for name in overwritten(tree, function) if name in names} | {*kernel.output_args}
    return described.problem(
        origin,
        file,
        [_function(name, one, kernel, named=one in origin.candidates) for name, one in modules.items()],
        title=kernel.name,
        sizes=kernel.sizes(),
        arguments=kernel.input_args,
        outputs=_outputs(kernel, returned(function), names),
        inout=[name for name in kernel.input_args if name in kernel.array_args and name in changed],
        files=[_file(origin)],
        has_dtype=_takes_dtype(file, kernel),
        needs=lacking(parsed(file), ("npbench",)),
    )


def functions(origin: Origin) -> dict[str, Callable[..., Any]]:
    """Return what makes the inputs: the kernel's own function, with the seed of the run."""
    kernel, folder = _kernel(origin), _folder(origin)

    def inputs(size: Mapping[str, int], dtype: str, data: str, seed: int) -> tuple[Any, ...]:
        del data
        values = kernel.values(size)
        if kernel.init is not None:
            with seeded(seed):
                values |= _made(kernel.init, load(folder, kernel.module_name), values, dtype)
        return tuple(values[name] for name in kernel.input_args)

    return {"inputs": inputs}


def implementation(origin: Origin, name: str) -> Callable[..., Any]:
    """Return the kernel as it is written for one framework, or in a file that was named."""
    kernel = _kernel(origin)
    file = _modules(origin, kernel)[name]
    module = module_at(file) if file in origin.candidates else load(file.parent, file.stem)
    found: Callable[..., Any] = getattr(module, kernel.func_name)
    return found


def _file(origin: Origin) -> Path:
    return origin.place / "bench_info" / f"{origin.entry}.json"


def _name(file: Path) -> str:
    """Return what a kernel is called; a file that cannot be read is told when it is wanted."""
    try:
        return _read(file).name
    except ImplbenchError:
        return file.stem


def _read(file: Path) -> Kernel:
    try:
        return reading.decoded(reading.contents(file, LARGEST_SOURCE), _File).benchmark
    except reading.Unreadable as error:
        raise ImplbenchError(f"{file}: is not as NPBench describes a kernel: {error}") from error


def _kernel(origin: Origin) -> Kernel:
    return _read(_file(origin))


def _folder(origin: Origin) -> Path:
    return origin.place / "npbench" / "benchmarks" / _kernel(origin).relative_path


def _modules(origin: Origin, kernel: Kernel) -> dict[str, Path]:
    """Return name -> module of each implementation: the baseline first, then other frameworks', then those named."""
    folder, prefix = _folder(origin), f"{kernel.module_name}_"
    found = {BASELINE: folder / f"{prefix}{BASELINE}.py"}
    found |= {file.stem.removeprefix(prefix): file for file in sorted(folder.glob(f"{prefix}*.py"))}
    for file in origin.candidates:
        if file.stem in found or file.suffix != ".py":
            raise ImplbenchError(f"{file}: expected a Python file with {kernel.func_name}(), of a name of its own")
        found[file.stem] = file
    return found


def _function(name: str, file: Path, kernel: Kernel, *, named: bool) -> Function:
    """Return a module of a kernel as an implementation; those that are `named` are taken to suit NumPy's arrays."""
    try:
        tree = parsed(file)
    except ImplbenchError as error:
        return Function(name=name, title=name, file=file, broken=str(error))
    unsupported = None
    if not (named or name.startswith(_CALLED_AS_NUMPY)):
        unsupported = f"{file.name}: is not called with NumPy's arrays, or has to be compiled before"
    own = {"npbench", *(one.stem for one in file.parent.glob("*.py"))}
    return Function(name=name, title=name, file=file, requires=lacking(tree, own), unsupported=unsupported)


def _outputs(kernel: Kernel, results: Sequence[str | None], names: Mapping[str, str]) -> list[str]:
    """Return the names of what is compared: what is returned, and the arguments that are said to be outputs.

    None where that is just what is returned, whatever it is.
    """
    told = [names.get(one or "", f"result_{place}") for place, one in enumerate(results, start=1)]
    if not kernel.output_args and not any(name in kernel.array_args for name in told):
        return []
    return [*told, *(name for name in kernel.output_args if name not in told)]


def _takes_dtype(file: Path, kernel: Kernel) -> bool:
    """Return whether the function that makes the inputs has a parameter that says their dtype."""
    function = function_named(parsed(file), kernel.init.func_name) if kernel.init else None
    arguments = [*function.args.args, *function.args.kwonlyargs] if function else []
    return _DTYPE in {one.arg for one in arguments}


def _made(init: Init, module: ModuleType, values: Mapping[str, Any], dtype: str) -> dict[str, Any]:
    """Return what a kernel's own function makes, by name."""
    function = getattr(module, init.func_name)
    more = {_DTYPE: np.dtype(dtype).type} if _DTYPE in inspect.signature(function).parameters else {}
    made = function(*(values[name] for name in init.input_args), **more)
    if len(init.output_args) == 1:
        return {init.output_args[0]: made}
    return dict(zip(init.output_args, made, strict=True))
