"""Where a repository's packages lie."""

import os

import pytest

from bench.problems.packages import elsewhere, import_folders, own_roots, placed, project_names


def written(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def names(root, places):
    return [place.relative_to(root).as_posix() for place in places]


SETUPTOOLS = '[tool.setuptools.packages.find]\nwhere = ["code"]\n'


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("pyproject.toml", SETUPTOOLS),
        ("pyproject.toml", '[tool.setuptools.package-dir]\n"" = "code"\n'),
        ("pyproject.toml", '[tool.setuptools.package-dir]\n"mine" = "code/mine"\n'),
        ("pyproject.toml", '[tool.hatch.build.targets.wheel]\npackages = ["code/mine"]\n'),
        ("pyproject.toml", '[tool.hatch.build.targets.wheel]\nsources = ["code"]\n'),
        ("pyproject.toml", '[tool.poetry]\npackages = [{ include = "mine", from = "code" }]\n'),
        ("pyproject.toml", '[tool.pdm.build]\npackage-dir = "code"\n'),
        ("pyproject.toml", '[tool.maturin]\npython-source = "code"\n'),
        ("pyproject.toml", '[tool.uv.build-backend]\nmodule-root = "code"\n'),
        ("pyproject.toml", '[tool.scikit-build]\nwheel.packages = ["code/mine"]\n'),
        ("pyproject.toml", '[tool.pytest.ini_options]\npythonpath = ["code"]\n'),
        ("setup.cfg", "[options]\npackage_dir =\n    = code\n"),
        ("setup.cfg", "[options]\npackages = find:\n[options.packages.find]\nwhere = code\n"),
        ("setup.py", "from setuptools import setup\nsetup(package_dir={'': 'code'})\n"),
        ("setup.py", "import setuptools\nWHERE = 'code'\nsetuptools.setup(packages=setuptools.find_packages(WHERE))\n"),
    ],
)
def test_the_folder_that_a_project_names_is_imported_from_before_its_root(tmp_path, file, text):
    root = written(tmp_path, {file: text, "code/mine/__init__.py": ""})
    assert names(root, import_folders(root)) == ["code", "."]


@pytest.mark.parametrize("file", ["pyproject.toml", "setup.cfg", "setup.py"])
def test_what_cannot_be_read_says_nothing(tmp_path, file):
    root = written(tmp_path, {file: "= = (\n", "src/mine/__init__.py": ""})
    assert names(root, import_folders(root)) == ["src", "."]


def test_a_package_that_is_built_under_another_name_than_its_folders_cannot_be_imported_from_there(tmp_path):
    root = written(tmp_path, {"pyproject.toml": '[tool.setuptools.package-dir]\n"a.b" = "code"\n', "code/x.py": ""})
    assert names(root, import_folders(root)) == ["."]


def test_the_projects_of_a_workspace_are_found(tmp_path):
    files = (
        "packages/one/pyproject.toml",
        "packages/one/src/one/__init__.py",
        "two/code/x.py",
        "tests/f/pyproject.toml",
    )
    root = written(tmp_path, dict.fromkeys(files, "") | {"two/pyproject.toml": SETUPTOOLS})
    assert names(root, import_folders(root)) == ["packages/one/src", "two/code", "packages/one", "two", "."]


def test_what_the_user_names_comes_first_and_only_what_is_there(tmp_path):
    root = written(tmp_path, {"lib/mine/__init__.py": "", "src/other.py": ""})
    assert names(root, import_folders(root, ["lib", "nosuch"])) == ["lib", "src", "."]


def test_packages_that_no_file_speaks_of_are_known_to_lie_elsewhere(tmp_path):
    files = ("lib/mine/__init__.py", "vendor/six/__init__.py", "tests/x/__init__.py", "flat/__init__.py")
    hidden_and_an_implementation = (".h/y/__init__.py", "rows/problem.py", "rows/numba/__init__.py")
    root = written(tmp_path, dict.fromkeys((*files, *hidden_and_an_implementation), ""))
    assert names(root, elsewhere(root, import_folders(root))) == ["lib/mine"]
    assert elsewhere(root, import_folders(root, ["lib"])) == ()


