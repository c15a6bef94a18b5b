"""Each module imports only from those above it, and inside the package by relative imports alone."""

import ast
from pathlib import Path

import pytest

import bench

FOLDER = Path(bench.__file__).parent

#: Top to bottom. A module may import from those in earlier lines, and from earlier ones in its own.
LAYERS = [
    *("errors", "units", "programs", "exchange", "stats", "looks", "scaling", "ranks", "change_points", "document"),
    *("problem", "case", "rounds", "bursts"),
    *("machine", "environment", "verify", "judging", "implementation", "sources"),
    *("pinning", "relocation", "origins", "measurement"),
    *("selection", "store", "pace", "verdict", "remembering", "sweep", "across", "roofline"),
    *("diagnosis", "explanation", "analysis", "together", "explanation_summary"),
    *("arena", "making", "loading", "checking", "sampling", "counting", "observing", "costs", "worker"),
    *("process", "recording", "suspension", "crew", "conductor", "executor", "limits", "limiting", "staging"),
    *("shares", "runner", "request"),
    *("identity", "installed", "packages", "copies", "revisions", "pairing", "checkout", "reads", "native", "gate"),
    "benchmarks",
    *("calibration", "comparing", "sameness", "comparison", "remeasurement", "watching", "remeasuring"),
    *("points", "indexed", "index", "history", "history_summary"),
    *("sections", "report", "summary", "pages", "publishing"),
    *("formats", "doctor", "screen", "bars", "columns", "terminal"),
    *("startup", "templates", "commands", "values", "options", "arguments", "cli"),
    *("pytest_plugin", "__main__"),
]

MODULES = sorted(FOLDER.rglob("*.py"))


def imported(file):
    """Yield the names of the package's modules that a file imports, and every absolute import of the package."""
    inside = len(file.relative_to(FOLDER).parts) - 1
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level > inside:
            names = [node.module] if node.module else [alias.name for alias in node.names]
            yield from (name.partition(".")[0] for name in names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            assert (node.module or "").partition(".")[0] not in ("bench", "implbench"), f"{file.name}: {node.module}"
        elif isinstance(node, ast.Import):
            assert not {alias.name.partition(".")[0] for alias in node.names} & {"bench", "implbench"}, file.name


def layer(file):
    return file.relative_to(FOLDER).parts[0].removesuffix(".py")


def test_every_module_has_its_place():
    assert {layer(file) for file in MODULES} - {"__init__"} == set(LAYERS)


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.relative_to(FOLDER).as_posix())
def test_a_module_imports_only_from_the_layers_above_it(file):
    if layer(file) == "__init__":
        return
    above = LAYERS[: LAYERS.index(layer(file))]
    for name in imported(file):
        assert name in above or name == layer(file), f"{file.name} imports {name}, which is not above it"


@pytest.mark.parametrize("name", ["stats", "looks", "ranks", "change_points", "verdict", "rounds", "bursts"])
def test_what_decides_knows_neither_clock_nor_file(name):
    forbidden = {"time", "os", "pathlib", "subprocess", "tempfile", "random"} - (
        {"random"} if name == "rounds" else set()
    )
    tree = ast.parse((FOLDER / f"{name}.py").read_text())
    found = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    found |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level == 0}
    assert not found & forbidden


def test_only_the_front_doors_print():
    printing = {
        layer(file)
        for file in MODULES
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert printing <= {"cli", "commands", "terminal"}


def test_nothing_evaluates_text_or_unpickles():
    for file in MODULES:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("eval", "exec"), file.name
            if isinstance(node, ast.Import):
                assert "pickle" not in {alias.name for alias in node.names}, file.name
