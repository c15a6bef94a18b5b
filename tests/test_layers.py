"""Each package imports only from those before it, by relative imports alone, and nothing imports in a circle."""

import ast
import graphlib
import re
from pathlib import Path

import pytest

import bench

FOLDER = Path(bench.__file__).parent

#: Packages and single modules of bench/, each of which may import from those before it. A new module needs no entry.
ORDER = (
    "errors",
    "units",
    "text",
    "reading",
    "programs",
    "stats",
    "machine",
    "problems",
    "store",
    "worker",
    "measure",
    "analyse",
    "versions",
    "report",
    "html",
    "formats",
    "cli",
    "pytest_plugin",
    "api",
    "__main__",
    "toplevel",
)

#: All modules; a folder without an __init__.py below bench/ holds data.
MODULES = [
    file
    for file in sorted(FOLDER.rglob("*.py"))
    if all((parent / "__init__.py").exists() for parent in file.relative_to(FOLDER.parent).parents[:-1])
]
TREES = {file: ast.parse(file.read_text()) for file in MODULES}


def name_of(file):
    parts = file.relative_to(FOLDER).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {name_of(file): file for file in MODULES}


def imported(file):
    """Yield the names of the modules of bench/ that a file imports from."""
    package = ["bench", *file.relative_to(FOLDER).parts[:-1]]
    for node in ast.walk(TREES[file]):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = [*package[: len(package) - node.level + 1], *filter(None, [node.module])][1:]
            for alias in node.names:
                name = ".".join([*base, alias.name])
                yield name if name in NAMES else ".".join(base)


def part(name):
    return name.partition(".")[0]


def docstring(file):
    return ast.get_docstring(TREES[file]) or ""


def test_every_module_has_its_place():
    assert {part(name) for name in NAMES if name} == set(ORDER)
    for file in set(FOLDER.rglob("*.py")) - set(MODULES):
        assert "\nfrom ." not in file.read_text(), f"the folder of {file} lacks an __init__.py"


@pytest.mark.parametrize("name", [name for name in NAMES if name])
def test_a_module_imports_only_from_the_packages_before_its_own(name):
    before = ORDER[: ORDER.index(part(name)) + 1]
    for other in imported(NAMES[name]):
        assert part(other) in before, f"{name} imports {other}, which is not before it"


def test_no_module_imports_itself_by_way_of_others():
    graphlib.TopologicalSorter({name: set(imported(file)) for name, file in NAMES.items()}).prepare()


def test_imports_inside_the_package_are_relative():
    for file, tree in TREES.items():
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            assert not {part(name) for name in names} & {"bench", "implbench"}, file


@pytest.mark.parametrize("name", [name for name in NAMES if part(name) == "stats" or "Pure" in docstring(NAMES[name])])
def test_what_decides_knows_neither_clock_nor_file(name):
    nodes = list(ast.walk(TREES[NAMES[name]]))
    found = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    found |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    assert not found & {"time", "os", "pathlib", "subprocess", "tempfile"}


def test_only_the_front_doors_print():
    for name, file in NAMES.items():
        calls = [node.func for node in ast.walk(TREES[file]) if isinstance(node, ast.Call)]
        if any(isinstance(call, ast.Name) and call.id == "print" for call in calls):
            assert re.search(r"\b(cli|commands|terminal)\b", name), name


def test_nothing_evaluates_text_or_unpickles():
    for file, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("eval", "exec"), file
            if isinstance(node, ast.Import):
                assert "pickle" not in {alias.name for alias in node.names}, file
