"""Whether what a worker loads is its own side's code."""

import os
import subprocess
import sys
from types import ModuleType

import pytest

from bench.problems.implementation import PACKAGE
from bench.worker import absence, origins


def package(folder, name="mine", text="", *, regular=True):
    """Write a package."""
    (folder / name).mkdir(parents=True)
    (folder / name / ("__init__.py" if regular else "part.py")).write_text(text)
    return folder


def own(*path):
    return origins.Own(tree=path[-1], path=path)


def printed(code, tmp_path, path=(), **variables):
    """Return what an interpreter prints that starts as a worker does."""
    environment = os.environ | variables
    environment |= origins.variables(environment, own(*path) if path else None)
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize(
    "error",
    [
        FileNotFoundError(2, "none", "data.txt"),
        FileNotFoundError(2, "none", "folder"),
        FileNotFoundError("data.txt not found."),
        OSError("data.txt: cannot open shared object file"),
        OSError("cannot read 'data.txt'"),
    ],
)
def test_a_file_of_the_problem_that_is_named_as_if_a_worker_started_there_is_told(tmp_path, error):
    (tmp_path / "folder").mkdir()
    (tmp_path / "data.txt").write_text("")
    said = absence.absent(error, tmp_path)
    assert "is not in the folder that a worker starts in, which is empty: name it from Path(__file__)" in said
    assert absence.absent(FileNotFoundError("nothing.txt not found in folder."), tmp_path) is None
    assert absence.absent(error) is None


def test_a_sides_folders_stand_before_what_is_installed_and_behind_the_standard_library(tmp_path):
    side, installed = package(tmp_path / "side"), package(tmp_path / "installed")
    (side / "statistics.py").write_text("raise SystemExit('a script of the repository')\n")
    (side / "random.py").write_text("raise SystemExit('a script of the repository')\n")
    code = "import random, statistics, mine; print(mine.__file__)"
    found = printed(code, tmp_path, [side], PYTHONPATH=str(installed))
    assert found == str(side / "mine" / "__init__.py")


def test_what_the_user_put_on_the_path_stays_on_it(tmp_path, monkeypatch):
    monkeypatch.chdir(package(tmp_path / "others", "another"))
    found = printed("import another; print(another.__file__)", tmp_path, [tmp_path], PYTHONPATH=".")
    assert found == str(tmp_path / "others" / "another" / "__init__.py")


def test_an_import_hook_of_an_editable_installation_does_not_come_first(tmp_path):
    side, elsewhere = package(tmp_path / "side"), package(tmp_path / "elsewhere")
    hook = tmp_path / "hooks"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(
        "import sys\n"
        "from importlib.machinery import PathFinder\n"
        "class Hook:\n"
        "    @staticmethod\n"
        "    def find_spec(name, path=None, target=None):\n"
        f"        return PathFinder.find_spec(name, [{str(elsewhere)!r}]) if name == 'mine' else None\n"
        "sys.meta_path.insert(0, Hook)\n"
    )
    code = "import mine; print(mine.__file__)"
    assert printed(code, tmp_path, PYTHONPATH=str(hook)).startswith(str(elsewhere))
    assert printed(code, tmp_path, [side], PYTHONPATH=str(hook)).startswith(str(side))


def test_nor_does_one_that_knows_modules_by_their_full_names(tmp_path):
    side, elsewhere = package(tmp_path / "side"), package(tmp_path / "elsewhere")
    for folder in (side, elsewhere):
        (folder / "mine" / "inner.py").write_text("")
    (tmp_path / "hooks").mkdir()
    (tmp_path / "hooks" / "sitecustomize.py").write_text(
        "import sys\n"
        "from importlib.util import spec_from_file_location\n"
        "class Hook:\n"
        "    @staticmethod\n"
        "    def find_spec(name, path=None, target=None):\n"
        f"        file = {str(elsewhere / 'mine' / 'inner.py')!r}\n"
        "        return spec_from_file_location(name, file) if name == 'mine.inner' else None\n"
        "sys.meta_path.insert(0, Hook)\n"
    )
    code = "import mine.inner; print(mine.inner.__file__)"
    found = printed(code, tmp_path, [side], PYTHONPATH=str(tmp_path / "hooks"))
    assert found == str(side / "mine" / "inner.py")


@pytest.mark.parametrize("leads", ["PYTHONPATH", "site"])
def test_what_leads_to_a_checkout_leads_to_the_sides_copy_of_it(tmp_path, monkeypatch, leads):
    checkout, side = tmp_path / "checkout", tmp_path / "side"
    for folder in (checkout, side):
        package(folder / "a" / "lib", "another")
    where = str(checkout / "a" / "lib")
    environment = os.environ | {"PYTHONPATH": where}
    if leads == "site":  # as a .pth file in site-packages does, for every interpreter
        monkeypatch.setattr(sys, "path", [*sys.path, where])
        environment |= {"PYTHONPATH": str(tmp_path / "site")}
        (tmp_path / "site").mkdir()
        (tmp_path / "site" / "sitecustomize.py").write_text(f"import sys\nsys.path.append({where!r})\n")
    environment |= origins.variables(environment, origins.Own(tree=side, path=(side,), origins=(checkout,)))
    code = "import another; print(another.__file__)"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(side / "a" / "lib" / "another" / "__init__.py")


