"""Does a gate find what has become slower in a compiled extension that it has to build first? No test.

A repository with a package whose only function is compiled: by setuptools, from Cython, or by meson-python.
`implbench compare HEAD` holds it against a changed working tree, again and again:

- planted: the extension adds 5 % of its numbers twice, which takes 5 % longer;
- unchanged: a comment more, measured all the same (--all), so that two builds of the same code are compared;
- comment: another comment in the place of one;
- line: a comment more, on a line of its own, which moves all that follows it (Cython has the lines compiled in, so that
  it is measured there);
- broken: its source cannot be compiled.

    python .ci/extension_gates.py --kind setuptools --gates 10 --log extension.jsonl
    python .ci/extension_gates.py --table extension.jsonl

Each build has something else in a comment, so that none is taken for another. What is built is kept in a folder of the
experiment's own, and the packages that it takes come from an index. A log that has some gates already is gone on with.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "gate_experiment"))

from kernels import CHECKOUT, committed, git
from records import Record, append, go_on, read
from tools import run

PERCENT = 5

PROBLEM = '''"""Sums of squares, by a compiled extension."""

import numpy as np
from mine import squares


def inputs(seed, n=30_000):
    """Return the numbers."""
    return np.random.RandomState(seed).rand(n)


def compiled(x):
    """Return the sum of their squares."""
    return squares(x)
'''

#: Each sum waits for the one before it, so that the time is in proportion to the numbers that are added.
C_SOURCE = """#define PY_SSIZE_T_CLEAN
#include <Python.h>
{comment}
static PyObject *squares(PyObject *self, PyObject *argument) {{
    Py_buffer numbers;
    if (PyObject_GetBuffer(argument, &numbers, PyBUF_SIMPLE)) return NULL;
    const double *x = numbers.buf;
    Py_ssize_t n = numbers.len / sizeof(double);
    double sum = 0, again = 0;
    for (Py_ssize_t i = 0; i < n; i++) sum += x[i] * x[i];
    for (Py_ssize_t i = 0; i < n * {percent} / 100; i++) again += x[i] * x[i];
    PyBuffer_Release(&numbers);
    return PyFloat_FromDouble(again > 1e300 ? again : sum);
}}
static PyMethodDef methods[] = {{{{"squares", squares, METH_O, ""}}, {{NULL}}}};
static struct PyModuleDef module = {{PyModuleDef_HEAD_INIT, "_sums", NULL, -1, methods}};
PyMODINIT_FUNC PyInit__sums(void) {{ return PyModule_Create(&module); }}
{broken}"""

CYTHON_SOURCE = '''# cython: language_level=3, boundscheck=False, wraparound=False
{comment}


def squares(const double[::1] x):
    """Return the sum of their squares."""
    cdef Py_ssize_t i, n = x.shape[0]
    cdef double total = 0, again = 0
    for i in range(n):
        total += x[i] * x[i]
    for i in range(n * {percent} // 100):
        again += x[i] * x[i]
    return again if again > 1e300 else total
{broken}'''

SETUP = """from setuptools import Extension, setup

setup(
    name="mine",
    version="1",
    packages=["mine"],
    package_dir={"": "src"},
    ext_modules=[Extension("mine._sums", ["src/mine/_sums.c"])],
)
"""

CYTHON_SETUP = """from Cython.Build import cythonize
from setuptools import Extension, setup

