"""What a comparison measures, and why the rest is not."""

import shutil

import pytest

from bench.errors import ImplbenchError
from bench.measure.selection import Selection
from bench.versions import benchmarks
from bench.versions.sides import Asked, sides
from tests.repositories import commit, edit, repository


@pytest.fixture
def chosen(tmp_path, monkeypatch):
    """Return what is chosen between the commit and the working tree, which the test may change before it asks."""
    folder = repository(tmp_path / "repository", "honest", "honest_too", "copying")
    monkeypatch.chdir(folder)

    def choose(*names):
        place = tmp_path / f"place-{len(list(tmp_path.iterdir()))}"
        pair = sides(Asked(base="HEAD"), place)
        return benchmarks.chosen(*pair, Selection(implementations=names, allocators=("retain",)))

    return folder, choose


def named(found):
    return [one.case.implementation for one in found]


def test_what_has_changed_in_its_own_folder_is_told_apart(chosen):
    folder, choose = chosen
    edit(folder, "honest", "np.dot(x.T, y)", "np.dot(x.T, y) + 0")
    found, skipped = choose()
    assert {one.case.implementation: one.changed for one in found} == {
        "honest": True,
        "honest_too": False,
        "copying": False,
    }
    assert skipped == ()
    assert found[0].base.problem.folder != found[0].head.problem.folder
    assert found[0].case.allocator == "retain"


def test_a_change_of_comments_alone_is_no_change(chosen):
    folder, choose = chosen
    edit(folder, "honest", "    return step", "    # that is all\n    return step")
    assert not any(one.changed for one in choose()[0])


def test_what_is_new_is_said_and_what_was_renamed_is_compared_with_what_it_was(chosen):
    folder, choose = chosen
    product = folder / "product"
    (product / "honest_too.py").rename(product / "renamed.py")
    (product / "fresh.py").write_text("def prepare(inputs): ...\n")
    found, skipped = choose()
    assert {one.case.implementation: one.base.implementation.name for one in found} == {
        "copying": "copying",
        "honest": "honest",
        "renamed": "honest_too",
    }
    (fresh,) = skipped
    assert (fresh.name, fresh.outcome) == ("product/fresh", None)
    assert fresh.reason.startswith("new in HEAD")


def test_what_has_vanished_is_a_failure_and_not_silence(chosen):
    folder, choose = chosen
    (folder / "product" / "honest_too.py").unlink()
    _, (gone,) = choose()
    assert (gone.name, gone.outcome) == ("product/honest_too", "failed")
    assert gone.reason.startswith("vanished from HEAD")


def test_a_problem_that_was_moved_is_compared_with_what_it_was_and_one_that_vanished_is_a_failure(chosen):
    folder, choose = chosen
    (folder / "product").rename(folder / "moved")
    found, skipped = choose()
    assert sorted(one.case.id for one in found)[0].startswith("moved[copying-")
    assert {one.base.problem.folder.name for one in found} == {"product"}
    assert skipped == ()
    shutil.rmtree(folder / "moved")
    found, (gone,) = choose()
    assert (found, gone.name, gone.outcome) == ((), "product", "failed")


def test_a_version_that_cannot_even_be_loaded_is_left_with_its_outcome(chosen):
    folder, choose = chosen
    edit(folder, "honest", "def prepare(inputs):", "def prepare(inputs:")
    found, skipped = choose()
    assert "honest" not in named(found)
    (broken,) = [one for one in skipped if "honest-" in one.name]
    assert broken.outcome == "failed"
    assert "syntax error" in broken.reason


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("DATA = ", "DATA = list() or ", "no literal constant DATA"),
        ("SIZES = {", "SIZES = {{", "cannot be read as Python"),
    ],
)
def test_a_problem_that_is_broken_is_told_and_the_others_are_measured(chosen, before, after, told):
    folder, choose = chosen
    shutil.copytree(folder / "product", folder / "other")
    commit(folder, "another problem")
    edit(folder, "problem", before, after)
    found, (broken,) = choose()
    assert {one.case.problem for one in found} == {"other"}
    assert (broken.name, broken.outcome) == ("product", "failed")
    assert told in broken.reason
    commit(folder, "broken")
    edit(folder, "problem", after, before)
    found, (broken,) = choose()
    assert {one.case.problem for one in found} == {"other"}
    assert (broken.name, broken.outcome) == ("product", None)
    assert broken.reason.startswith("not comparable, broken in BASE")


