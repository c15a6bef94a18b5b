"""Which files were read."""

import subprocess
import sys

import numpy as np
import pytest

from bench.versions import reads


@pytest.fixture
def folder(tmp_path):
    """Files of several kinds, on a file system that records reads; elsewhere nothing can be told."""
    for name in ("a.py", "package/__init__.py", "package/b.py", "data.bin"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x = 1\n" * 100)
    if not reads.are_recorded(tmp_path):
        pytest.skip("the file system of the temporary folder does not record reads")
    reads.forget(tmp_path)
    return tmp_path


def test_what_nobody_read_is_not_told(folder):
    assert reads.since_forgotten(folder) == frozenset()


def test_a_file_is_told_whoever_read_it_and_however(folder):
    (folder / "a.py").read_bytes()
    np.memmap(folder / "data.bin", np.uint8, mode="r").max()
    code = "import package.b"
    subprocess.run([sys.executable, "-c", code], cwd=folder, check=True)
    assert reads.since_forgotten(folder) == {"a.py", "data.bin", "package/__init__.py", "package/b.py"}


def test_the_bytecode_of_a_file_counts_as_that_file(folder, monkeypatch):
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"):
        monkeypatch.delenv(name, raising=False)
    for _ in range(2):  # the second time its bytecode alone is read
        reads.forget(folder)
        subprocess.run([sys.executable, "-c", "import a"], cwd=folder, check=True)
        assert reads.since_forgotten(folder) == {"a.py"}


def test_what_was_read_before_is_forgotten_and_the_time_of_writing_kept(folder):
    before = (folder / "a.py").stat().st_mtime_ns
    (folder / "a.py").read_bytes()
    reads.forget(folder)
    assert reads.since_forgotten(folder) == frozenset()
    assert (folder / "a.py").stat().st_mtime_ns == before


def test_whether_reads_are_recorded_is_found_by_trying_and_leaves_nothing(tmp_path):
    assert reads.are_recorded(tmp_path) in (True, False)
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_found_there_where_it_is_read_and_was_not_written_anew(folder):
    files = [folder / name for name in ("a.py", "package/b.py", "data.bin")]
    written = reads.forget_these([*files, folder / "gone"])
    files[0].read_bytes()
    files[1].write_text("x = 2\n")
    files[1].read_bytes()
    assert reads.found_there(written) == {folder / "a.py"}


def test_where_nobody_tells_what_is_read_a_file_counts_as_found(folder, monkeypatch):
    monkeypatch.setattr(reads, "_was_read", lambda status: False)
    assert reads.found_there(reads.forget_these([folder / "a.py"])) == {folder / "a.py"}
