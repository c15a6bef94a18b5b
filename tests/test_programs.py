"""git, asked in one way."""

import pytest

from bench.errors import ImplbenchError
from bench.programs import git, git_or_none
from tests.repositories import repository


@pytest.fixture
def folder(tmp_path):
    return repository(tmp_path / "repository", "honest")


@pytest.mark.parametrize("name", ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"])
def test_what_a_hook_says_of_its_own_repository_is_not_passed_on(folder, tmp_path, monkeypatch, name):
    monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    assert git(folder, "ls-files") == b"product/honest.py\nproduct/problem.py\n"


def test_what_git_says_last_is_the_error(folder):
    with pytest.raises(ImplbenchError, match=r"^git rev-parse: .*nosuch"):
        git(folder, "rev-parse", "nosuch", "--")


def test_a_missing_git_is_told_with_the_remedy(folder, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ImplbenchError, match="git is not installed; give two folders"):
        git(folder, "ls-files")


def test_what_is_told_only_where_git_knows_it_is_none_elsewhere(folder, tmp_path):
    assert git_or_none(folder, "rev-list", "--count", "HEAD") == "1"
    assert git_or_none(tmp_path / "nowhere", "rev-list", "--count", "HEAD") is None