def test_problems_of_one_name_are_told_apart_by_their_folders(chosen):
    folder, choose = chosen
    for place in ("a", "b"):
        shutil.copytree(folder / "product", folder / place / "rows")
    commit(folder, "two of one name")
    found, _ = choose("honest")
    assert [one.case.id.partition("[")[0] for one in found] == ["a/rows", "b/rows", "product"]
    assert [one.head.problem.folder.parent.name for one in found[:2]] == ["a", "b"]


def test_names_choose_and_an_unknown_one_is_told(chosen):
    _, choose = chosen
    assert named(choose("copying")[0]) == ["copying"]
    with pytest.raises(
        ImplbenchError, match="unknown implementation 'nosuch': choose from copying, honest, honest_too"
    ):
        choose("nosuch")


def test_a_name_may_be_of_a_problem_that_cannot_be_read(chosen):
    folder, choose = chosen
    edit(folder, "problem", "SIZES = {", "SIZES = {{")
    found, (broken,) = choose("honest")
    assert (found, broken.outcome) == ((), "failed")


ROWS = """import numpy as np


def inputs(m=10, *, seed):
    return np.zeros(m)


def loop(x): ...


def fast(x): ...
"""


@pytest.fixture
def in_one_file(chosen):
    """Return the folder with the problem rows.py in it, committed, and how to choose."""
    folder, choose = chosen
    shutil.rmtree(folder / "product")
    (folder / "rows.py").write_text(ROWS)
    commit(folder, "one file")
    return folder, choose


def test_the_functions_of_a_file_are_paired_by_their_names(in_one_file):
    folder, choose = in_one_file
    assert {one.case.id: one.changed for one in choose()[0]} == {
        "rows[loop-m=10-float64-C-1t-retain]": False,
        "rows[fast-m=10-float64-C-1t-retain]": False,
    }
    (folder / "rows.py").write_text(ROWS.replace("def fast(x): ...", "def fast(x): return 1"))
    found, skipped = choose()
    assert {one.case.implementation: one.changed for one in found} == {"loop": False, "fast": True}
    assert skipped == ()
    assert found[0].base.problem.file != found[0].head.problem.file


def test_a_function_that_has_vanished_is_a_failure_and_a_new_one_is_said(in_one_file):
    folder, choose = in_one_file
    (folder / "rows.py").write_text(ROWS.replace("def fast", "def faster"))
    found, (new, gone) = choose()
    assert named(found) == ["loop"]
    assert (new.name, new.outcome) == ("rows/faster", None)
    assert (gone.name, gone.outcome) == ("rows/fast", "failed")


def test_a_file_that_was_renamed_is_compared_with_what_it_was_function_by_function(in_one_file):
    folder, choose = in_one_file
    (folder / "rows.py").rename(folder / "sums.py")
    (folder / "sums.py").write_text(ROWS.replace("def fast", "def faster"))
    found, skipped = choose()
    assert [one.case.id for one in found] == ["sums[loop-m=10-float64-C-1t-retain]"]
    assert [one.name for one in skipped] == ["sums/faster", "sums/fast"]


def test_a_file_that_is_gone_or_no_longer_python_is_a_failure(in_one_file):
    folder, choose = in_one_file
    (folder / "rows.py").write_text(ROWS.replace("def fast(x)", "def fast(x"))
    found, (broken,) = choose()
    assert (found, broken.name, broken.outcome) == ((), "rows.py", "failed")
    assert "failed in HEAD: rows.py: cannot be read as Python: line 11" in broken.reason
    (folder / "rows.py").unlink()
    found, (gone,) = choose()
    assert (found, gone.name, gone.outcome) == ((), "rows.py", "failed")


def test_a_file_and_a_folder_of_one_name_are_told_apart_by_their_paths(in_one_file):
    folder, choose = in_one_file
    (folder / "rows").mkdir()
    (folder / "rows" / "problem.py").write_text("def inputs(m=10, *, seed): ...\n")
    (folder / "rows" / "loop.py").write_text("def prepare(inputs): ...\n")
    commit(folder, "a folder too")
    assert {one.case.problem for one in choose()[0]} == {"rows", "rows.py"}


def test_a_name_of_nothing_in_either_version_is_told_with_what_it_may_have_meant(chosen, tmp_path):
    folder, _ = chosen
    (folder / "product" / "honest.py").unlink()
    pair = sides(Asked(base="HEAD"), tmp_path / "pair")
    known = ("product", "product/honest", "product/copying", "product[honest-M-float64-C-1t-retain]")
    assert list(benchmarks.without_benchmark(known, *pair)) == []
    assert list(benchmarks.without_benchmark(("product/onest", "rows[loop-M]"), *pair)) == [
        "no benchmark is called product/onest, which has a margin of its own; did you mean product/honest?",
        "no benchmark is called rows[loop-M], which has a margin of its own",
    ]
