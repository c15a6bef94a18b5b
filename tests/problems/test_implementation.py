"""Implementations, described without being run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.errors import ImplbenchError
from bench.problems import implementation, problem, source_code

FAKES = Path(__file__).parent.parent / "fakes" / "product"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "problem.py").write_text(
        'SIZES = {"S": {}}\nDEFAULT_SIZE = "S"\nDATA = ("d",)\nBASELINE = "good"\nOUTPUTS = ("y",)\n'
    )
    return tmp_path


def found(folder):
    return implementation.found(problem.read(folder))


def test_an_implementation_is_any_module_in_the_folder_but_private_ones_and_tests(folder):
    for name in ("good.py", "_shared.py", "test_good.py", "conftest.py", ".hidden.py"):
        (folder / name).write_text("def prepare(inputs): ...\n")
    (folder / "compiled").mkdir()
    (folder / "compiled" / "__init__.py").write_text("from .kernel import prepare\n")
    assert list(found(folder)) == ["compiled", "good"]
    assert not any(one.broken for one in found(folder).values())


def test_title_requirements_and_copying_are_read_off_the_text_without_running_it(folder):
    (folder / "good.py").write_text(
        '"""Fast one.\n\nMore."""\nREQUIRES = ("numpy",)\nCOPIES_INPUTS = True\ndef prepare(i): 1/0\n1/0\n'
    )
    one = found(folder)["good"]
    assert (one.title, one.requires, one.copies_inputs, one.unavailable) == ("Fast one", ("numpy",), True, None)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("def prepare(:\n", r"good.py: syntax error in line 1: .+"),
        ("x = 1\n", r"has no function prepare\(inputs\)"),
        ('"""How to prepare."""\ndef prepared(inputs): ...\n', r"has no function prepare\(inputs\)"),
        ("\0", "good.py"),
    ],
)
def test_a_module_that_cannot_be_one_is_broken_with_the_reason(folder, text, told):
    (folder / "good.py").write_text(text)
    with pytest.raises(AssertionError, match=told):
        assert not found(folder)["good"].broken, found(folder)["good"].broken


def test_what_is_missing_is_told_with_how_to_add_it(folder, monkeypatch):
    monkeypatch.setattr("bench.machine.environment.missing", tuple)
    (folder / "good.py").write_text('REQUIRES = ("numba", "odd")\ndef prepare(i): ...\n')
    assert found(folder)["good"].unavailable == "needs numba, odd (pip install implbench[numba] odd)"


def test_an_unknown_implementation_is_told_with_the_known_ones(folder):
    (folder / "good.py").write_text("def prepare(inputs): ...\n")
    with pytest.raises(ImplbenchError, match="'bad': choose from good"):
        implementation.chosen(problem.read(folder), ["bad"])


def test_a_folder_without_any_is_told(folder):
    with pytest.raises(ImplbenchError, match=r"add a file NAME\.py"):
        implementation.chosen(problem.read(folder), [])


def test_files_of_a_folder_may_share_code_by_relative_imports(folder, monkeypatch):
    (folder / "_shared.py").write_text("answer = 42\n")
    (folder / "good.py").write_text("from ._shared import answer\ndef prepare(i): ...\n")
    before = set(sys.modules)
    assert implementation.load(folder, "good").answer == 42
    for name in set(sys.modules) - before:
        monkeypatch.delitem(sys.modules, name)


@pytest.mark.parametrize(
    "text",
    [
        "prepare = make(32)\n",
        "prepare: object = make(32)\n",
        "prepare = lambda inputs: None\n",
        "class prepare: ...\n",
        "async def prepare(inputs): ...\n",
        "import prepare\n",
        "from somewhere import build as prepare\n",
        "from somewhere import *\n",
        "if fast:\n    def prepare(inputs): ...\n",
        "try:\n    import numba\nexcept ImportError:\n    def prepare(inputs): ...\n",
        "for prepare in (first, second): ...\n",
        "with open(__file__) as prepare: ...\n",
        "(build, prepare), *rest = both\n",
        "print(prepare := make())\n",
        "match kind:\n    case prepare: ...\n",
        "def __getattr__(name): ...\n",
        "globals()['prepare'] = make()\n",
        "globals().update({'pre' + 'pare': make()})\n",
        "setattr(sys.modules[__name__], 'prepare', make())\n",
    ],
)
def test_whatever_may_have_a_prepare_once_it_is_imported_is_not_refused_unread(folder, text):
    (folder / "good.py").write_text(text)
    assert found(folder)["good"].broken is None


def test_a_file_whose_name_cannot_be_imported_is_listed_with_the_remedy(folder):
    for name in ("kahan-sum", "2nd"):
        (folder / f"{name}.py").write_text('"""Compensated."""\ndef prepare(inputs): ...\n')
    one, other = found(folder)["kahan-sum"], found(folder)["2nd"]
    assert (one.title, one.broken) == ("Compensated", None)
    assert one.unsupported == (
        "kahan-sum.py: passed over, 'kahan-sum' is no name of a Python module; rename it kahan_sum.py"
    )
    assert other.unsupported.endswith("rename it impl_2nd.py")


def test_functions_of_a_folder_can_be_found_by_their_names_in_another_process(folder, tmp_path):
    (folder / "_count.py").write_text("def double(n):\n    return 2 * n\n")
    place = implementation.make_importable(folder, tmp_path / "scratch")
    assert implementation.make_importable(folder, tmp_path / "scratch") == place
    code = (
        "import multiprocessing, sys\n"
        "sys.path.append(sys.argv[1])\n"
        "import importlib\n"
        "if __name__ == '__main__':\n"
        "    module = importlib.import_module(sys.argv[2] + '._count')\n"
        "    assert module.__file__ == sys.argv[3], module.__file__\n"
        "    with multiprocessing.get_context('spawn').Pool(1) as pool:\n"
        "        print(pool.map(module.double, [21]))\n"
    )
    script = tmp_path / "script.py"
    script.write_text(code)
    arguments = [place, implementation.package_of(folder), folder / "_count.py"]
    done = subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout, done.returncode) == ("[42]\n", 0), done.stderr


def test_two_folders_of_one_name_have_different_places(tmp_path):
    first, second = tmp_path / "old" / "rows", tmp_path / "new" / "rows"
    assert implementation.package_of(first) == implementation.package_of(second)
    assert implementation.make_importable(first, tmp_path) != implementation.make_importable(second, tmp_path)


def test_what_is_no_file_is_no_implementation_and_a_name_that_is_no_text_is_passed_over(tmp_path):
    folder = tmp_path / os.fsdecode(b"p\xff")
    shutil.copytree(FAKES, folder, ignore=shutil.ignore_patterns("__pycache__"))
    before = implementation.found(problem.read(FAKES))
    os.mkfifo(folder / "fifo.py")
    (folder / "folder.py").mkdir()
    (folder / "dangling.py").symlink_to("nowhere")
    (folder / os.fsdecode(b"odd\xff.py")).write_text("def prepare(inputs): ...")
    read = problem.read(folder)
    found = implementation.found(read)
    assert found.keys() - before.keys() == {"odd\\udcff"}
    assert "is no name of a Python module; rename it odd_udcff.py" in found["odd\\udcff"].unsupported
    assert read.name == "p\\udcff"
    assert read.digest() != problem.read(FAKES).digest()
    assert source_code.digests(read, found).keys() == found.keys()
    source_code.texts_of(read, found)