setup(
    name="mine",
    version="1",
    packages=["mine"],
    package_dir={"": "src"},
    ext_modules=cythonize([Extension("mine._sums", ["src/mine/_sums.pyx"])]),
)
"""

MESON_BUILD = """project('mine', 'c', version: '1')
py = import('python').find_installation(pure: false)
py.install_sources('src/mine/__init__.py', subdir: 'mine')
py.extension_module('_sums', 'src/mine/_sums.c', install: true, subdir: 'mine')
"""


def pyproject(backend: str, *requires: str) -> str:
    """Return the text of a pyproject.toml."""
    return f'[build-system]\nrequires = {list(requires)}\nbuild-backend = "{backend}"\n'


#: Kind of build -> path and text of its files, of which the source is changed.
KINDS: Mapping[str, Mapping[str, str]] = {
    "setuptools": {"setup.py": SETUP, "src/mine/_sums.c": C_SOURCE},
    "cython": {
        "pyproject.toml": pyproject("setuptools.build_meta", "setuptools", "cython"),
        "setup.py": CYTHON_SETUP,
        "src/mine/_sums.pyx": CYTHON_SOURCE,
    },
    "meson": {
        "pyproject.toml": f'{pyproject("mesonpy", "meson-python")}[project]\nname = "mine"\nversion = "1"\n',
        "meson.build": MESON_BUILD,
        "src/mine/_sums.c": C_SOURCE,
    },
}

#: What is no C and no Cython either.
BROKEN = "int broken(\n"

#: Case -> options of the gate.
CASES: Mapping[str, tuple[str, ...]] = {"planted": (), "unchanged": ("--all",), "comment": (), "line": (), "broken": ()}

#: How a gate of each case should end.
WANTED = {
    "planted": "found",
    "unchanged": "quiet",
    "comment": "nothing to measure",
    "line": "nothing to measure",
    "broken": "told",
}


class Repository:
    """A package with an extension of one kind, committed once."""

    def __init__(self, folder: Path, kind: str) -> None:
        self._folder = folder
        others = {"src/mine/__init__.py": "from ._sums import squares\n", "benchmarks/sums.py": PROBLEM}
        ignored = {".gitignore": "build\n*.egg-info\n*.so\n"}
        for name, text in {**KINDS[kind], **others, **ignored}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        self._source = next(name for name in KINDS[kind] if "_sums" in name)
        self._text = KINDS[kind][self._source]
        self._write("as it is")
        git(folder, "init", "--quiet")
        committed(folder, "Add an extension")

    def gate(self, case: str, seed: int, *, budget_s: float) -> Record:
        """Compare the working tree, changed as the case wants it, with HEAD."""
        more = () if case == "comment" else ("and a line more",)
        self._write(
            f"gate {seed}, {case}",
            *more,
            percent=PERCENT if case == "planted" else 0,
            broken=BROKEN if case == "broken" else "",
        )
        command = ["-m", "bench", "compare", "HEAD", "--json", "--seed", str(seed), "--budget", str(budget_s)]
        started = time.monotonic()
        done = run([*command, *CASES[case]], self._folder, PYTHONPATH=str(CHECKOUT))
        record = {"case": case, "seed": seed, "exit": done.returncode, "wall_s": round(time.monotonic() - started, 1)}
        try:
            said = json.loads(done.stdout)
        except ValueError:
            end = (done.stderr or done.stdout).strip()
            return record | {"word": refused(case, done.returncode, end), "detail": end[-1000:]}
        one = next(iter(said["benchmarks"]), None)
        verdict, ratio = (one["verdict"], one["ratio_head_over_base"]) if one else (None, None)
        detail = [skipped["reason"] for skipped in said["skipped"]] or said["warnings"]
        word = judged(case, verdict, done.returncode)
        return record | {"word": word, "verdict": verdict, "ratio": ratio, "detail": detail}

    def _write(self, *comments: str, percent: int = 0, broken: str = "") -> None:
        """Write the source, each comment on a line of its own."""
        mark = "/* {} */" if self._source.endswith(".c") else "# {}"
        comment = "\n".join(map(mark.format, comments))
        (self._folder / self._source).write_text(self._text.format(comment=comment, percent=percent, broken=broken))


def judged(case: str, verdict: str | None, code: int) -> str:
    """Return in a few words how a gate did that gave an answer."""
    if case in ("comment", "line"):
        return "nothing to measure" if verdict is None and code == 5 else "measured" if code in (0, 3) else "wrong"
    if case == "broken" or verdict not in ("slower", "faster", "equivalent", "not slower", "undecided"):
        return "wrong"
    if verdict == "undecided" or code == 3:
        return "undecided"
    if case == "planted":
        return "found" if verdict == "slower" and code == 1 else "missed"
    return "false alarm" if verdict == "slower" else "quiet"


def refused(case: str, code: int, said: str) -> str:
    """Return in a few words how a gate did that ended with an error."""
    is_told = "cannot be built" in said and "the other version can be built" in said
    return "told" if case == "broken" and code == 4 and is_told else "wrong"


def plan(gates: int) -> Iterator[tuple[str, int]]:
    """Yield case and seed of each gate: those that chance has no part in once, the others in turn."""
    yield from (("comment", 1), ("line", 1), ("broken", 1))
    for seed in range(1, gates + 1):
        yield from (("planted", seed), ("unchanged", seed))


def table(records: Sequence[Record]) -> str:
    """Return the Markdown table of the gates: a row a kind and case."""
    lines = ["| build | working tree | gates | ended | longest [s] |", "| :--- | :--- | ---: | :--- | ---: |"]
    for kind, case in dict.fromkeys((one["kind"], one["case"]) for one in records):
        own = [one for one in records if (one["kind"], one["case"]) == (kind, case)]
        words = ", ".join(f"{count} {word}" for word, count in Counter(one["word"] for one in own).most_common())
        lines.append(f"| {kind} | {case} | {len(own)} | {words} | {max(one['wall_s'] for one in own):.0f} |")
    return "\n".join(lines)


def measure(options: argparse.Namespace) -> None:
    """Hold the gates of one kind that the log does not have yet."""
    done = {(one["case"], one["seed"]) for one in read(options.log) if one["kind"] == options.kind}
    with tempfile.TemporaryDirectory() as temporary:
        os.environ["IMPLBENCH_CACHE"] = str(Path(temporary) / "cache")
        repository = Repository(Path(temporary) / "repository", options.kind)
        for case, seed in plan(options.gates):
            if (case, seed) not in done:
                record = {"kind": options.kind, **repository.gate(case, seed, budget_s=options.budget)}
                append(options.log, record)
                as_wanted = "" if record["word"] == WANTED[case] else f" {record['detail']}"
                what = f"{options.kind} {case:9} {record['wall_s']:4.0f} s exit {record['exit']} {record['word']}"
                print(f"{what} {record.get('ratio') or ''}{as_wanted}", flush=True)


def main() -> None:
    """Measure, or print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kind", choices=KINDS, default="setuptools", help="what builds the extension")
    parser.add_argument("--gates", type=int, default=10, help="so many planted, and so many unchanged")
    parser.add_argument("--budget", type=float, default=75.0, help="seconds of a gate, beside its build")
    go_on(parser, "extension.jsonl", measure, table)


if __name__ == "__main__":
    main()
