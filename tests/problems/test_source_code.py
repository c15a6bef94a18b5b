"""The text of implementations, and whether two versions are the same code."""

import os

import pytest

from bench.problems import implementation, problem, source_code
from bench.problems.implementation import chosen
from bench.problems.problem import read
from bench.problems.source_code import LARGEST_BYTES, texts_of
from tests.repositories import FAKES

PROBLEM = (FAKES / "problem.py").read_text()
CODE = '''"""Title."""

import helper_of_mine


def prepare(inputs):
    """Doc."""
    return lambda: inputs["x"] + 1
'''


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "problems" / "sums"
    place.mkdir(parents=True)
    (place / "problem.py").write_text(PROBLEM)
    (place / "honest.py").write_text(CODE)
    (place / "other.py").write_text("def prepare(inputs): ...\n")
    (place / "_shared.py").write_text("x = 1\n")
    return place


def digests(folder):
    found = problem.read(folder)
    return source_code.digests(found, implementation.found(found))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"""Title."""', '"""Another title, in\nmany words."""'),
        ('    """Doc."""\n', "    # a comment\n\n"),
        ("inputs):\n", "inputs):  # a comment\n"),
    ],
)
def test_comments_docstrings_and_blank_lines_leave_the_code_the_same(folder, before, after):
    first = digests(folder)
    assert before in CODE
    (folder / "honest.py").write_text(CODE.replace(before, after))
    assert digests(folder) == first


def test_a_change_of_an_implementation_changes_it_alone(folder):
    first = digests(folder)
    (folder / "honest.py").write_text(CODE.replace("+ 1", "+ 2"))
    second = digests(folder)
    assert second["honest"] != first["honest"]
    assert second["other"] == first["other"]


@pytest.mark.parametrize("shared", ["_shared.py", "problem.py", "data.bin"])
def test_a_change_of_what_is_shared_changes_every_implementation(folder, shared):
    first = digests(folder)
    (folder / shared).write_text(PROBLEM + "\nEXTRA = 1\n")
    assert all(digest != first[name] for name, digest in digests(folder).items())


@pytest.fixture
def trees(tmp_path):
    """Two folders with the same files."""
    for name in ("base", "head"):
        (tmp_path / name / "src").mkdir(parents=True)
        (tmp_path / name / "src" / "kernel.py").write_text(CODE)
        (tmp_path / name / "data.bin").write_bytes(b"\0\1")
        (tmp_path / name / "link").symlink_to("src")
    return tmp_path / "base", tmp_path / "head"


def test_two_equal_folders_do_not_differ_nor_does_what_only_a_reader_sees(trees):
    base, head = trees
    assert source_code.differences(base, head) == frozenset()
    (head / "src" / "kernel.py").write_text(CODE.replace("Doc.", "Another."))
    (head / "src" / "__pycache__").mkdir()
    (head / "src" / "__pycache__" / "kernel.pyc").write_bytes(b"x")
    assert source_code.differences(base, head) == frozenset()


def test_what_differs_is_named_files_links_and_what_is_on_one_side_alone(trees):
    base, head = trees
    (head / "src" / "kernel.py").write_text(CODE.replace("+ 1", "+ 2"))
    (head / "data.bin").write_bytes(b"\0\2")
    (head / "link").unlink()
    (head / "link").symlink_to("other")
    (head / os.fsdecode(b"caf\xe9.txt")).write_text("new")
    (base / "gone.py").write_text("")
    found = {os.fsencode(name) for name in source_code.differences(base, head)}
    assert found == {b"src/kernel.py", b"data.bin", b"link", b"caf\xe9.txt", b"gone.py"}


DIRECTED = "# pythran export f(int)\n" + CODE + "# omp parallel for\nx = 1\ny = 2  # type: int\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# pythran export f(int)", "#pythran export f(float)"),
        ("# pythran export f(int)\n", ""),
        ("# omp parallel for\nx = 1\n", "x = 1\n# omp parallel for\n"),
        ("type: int", "type: float"),
        ("helper_of_mine", "helper_of_mine  # distutils: extra_compile_args=-O0"),
    ],
)
def test_a_comment_that_a_compiler_reads_counts(folder, before, after):
    (folder / "honest.py").write_text(DIRECTED)
    first = digests(folder)
    assert before in DIRECTED
    (folder / "honest.py").write_text(DIRECTED.replace(before, after))
    assert digests(folder)["honest"] != first["honest"]


@pytest.mark.parametrize("text", ["print(prepare.__doc__)\n", 'def p_sum(p):\n    """Doc."""\n'])
def test_docstrings_count_where_the_file_makes_use_of_them(folder, text):
    (folder / "honest.py").write_text(CODE + text)
    first = digests(folder)
    (folder / "honest.py").write_text((CODE + text).replace("Doc.", "sum : term"))
    assert digests(folder)["honest"] != first["honest"]


SUMS = """'''Sums.'''
SIZES = {"S": {"n": 1}}
DEFAULT_SIZE = "S"
DATA = ("random",)
BASELINE = "module"
OUTPUTS = ("sum",)
"""
MODULE = "def prepare(inputs):\n    return lambda: 1  # é\n"


@pytest.fixture
def sums(tmp_path):
    (tmp_path / "problem.py").write_text(SUMS)
    (tmp_path / "module.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "notes.txt").write_text("of no implementation")
    package = tmp_path / "package"
    (package / "__pycache__").mkdir(parents=True)
    (package / "__pycache__" / "x.pyc").write_bytes(b"\0")
    (package / "__init__.py").write_text(MODULE, encoding="utf-8")
    (package / "a_kernel.c").write_text("double sum;\n")
    return tmp_path


def texts(sums):
    problem = read(sums)
    return texts_of(problem, chosen(problem, ()))


def test_an_implementation_has_its_own_module_or_all_of_its_folder_and_nothing_else(sums):
    assert texts(sums) == {
        "module": {"module.py": MODULE},
        "package": {"package/__init__.py": MODULE, "package/a_kernel.c": "double sum;\n"},
    }
    assert [*texts(sums)["package"]] == ["package/__init__.py", "package/a_kernel.c"]


def test_what_is_no_text_or_too_large_is_named_and_not_kept(sums):
    (sums / "package" / "table.bin").write_bytes(b"\xff\xfe\x00")
    (sums / "package" / "large.txt").write_text("x" * (LARGEST_BYTES + 1))
    found = texts(sums)["package"]
    assert found["package/table.bin"] == "(not kept: no text, 3 bytes)"
    assert found["package/large.txt"] == f"(not kept: {LARGEST_BYTES + 1} bytes)"
    assert found["package/a_kernel.c"] == "double sum;\n"


def test_files_of_one_implementation_are_kept_up_to_a_bound_together(sums, monkeypatch):
    monkeypatch.setattr(source_code, "MOST_BYTES", len(MODULE.encode()))
    assert texts(sums)["package"] == {
        "package/__init__.py": MODULE,
        "package/a_kernel.c": "(not kept: 12 bytes)",
    }


def test_a_file_that_is_nested_too_deeply_counts_byte_by_byte(tmp_path):
    for name, more in (("a", ""), ("b", ""), ("c", " ")):
        (tmp_path / f"{name}.py").write_text(f"x = {'-' * 900}1{more}\n")
    assert source_code.differences(tmp_path / "a.py", tmp_path / "b.py") == frozenset()
    source_code.differences(tmp_path / "a.py", tmp_path / "c.py")
