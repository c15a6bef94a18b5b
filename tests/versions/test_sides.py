"""The two sides of a comparison."""

import shutil

import pytest

from bench.errors import ImplbenchError
from bench.versions.sides import Asked, sides
from tests.repositories import FAKES, commit, edit, git, repository


@pytest.fixture
def versions(tmp_path, monkeypatch):
    """A repository with two commits and an uncommitted change."""
    folder = repository(tmp_path / "repository", "honest", "honest_too")
    edit(folder, "honest", "np.dot(x.T, y)", "np.dot(x.T, y) + 0")
    (folder / ".gitignore").write_text("ignored.py\n")
    commit(folder, "second")
    edit(folder, "honest", "+ 0", "+ 0 * 1")
    (folder / "product" / "fresh.py").write_text("def prepare(inputs): ...\n")
    (folder / "product" / "ignored.py").write_text("def prepare(inputs): ...\n")
    monkeypatch.chdir(folder / "product")
    return folder


def text(side, name):
    return (side.problems["product"].folder / f"{name}.py").read_text()


def test_revisions_come_as_they_were_committed_and_the_working_tree_as_it_is(versions, tmp_path):
    base, head = sides(Asked(base="HEAD~1"), tmp_path / "place")
    assert "np.dot(x.T, y)\n" in text(base, "honest")
    assert "+ 0 * 1" in text(head, "honest")
    assert (head.problems["product"].folder / "fresh.py").exists()
    assert not (head.problems["product"].folder / "ignored.py").exists()
    assert base.label.startswith("HEAD~1 (")
    assert head.label == "working tree"
    between = sides(Asked(base="HEAD~1", head="main"), tmp_path / "between")[1]
    assert "+ 0\n" in text(between, "honest")


def test_both_sides_lie_at_paths_of_equal_length(versions, tmp_path):
    base, head = sides(Asked(base="HEAD"), tmp_path / "place")
    assert len(str(base.root)) == len(str(head.root))


def test_nothing_is_left_in_the_repository(versions, tmp_path):
    before = git(versions, "worktree", "list"), git(versions, "status", "--porcelain")
    sides(Asked(base="HEAD~1", head="HEAD"), tmp_path / "place")
    assert (git(versions, "worktree", "list"), git(versions, "status", "--porcelain")) == before


def test_two_folders_are_compared_without_git(tmp_path):
    base, head = sides(Asked(base=str(FAKES), head=str(FAKES)), tmp_path / "place")
    assert list(base.problems) == list(head.problems) == ["."]
    assert base.problems["."].folder != head.problems["."].folder
    assert base.problems["."].name == "product"


def test_problems_among_tests_are_compared_only_if_they_are_named_or_benchmarks(versions, tmp_path):
    for place in ("tests", "tests/benchmarks/deep", "bench/tests"):
        shutil.copytree(versions / "product", versions / place / "product")
    base, head = sides(Asked(base="HEAD"), tmp_path / "a")
    assert list(base.problems) == ["product"]
    assert sorted(head.problems) == ["product", "tests/benchmarks/deep/product"]
    assert sorted(head.left_out) == ["bench/tests/product", "tests/product"]
    named = sides(Asked(base="HEAD", problems=("product",)), tmp_path / "b")[1]
    assert len(named.problems) == 4


@pytest.mark.parametrize("path", ["./product", "../product", "product", "{top}/product"])
def test_a_problem_is_named_by_its_folder_too(versions, tmp_path, monkeypatch, path):
    monkeypatch.chdir(versions / "product" if path.startswith("..") else versions)
    shutil.copytree(versions / "product", versions / "other" / "rows")
    asked = Asked(base="HEAD", problems=(path.format(top=versions),))
    assert list(sides(asked, tmp_path / "place")[1].problems) == ["product"]


@pytest.mark.parametrize(
    ("base", "names", "told"),
    [
        ("no-such-branch", (), "'no-such-branch': neither a revision of this repository nor a folder"),
        ("--output=x", (), "'--output=x': neither"),
        ("HEAD", ("sums",), "unknown problem 'sums': choose from product"),
    ],
)
def test_what_does_not_exist_is_told(versions, tmp_path, base, names, told):
    with pytest.raises(ImplbenchError, match=told):
        sides(Asked(base=base, problems=names), tmp_path / "place")


def test_outside_a_repository_git_is_quoted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(ImplbenchError, match="not a git repository"):
        sides(Asked(base="HEAD"), tmp_path / "place")


def test_a_problem_that_was_renamed_is_meant_by_either_name(versions, tmp_path, monkeypatch):
    monkeypatch.chdir(versions)
    git(versions, "mv", "product", "lines")
    for name in ("product", "lines"):
        base, head = sides(Asked(base="HEAD", problems=(name,)), tmp_path / name)
        assert (list(base.problems), list(head.problems)) == (["product"], ["lines"])


def test_problems_from_another_version_name_the_implementations_that_they_replace(versions, tmp_path):
    base, head = sides(Asked(base="HEAD~1", head="HEAD", problems_from="HEAD"), tmp_path / "place")
    assert text(base, "honest") == text(head, "honest")
    assert head.warnings == ()
    assert [one.partition(", in the")[0] for one in base.warnings] == ["its own product/honest"]


def test_a_problem_at_the_root_is_not_put_in_the_place_of_both_versions(versions, tmp_path):
    with pytest.raises(ImplbenchError, match="would replace both versions; move the problem to a folder of its own"):
        sides(Asked(base="HEAD~1", problems_from=str(versions / "product")), tmp_path / "place")


@pytest.mark.parametrize("problems_from", [None, "HEAD"])
@pytest.mark.parametrize("name", ["rows", "rows.py", "more/rows.py"])
def test_a_file_counts_whatever_its_inputs_takes_once_it_is_named(versions, tmp_path, monkeypatch, name, problems_from):
    (versions / "more").mkdir()
    (versions / "more" / "rows.py").write_text("def inputs():\n    return [1]\n\n\ndef total(x):\n    return sum(x)\n")
    commit(versions, "a file")
    monkeypatch.chdir(versions if "/" in name else versions / "more")
    assert "more/rows.py" not in sides(Asked(base="HEAD"), tmp_path / "unnamed")[1].problems
    asked = Asked(base="HEAD", problems=(name,), problems_from=problems_from)
    assert list(sides(asked, tmp_path / "named")[1].problems) == ["more/rows.py"]
