"""Gives a made-up run with its machine and a way to start other tools."""

import importlib.util
import os
import subprocess
import sys

import pytest

from tests.builders import USUAL, Spec, make_run

ENVIRONMENT = {
    "fingerprint": "a3714eda5174",
    "cpu": {"model": "Some CPU", "logical": 2},
    "memory_bytes": 25276502016,
    "system": {"os": "Linux", "release": "6.18", "architecture": "x86_64"},
    "python": {"implementation": "CPython", "version": "3.11.2", "compiler": "GCC 12.2.0"},
    "commit": {"id": "94bf24be336fd0ff7e88dd43ed7b6cfe7eb48746", "dirty": False},
}

#: Names and reasons that a terminal, a page, a table or a path could trip over.
HOSTILE = (
    Spec(name="base|`$x$", ms=2.0, baseline=True, title="\x1b[31m=1+1 | <script>alert(1)</script>\n# heading"),
    Spec(name="=cmd|'/c calc'!A1,\"", title="@SUM(1)", ms=1.0),
    Spec(name="../../up\x1b[2J\x07", ms=3.0),
)


@pytest.fixture
def run():
    return make_run(USUAL, environment=ENVIRONMENT)


@pytest.fixture
def hostile():
    return make_run(HOSTILE, problem="a/../b\x1b]0;x\x07", environment=ENVIRONMENT, id="../run\x1b[0m")


@pytest.fixture
def tool(tmp_path):
    """Return what starts a tool's module with arguments, in an empty home, and gives what it printed."""

    def start(module, *arguments, cwd=tmp_path, rc=0, **variables):
        if importlib.util.find_spec(module.partition(".")[0]) is None:
            pytest.skip(f"{module} is not installed here; it is in the environment of: tox run -e interop")
        environment = os.environ | {"HOME": str(tmp_path), **variables}
        command = [sys.executable, "-m", module, *map(str, arguments)]
        done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == rc, done.stdout + done.stderr
        return done.stdout + done.stderr

    return start


@pytest.fixture
def written(tmp_path):
    """Return what writes an export to the disk and gives its folder."""

    def write(files, name="exported"):
        folder = tmp_path / name
        for path, data in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        return folder

    return write
