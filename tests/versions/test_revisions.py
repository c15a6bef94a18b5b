"""What the user calls BASE and HEAD, as commits."""

import pytest

from bench.errors import ImplbenchError
from bench.versions.checkout import Repository
from bench.versions.revisions import pair, repository_here, resolved
from tests.repositories import commit, edit, git, repository


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A branch topic that left main one commit ago; main has gone on."""
    place = repository(tmp_path / "repository", "honest")
    git(place, "checkout", "--quiet", "-b", "topic")
    edit(place, "honest", "np.dot(x.T, y)", "np.dot(x.T, y) + 0")
    commit(place, "topic")
    git(place, "checkout", "--quiet", "main")
    (place / "more.txt").write_text("x")
    commit(place, "main goes on")
    git(place, "checkout", "--quiet", "topic")
    monkeypatch.chdir(place / "product")
    return place


def commits(folder, *names):
    return [git(folder, "rev-parse", name) for name in names]


@pytest.mark.parametrize(
    ("base", "head", "expected"),
    [
        ("main", None, ("main", None)),
        ("main", "topic", ("main", "topic")),
        ("main...", None, ("main~1", None)),
        ("main...HEAD", None, ("main~1", "topic")),
        ("main...topic", None, ("main~1", "topic")),
        ("main...", "topic", ("main~1", "topic")),
        ("topic...main", None, ("main~1", "main")),
    ],
)
def test_names_become_commits_and_three_dots_the_merge_base(folder, base, head, expected):
    first, second = pair(repository_here(base), base, head)
    assert [first.commit] == commits(folder, expected[0])
    assert (second and [second.commit]) == (expected[1] and commits(folder, expected[1]))


def test_labels_tell_what_was_named_and_its_commit(folder):
    here = repository_here("main")
    (commit_of_main,) = commits(folder, "main")
    assert resolved(here, "main").label == f"main ({commit_of_main[:10]})"
    assert resolved(here, commit_of_main).label == commit_of_main[:10]
    assert pair(here, "main...", None)[0].label.startswith("merge base with main (")


def test_two_names_of_head_are_one_too_many(folder):
    with pytest.raises(ImplbenchError, match="names HEAD already"):
        pair(repository_here("main"), "main...topic", "main")


@pytest.fixture
def shallow(folder, tmp_path):
    """A clone of depth 1 at a detached HEAD, without any branch, as CI makes it."""
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{folder}", "clone")
    place = tmp_path / "clone"
    git(place, "checkout", "--quiet", "--detach")
    git(place, "branch", "--quiet", "-D", "topic")
    git(place, "branch", "--quiet", "--remotes", "--delete", "origin/topic", "origin/HEAD")
    return place


def test_of_a_shallow_clone_the_remedy_is_told(shallow):
    with pytest.raises(ImplbenchError) as caught:
        resolved(Repository(top=shallow), "origin/main")
    assert str(caught.value) == (
        "'origin/main': neither a revision of this repository nor a folder; its branches are (none); this clone is "
        "shallow, its history ends after some commits: git fetch --unshallow, or fetch-depth: 0 for actions/checkout, "
        "brings the rest"
    )


def test_where_a_shallow_clone_has_no_merge_base_the_remedy_is_told(shallow, folder):
    git(shallow, "fetch", "--quiet", "--depth", "1", "origin", "main:main")
    with pytest.raises(ImplbenchError, match=r"no commit in common here; this clone is shallow.*fetch-depth: 0"):
        pair(Repository(top=shallow), "main...", None)