@pytest.mark.parametrize("method", ["spawn", "subprocess"])
def test_an_interpreter_that_a_worker_starts_finds_the_same(tmp_path, method):
    side, installed = package(tmp_path / "side", text="where = __file__\n"), package(tmp_path / "installed")
    script = tmp_path / "script.py"
    script.write_text(
        "import multiprocessing, subprocess, sys\n"
        "def told(_=None):\n"
        "    import mine\n"
        "    return mine.__file__\n"
        "if __name__ == '__main__':\n"
        "    if sys.argv[1] == 'spawn':\n"
        "        with multiprocessing.get_context('spawn').Pool(1) as pool:\n"
        "            print(pool.map(told, [1])[0])\n"
        "    else:\n"
        "        subprocess.run([sys.executable, '-c', 'import mine; print(mine.__file__)'], check=True)\n"
    )
    environment = os.environ | {"PYTHONPATH": str(installed)}
    environment |= origins.variables(environment, own(side))
    command = [sys.executable, str(script), method]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(side / "mine" / "__init__.py")


@pytest.fixture
def loaded(tmp_path, monkeypatch):
    """Return what is complained of when a side has these files and a worker these modules."""

    for name in [name for name in sys.modules if name.startswith(PACKAGE)]:
        monkeypatch.delitem(sys.modules, name)  # other tests' problems, of no version

    def complaint(files, **modules):
        for file in files:
            (tmp_path / "tree" / "src" / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "tree" / "src" / file).write_text("")
        for name, (file, places) in modules.items():
            module = ModuleType(name.replace("__", "."))
            if file:
                module.__file__ = str(tmp_path / file)
            if places:
                module.__path__ = [str(tmp_path / place) for place in places]
            monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.setenv(origins.TREE, str(tmp_path / "tree"))
        monkeypatch.setenv(origins.PATH, str(tmp_path / "tree" / "src"))
        return origins.foreign()

    return complaint


OWN, OTHER = "tree/src/zz/__init__.py", "site-packages/zz/__init__.py"


def test_whatever_its_name_a_module_of_a_checkout_is_a_stranger_where_the_side_has_a_copy(
    loaded, tmp_path, monkeypatch
):
    monkeypatch.setenv(origins.ORIGINS, str(tmp_path / "checkout"))
    said = loaded(["../deep/er/zz.py"], zz=("checkout/deep/er/zz.py", None))
    assert said.startswith(f"zz was loaded from {tmp_path / 'checkout' / 'deep' / 'er' / 'zz.py'} and not from")
    assert loaded([], zz=("checkout/generated/zz.py", None)) is None


def test_so_is_a_library_that_is_mapped(loaded, tmp_path, monkeypatch):
    monkeypatch.setenv(origins.ORIGINS, str(tmp_path / "checkout"))
    monkeypatch.setattr(origins, "mapped", lambda: iter([str(tmp_path / "checkout" / "lib" / "fast.so")]))
    assert loaded(["../lib/fast.so"]).startswith(
        f"fast.so was loaded from {tmp_path}/checkout/lib/fast.so and not from"
    )


def test_a_module_from_elsewhere_is_named_with_both_places_and_the_remedy(loaded, tmp_path):
    said = loaded(["zz/__init__.py"], zz=(OTHER, None))
    assert said.startswith(
        f"zz was loaded from {tmp_path / OTHER} and not from this version's files in {tmp_path}/tree"
    )
    assert "--path" in said


@pytest.mark.parametrize(
    ("files", "modules"),
    [
        (["zz/__init__.py"], {"zz": (OWN, None)}),
        (["zz/__init__.py"], {"zz": (OWN, None), "zz__made": (None, None)}),  # made while running
        (["zz/__init__.py"], {"numpyish": ("site-packages/numpyish.py", None)}),  # not this side's
        (["random.py"], {"random": ("lib/random.py", None)}),  # the standard library's
        (["zz/inner.py"], {"zz": (None, ["tree/src/zz", "lib/zz"]), "zz__other": ("lib/zz/other.py", None)}),
        (["conftest.py"], {"conftest": ("site-packages/conftest.py", None)}),
        (["zz.bench.py", "zz.pyi", "zz/__init__.pyi"], {"zz": (OTHER, None)}),  # no modules of that name
    ],
)  # fmt: skip
def test_what_is_its_own_or_not_the_sides_at_all_is_no_stranger(loaded, files, modules):
    assert loaded(files, **modules) is None


