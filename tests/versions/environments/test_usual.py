"""Whether a repository has to be built, as its own files tell it."""

import pytest

from bench.versions.environments import usual

SETUP = (
    "from setuptools import Extension, setup\n\nsetup(name='mine', ext_modules=[Extension('mine._fast', ['fast.c'])])\n"
)

PROBLEM = "from mine.kernel import rows\n\n\ndef inputs(*, seed):\n    return {}\n"


def repository(folder, files, problem=PROBLEM):
    """Return a repository with a package and a problem."""
    for name, text in {"src/mine/__init__.py": "", "bench/rows.py": problem, **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def project(text):
    return {"pyproject.toml": text}


@pytest.mark.parametrize(
    "files",
    [
        {"setup.py": SETUP},
        project('[build-system]\nrequires = ["setuptools", "Cython>=3"]\n'),
        project('[build-system]\nrequires = ["meson-python"]\nbuild-backend = "mesonpy"\n'),
        project('[build-system]\nrequires = ["maturin>=1,<2"]\n'),
        project('[[tool.setuptools.ext-modules]]\nname = "mine._fast"\nsources = ["fast.c"]\n'),
        project('[tool.setuptools_scm]\nversion_file = "src/mine/_version.py"\n'),
        project('[tool.hatch.build.hooks.vcs]\nversion-file = "src/mine/_version.py"\n'),
    ],
)
def test_what_is_compiled_or_gets_its_version_from_the_build_is_built(tmp_path, files):
    top = repository(tmp_path, files)
    assert usual.command(top, [top / "bench" / "rows.py"]) == ("pip", "install", "{source}")


@pytest.mark.parametrize(
    "files", [{}, project('[build-system]\nrequires = ["setuptools"]\n'), {"setup.py": "setup(name='mine')\n"}]
)
def test_plain_python_is_not(tmp_path, files):
    top = repository(tmp_path, files)
    assert usual.command(top, [top / "bench" / "rows.py"]) is None


@pytest.mark.parametrize("problem", ["import numpy\n", "from . import mine\n", "def inputs(:\n"])
def test_nor_is_what_no_problem_imports(tmp_path, problem):
    top = repository(tmp_path, {"setup.py": SETUP}, problem)
    assert usual.command(top, [top / "bench" / "rows.py"]) is None


def test_a_problem_that_is_a_folder_is_read_too(tmp_path):
    top = repository(tmp_path, {"setup.py": SETUP, "bench/rows/lib.py": "import mine.kernel\n"}, "")
    assert usual.command(top, [top / "bench" / "rows"]) is not None
