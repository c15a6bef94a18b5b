"""The commits from GOOD to BAD, in a repository of git."""

import pytest

from bench.errors import ImplbenchError
from bench.versions.ancestry import between
from bench.versions.revisions import repository_here, resolved
from tests.repositories import git


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Of main: first, second, a merge of topic, last; topic parted after first."""
    place = tmp_path_factory.mktemp("repository")
    git(place, "init", "--quiet", "--template=", "--initial-branch=main")

    def committed(subject):
        git(place, "commit", "--quiet", "--allow-empty", "--date", "2026-11-26T10:00:00+01:00", "-m", subject)
        git(place, "tag", subject.split()[0])

    committed("first")
    git(place, "checkout", "--quiet", "-b", "topic")
    committed("one of topic")
    committed("two of topic")
    git(place, "checkout", "--quiet", "main")
    committed("second, caf\N{LATIN SMALL LETTER E WITH ACUTE} \N{LINE SEPARATOR} and more")
    git(place, "tag", "second")
    git(place, "merge", "--quiet", "--no-ff", "-m", "merge", "topic")
    committed("last")
    return place


@pytest.fixture
def path(folder, monkeypatch):
    """Return a function that gives the commits between two revisions."""
    monkeypatch.chdir(folder)

    def path(good, bad):
        here = repository_here(good)
        return between(here, resolved(here, good), resolved(here, bad))

    return path


def test_a_branch_that_was_merged_is_one_step(path):
    found = path("first", "last")
    assert [one.subject.split()[0] for one in found] == ["second,", "merge", "last"]
    assert [one.is_merge for one in found] == [False, True, False]
    assert found[0].author_date == "2026-11-26T10:00:00+01:00"
    assert found[0].subject == "second, caf\N{LATIN SMALL LETTER E WITH ACUTE} \N{LINE SEPARATOR} and more"


def test_from_a_commit_of_a_branch_the_way_leads_through_the_branch(path):
    assert [one.subject for one in path("one", "last")] == ["two of topic", "merge", "last"]
    assert [one.subject for one in path("last~1", "last")] == ["last"]


@pytest.mark.parametrize(
    ("good", "bad", "told"),
    [
        ("last", "main", "are the same commit: there is none to search"),
        (
            "last",
            "first",
            "is no ancestor of first .*: the first comes after the second, name them the other",
        ),
        ("second", "two", "is no ancestor of two .*: the commit where they parted is [0-9a-f]{10}$"),
    ],
)
def test_where_no_commit_leads_from_one_to_the_other_that_is_told(path, good, bad, told):
    with pytest.raises(ImplbenchError, match=told):
        path(good, bad)


def test_that_a_shallow_clone_may_lack_the_way_is_told(folder, tmp_path, path, monkeypatch):
    git(tmp_path, "clone", "--quiet", "--depth", "1", "--no-single-branch", f"file://{folder}", "shallow")
    monkeypatch.chdir(tmp_path / "shallow")
    with pytest.raises(ImplbenchError, match=r"no commit in common here; this clone is shallow, .* --unshallow"):
        path("origin/topic", "origin/main")
