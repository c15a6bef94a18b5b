"""Whether two compiled files are the same code."""

import shutil
import subprocess

import pytest

from bench.versions import machine_code


@pytest.fixture
def compiled(tmp_path):
    """Compile a source with what a debugger reads in it, into a file of a folder."""
    compiler = shutil.which("cc")
    if compiler is None or shutil.which("objcopy") is None:
        pytest.skip("needs a C compiler and binutils")

    def compile_(folder, source):
        (tmp_path / folder).mkdir()
        (tmp_path / "fast.c").write_text(source)
        output = str(tmp_path / folder / "fast.so")
        subprocess.run([compiler, "-g", "-O1", "-shared", "-fPIC", "-o", output, "fast.c"], cwd=tmp_path, check=True)
        return tmp_path / folder

    return compile_


@pytest.mark.machine
@pytest.mark.slow
def test_comments_and_lines_are_no_part_of_the_code_and_all_else_is(compiled):
    one = compiled("one", "int fast(int x) { return 2 * x; }\n")
    commented = compiled("commented", "/* fast,\n   they say */\nint fast(int x) { return 2 * x; }\n")
    slow = compiled("slow", "int fast(int x) { return 3 * x; }\n")
    assert (one / "fast.so").read_bytes() != (commented / "fast.so").read_bytes()
    assert machine_code.alike(one, commented, ["fast.so", "fast.c"]) == {"fast.so"}
    assert machine_code.alike(one, slow, ["fast.so"]) == frozenset()


def test_what_cannot_be_looked_at_is_not_the_same(tmp_path, monkeypatch):
    for folder in ("base", "head"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "fast.so").write_text("no machine code")
    assert machine_code.alike(tmp_path / "base", tmp_path / "head", ["fast.so", "none.so"]) == frozenset()
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert machine_code.alike(tmp_path / "base", tmp_path / "head", ["fast.so"]) == frozenset()