@pytest.mark.parametrize(
    ("files", "modules"),
    [
        (["zz.py"], {"zz": ("site-packages/zz.py", None)}),
        (["zz/inner.py"], {"zz": (None, ["site-packages/zz"]), "zz__inner": ("site-packages/zz/inner.py", None)}),
        (["zz/__init__.py"], {"zz": (OWN, None), "zz__built": ("build/zz/built.so", None)}),
        (["a.py"], {"implbench_problem_rows__kern": ("home/.pyxbld/kern.so", None)}),
    ],
)
def test_a_stranger_is_found_in_modules_namespaces_and_what_was_built(loaded, files, modules):
    assert loaded(files, **modules) is not None


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (lambda tree: FileNotFoundError(2, "none", f"{tree}/lib/k.so"), "lib/k.so is in the repository and not among"),
        (lambda tree: OSError(f"{tree}/lib/k.so: cannot open shared object file"), "lib/k.so is in the repository and"),
        (lambda tree: FileNotFoundError(2, "none", "src/zz.py"), "src/zz.py is not in the folder that a worker starts"),
        (lambda tree: FileNotFoundError(2, "none", f"{tree}/lib/other.so"), None),
        (lambda tree: PermissionError(13, "no", f"{tree}/src/zz.py"), None),
        (lambda tree: FileNotFoundError(2, "none", "elsewhere"), None),
        (lambda tree: OSError(28, "no space"), None),
        (lambda tree: OSError(), None),
    ],
)
def test_a_file_that_only_the_repository_has_is_told(loaded, tmp_path, monkeypatch, error, told):
    (tmp_path / "checkout" / "lib").mkdir(parents=True)
    (tmp_path / "checkout" / "lib" / "k.so").write_text("")
    monkeypatch.setenv(origins.ORIGINS, str(tmp_path / "checkout"))
    loaded(["zz.py"])
    said = absence.absent(error(tmp_path / "tree"))
    assert said is None if told is None else said.startswith(told)


def test_nothing_is_asked_of_a_worker_without_a_side(monkeypatch):
    monkeypatch.delenv(origins.TREE, raising=False)
    assert origins.foreign() is None
    assert absence.absent(ImportError("x", name="y")) is None


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ModuleNotFoundError("No module named 'zz._version'", name="zz._version"), "zz._version is not among"),
        (
            ImportError(
                "cannot import name '_ext' from partially initialized module 'zz' (most likely ...)", name="zz"
            ),
            "zz._ext is not among",
        ),
        (ImportError("cannot import name 'f' from 'zz' (somewhere)", name="zz"), None),
        (ModuleNotFoundError("No module named 'else'", name="elsewhere"), None),
        (ValueError("no import at all"), None),
    ],
)
def test_a_module_that_only_a_build_would_write_is_told(loaded, error, told):
    loaded(["zz/__init__.py"])
    said = absence.absent(error)
    assert said is None if told is None else said.startswith(told)
    wrapped = RuntimeError("later")
    wrapped.__cause__ = error
    assert absence.absent(wrapped) == said


def test_bytecode_of_a_side_lies_beside_its_source_where_reading_it_is_seen(tmp_path):
    side = package(tmp_path / "side", text="")
    place = {"PYTHONPYCACHEPREFIX": str(tmp_path / "elsewhere"), "PYTHONDONTWRITEBYTECODE": ""}
    printed("import mine", tmp_path, [side], **place)
    assert list((side / "mine" / "__pycache__").glob("*.pyc"))
    assert not (tmp_path / "elsewhere").exists()


def test_a_package_in_a_folder_of_another_name_is_imported_from_there(tmp_path):
    tree, installed = tmp_path / "tree", package(tmp_path / "installed")
    package(tree, "src", "from mine.inner import where\n")
    (tree / "src" / "inner.py").write_text("where = __file__\n")
    side = origins.Own(tree=tree, path=(tree,), placed=(("mine", tree / "src"),))
    environment = os.environ | {"PYTHONPATH": str(installed)}
    environment |= origins.variables(environment, side)
    command = [sys.executable, "-c", "import mine; print(mine.where)"]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(tree / "src" / "inner.py")


@pytest.mark.parametrize(
    ("installed", "is_stranger"), [("zz", True), ("zz.built", True), ("z", False), ("zz.other", False)]
)
def test_what_is_installed_of_its_own_project_is_its_own_whatever_its_files_have(
    loaded, monkeypatch, installed, is_stranger
):
    monkeypatch.setenv(origins.INSTALLED, installed)
    assert (loaded(["fast.c"], zz__built=("site-packages/zz/built.so", None)) is not None) == is_stranger
