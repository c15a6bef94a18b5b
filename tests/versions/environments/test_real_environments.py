"""Environments and builds for real, from a package index: `tox run -e environments`."""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from bench.cli.main import main
from bench.errors import Exit, ImplbenchError
from bench.versions.environments import cache, making
from tests.repositories import commit, git

pytestmark = [pytest.mark.environments, pytest.mark.machine]

FAKES = Path(__file__).parents[2] / "fakes" / "product"

#: Another version of NumPy than that of the harness, for this interpreter.
OTHER = "numpy==2.3.5" if np.__version__ != "2.3.5" else "numpy==2.3.4"


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """Return a cache of these tests' own, once it is known that a package index answers."""
    place = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(cache.CACHE, str(place))
        try:
            making.made("probe", None, ("setuptools", "pip"), tell=lambda text: None)
        except ImplbenchError as error:
            pytest.skip(f"no package index answers: {error}")
        yield place


@pytest.fixture
def folder(index, tmp_path, monkeypatch):
    """Return an empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    return tmp_path


def run(capsys, *words):
    code = main(["run", str(FAKES), "--impl", "honest", "--size", "S", "--rounds", "2", "--json", *words])
    return code, json.loads(capsys.readouterr().out)


def test_two_versions_of_numpy_are_measured_in_the_same_rounds(folder, capsys):
    code, found = run(capsys, "--env", OTHER, "--env", "here")
    assert code in (Exit.FINE, Exit.UNDECIDED)
    versions = [one["numeric_stack"]["numpy"] for one in found["environments"]]
    assert versions == [OTHER.partition("==")[2], np.__version__]
    assert {one["outcome"] for one in found["groups"][0]["cases"]} == {"ok"}
    assert len(found["groups"][0]["changes"]) == 1


def test_what_cannot_be_resolved_leaves_the_others(folder, capsys):
    _code, found = run(capsys, "--env", "numpy==0.0.99", "--env", "here")
    outcomes = {one["environment"]: (one["outcome"], one["reason"]) for one in found["groups"][0]["cases"]}
    assert outcomes["here"][0] == "ok"
    assert outcomes["numpy 0.0.99"][0] == "unavailable"
    assert "0.0.99" in outcomes["numpy 0.0.99"][1]


def test_once_made_an_environment_needs_no_index(folder, capsys, monkeypatch):
    making.made("once", None, (OTHER,), tell=lambda text: None)
    for name in ("UV_INDEX_URL", "UV_DEFAULT_INDEX", "PIP_INDEX_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/none")
    _code, found = run(capsys, "--env", OTHER)
    assert found["groups"][0]["cases"][0]["outcome"] == "ok"


def test_a_worker_runs_in_the_oldest_numpy_that_is_supported(folder, capsys):
    if sys.version_info >= (3, 13):
        pytest.skip("NumPy 2.0 has no build for this Python")
    _code, found = run(capsys, "--env", "numpy==2.0.2", "--env", "here")
    assert {one["outcome"] for one in found["groups"][0]["cases"]} == {"ok"}


SETUP = """\
from setuptools import Extension, setup

setup(name="mine", version="1", packages=["mine"], package_dir={"": "src"},
      ext_modules=[Extension("mine._fast", ["src/mine/_fast.c"])])
"""

EXTENSION = """\
#include <Python.h>
/* COMMENT */
static PyObject *product(PyObject *self, PyObject *arguments) {
    Py_buffer x, y, out;
    Py_ssize_t m, n, p;
    if (!PyArg_ParseTuple(arguments, "y*y*w*nnn", &x, &y, &out, &m, &n, &p)) return NULL;
    const double *a = x.buf, *b = y.buf;
    double *c = out.buf;
    for (int times = 0; times < TIMES; times++)
        for (Py_ssize_t i = 0; i < n; i++)
            for (Py_ssize_t j = 0; j < p; j++) {
                volatile double sum = 0;
                for (Py_ssize_t k = 0; k < m; k++) sum += a[k * n + i] * b[k * p + j];
                c[i * p + j] = sum;
            }
    PyBuffer_Release(&x); PyBuffer_Release(&y); PyBuffer_Release(&out);
    Py_RETURN_NONE;
}
static PyMethodDef methods[] = {{"product", product, METH_VARARGS, ""}, {NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_fast", NULL, -1, methods};
PyMODINIT_FUNC PyInit__fast(void) { return PyModule_Create(&module); }
"""

PACKAGE = """\
import numpy as np

from . import _fast


def product(x, y):
    out = np.empty((x.shape[1], y.shape[1]))
    _fast.product(np.ascontiguousarray(x), np.ascontiguousarray(y), out, *x.shape, y.shape[1])
    return out
"""

KERNEL = """\
\"\"\"The package's own.\"\"\"

from mine import product


def prepare(inputs):
    x, y = inputs["x"], inputs["y"]
    return lambda: product(x, y)
"""


@pytest.fixture
def repository(folder):
    """Return a repository with a compiled package that a problem uses."""
    if shutil.which("cc") is None:
        pytest.skip("needs a C compiler")
    (folder / "src" / "mine").mkdir(parents=True)
    (folder / "product").mkdir()
    shutil.copy(FAKES / "problem.py", folder / "product")
    for name, text in {"setup.py": SETUP, "src/mine/__init__.py": PACKAGE, "product/honest.py": KERNEL}.items():
        (folder / name).write_text(text)
    extension(folder, times=1)
    (folder / ".gitignore").write_text("build\n*.egg-info\n__pycache__\n")
    git(folder, "init", "--quiet", "--template=", "--initial-branch=main")
    commit(folder, "first")
    return folder


def extension(folder, *, times, comment="as it is", more=""):
    text = EXTENSION.replace("TIMES", str(times)).replace("COMMENT", comment) + more
    (folder / "src" / "mine" / "_fast.c").write_text(text)


def compare(capsys, *words):
    code = main(["compare", "HEAD", "--budget", "20", "--size", "S", "--json", *words])
    said = capsys.readouterr()
    return code, json.loads(said.out) if said.out else said.err


def test_a_slower_extension_is_found_a_comment_is_nothing_and_one_that_does_not_compile_is_told(repository, capsys):
    extension(repository, times=3)
    code, found = compare(capsys)
    assert (code, [one["verdict"] for one in found["benchmarks"]]) == (Exit.REGRESSION, ["slower"])
    extension(repository, times=1, comment="not\n   as\n   it was")
    code, found = compare(capsys)
    if shutil.which("objcopy"):
        assert (code, found["benchmarks"]) == (Exit.NOTHING_MEASURED, [])
    extension(repository, times=1, more="int broken(\n")
    code, said = compare(capsys)
    assert code == Exit.WRONG
    assert "cannot be built" in said
    assert "the other version can be built" in said
    assert "error" in said


def test_a_version_that_is_read_from_the_history_is_there(repository, capsys):
    (repository / "src" / "mine" / "__init__.py").write_text(f"from ._version import version\n{PACKAGE}")
    (repository / ".gitignore").write_text("_version.py\nbuild\n*.egg-info\n")
    write = "import subprocess; said = subprocess.check_output(['git', 'describe', '--always'], text=True).strip(); "
    write += "open('src/mine/_version.py', 'w').write(f'version = {said!r}\\n')"
    (repository / "setup.py").write_text(f"{write}\n{SETUP}")
    commit(repository, "a version from the history")
    extension(repository, times=3)
    code, found = compare(capsys)
    assert (code, [one["verdict"] for one in found["benchmarks"]]) == (Exit.REGRESSION, ["slower"])
