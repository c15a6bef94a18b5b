"""Modules by their files, wherever these lie."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType


def module_at(file: Path) -> ModuleType:
    """Return the module in a file, which may import what lies beside it; what it raises passes through."""
    taken = file.stem in sys.stdlib_module_names or file.stem in sys.modules
    name = f"collected_{file.stem}" if taken else file.stem
    spec = spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file.name} is no Python module", name=name, path=str(file))
    sys.path.append(str(file.parent))
    module = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