def test_two_folders_belong_to_the_nearest_projects_above_them_unless_that_is_one(tmp_path):
    root = written(tmp_path, {"one/setup.py": "", "one/a/problem.py": "", "one/b/problem.py": "", "two/problem.py": ""})
    assert own_roots(root / "one" / "a", root / "two") == (root / "one", root / "two")
    assert own_roots(root / "one" / "a", root / "one" / "b") == (root / "one" / "a", root / "one" / "b")


def test_two_folders_belong_to_their_checkouts_where_each_lies_in_one_of_its_own(tmp_path):
    files = ("old/.git/HEAD", "old/libs/a/setup.py", "old/libs/b/setup.py", "new/.git", "new/libs/a/setup.py")
    root = written(tmp_path, dict.fromkeys(files, ""))
    assert own_roots(root / "old" / "libs" / "a", root / "new" / "libs" / "a") == (root / "old", root / "new")
    one, other = root / "old" / "libs" / "a", root / "old" / "libs" / "b"
    assert own_roots(one, other) == (one, other)


def test_the_implementations_of_a_problem_are_no_packages_of_the_repository(tmp_path):
    assert import_folders(written(tmp_path, {"problem.py": "", "numba/__init__.py": ""})) == ()


def test_folders_of_variants_that_are_called_after_libraries_are_none_of_its_packages(tmp_path):
    root = written(tmp_path, dict.fromkeys(("comparison/numba/__init__.py", "comparison/mine/__init__.py"), ""))
    assert names(root, elsewhere(root, import_folders(root), {"numba"})) == ["comparison/mine"]


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"pyproject.toml": '[project]\nname = "My_Pkg"\n'}, ({"my-pkg"}, True)),
        ({"pyproject.toml": '[tool.poetry]\nname = "one"\n', "sub/setup.cfg": "[metadata]\nname = two\n"},
         ({"one", "two"}, True)),
        ({"setup.py": "N = 'one'\nsetup(name=N, ext_modules=[Extension(name='a.b')])\n"}, ({"one"}, True)),
        ({"setup.py": "setup(name=computed())\n"}, (set(), False)),
        ({"pyproject.toml": "[tool.ruff]\n"}, (set(), True)),
        ({}, (set(), True)),
    ],
)  # fmt: skip
def test_projects_are_known_by_the_names_that_they_give_themselves(tmp_path, files, found):
    assert project_names(written(tmp_path, files)) == found


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("pyproject.toml", '[tool.setuptools.package-dir]\nmine = "src"\n'),
        ("setup.cfg", "[options]\npackage_dir =\n    mine = src\n"),
        ("setup.py", "setup(package_dir={'mine': 'src'}, packages=['mine'])\n"),
    ],
)
def test_a_package_in_a_folder_of_another_name_is_placed_there(tmp_path, file, text):
    root = written(tmp_path, {file: text, "src/__init__.py": ""})
    assert placed(root) == {"mine": root / "src"}


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("pyproject.toml", "[tool.setuptools.packages.find]\nwhere = 5\n[tool.poetry]\npackages = 3\n"),
        ("pyproject.toml", f'[tool.setuptools.packages.find]\nwhere = ["{"9" * 400}", "\\u0000"]\n'),
        ("pyproject.toml", f"a = {'[' * 3000}"),
        ("setup.cfg", f"[options]\npackage_dir =\n    a = {'9' * 400}\n"),
        ("setup.py", f"setup(package_dir={'(' * 300})"),
        ("setup.py", "setup(package_dir={[]: 1}, name={{}})\n"),
        ("setup.py", f"setup(name={'-' * 2000}1)\n"),
    ],
)
def test_whatever_a_project_says_of_itself_is_no_error(tmp_path, file, text):
    (tmp_path / file).write_text(text)
    (tmp_path / "src").mkdir()
    assert set(import_folders(tmp_path)) == {tmp_path / "src", tmp_path}
    assert placed(tmp_path) == {}
    project_names(tmp_path)


def test_what_is_no_file_says_nothing_and_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pyproject.toml")
    assert import_folders(tmp_path) == (tmp_path,)
