"""`implbench bisect` on a repository with a planted slowdown, on a simulated machine."""

import json

import pytest

from bench.cli.main import main
from bench.errors import Exit
from bench.measure import round_plan
from tests import noise
from tests.repositories import commit, edit, git, repository, says


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """A repository: v0, comment, renamed, slow, tidied; of the branch gap, which left it at renamed: broken, after."""
    place = repository(tmp_path_factory.mktemp("history") / "repository", "honest", "honest_too")
    git(place, "tag", "v0")
    edit(place, "honest", "    return step", "    # that is all\n    return step")
    commit(place, "comment")
    git(place, "mv", "product/honest.py", "product/better.py")
    says(place, "better", SECONDS=0.00101)
    edit(place, "problem", 'BASELINE = "honest"\n', 'BASELINE = "better"\n')
    edit(place, "problem", 'DEFAULT_SIZE = "M"', 'DEFAULT_SIZE = "S"')
    commit(place, "renamed")
    git(place, "checkout", "--quiet", "-b", "gap")
    edit(place, "problem", 'BASELINE = "better"\n', 'BASELINE = "better"\n)\n')
    commit(place, "broken")
    edit(place, "problem", 'BASELINE = "better"\n)\n', 'BASELINE = "better"\n')
    says(place, "better", SECONDS=0.0012)
    commit(place, "after")
    git(place, "checkout", "--quiet", "main")
    says(place, "better", SECONDS=0.0011)
    commit(place, "slow")
    edit(place, "better", "    # that is all\n", "    pass\n")
    commit(place, "tidied")
    return place


@pytest.fixture
def folder(history, monkeypatch, simulated):
    """The same, as the current folder, on a quiet machine whose rounds are short."""
    monkeypatch.setattr(round_plan, "MOST_PASSES", 1)
    monkeypatch.chdir(history)
    simulated(noise=noise.QUIET)
    return history


def test_the_commit_is_named_that_is_slower_first_though_names_and_sizes_have_changed_on_the_way(folder, capsys):
    before = git(folder, "worktree", "list"), git(folder, "status", "--porcelain")
    assert main(["bisect", "v0", "main", "product", "better"]) == Exit.REGRESSION
    said = capsys.readouterr()
    first = git(folder, "rev-parse", "main~1")[:10]
    assert said.out.startswith(
        f"`{first}` is the first commit in which `product[better-S-float64-C-1t-retain]` is slower than in GOOD (v0 ("
    )
    assert "3 commits of 4 were measured" in said.out
    told = [line.split(": ", 2)[1:] for line in said.err.splitlines() if "slower" in line]
    assert [(name.split()[1], verdict.partition(",")[0].partition(" (")[0]) for name, verdict in told] == [
        ("tidied", "slower"),
        ("renamed", "not slower"),
        ("slow", "slower"),
    ]
    assert (git(folder, "worktree", "list"), git(folder, "status", "--porcelain")) == before


def test_a_commit_that_cannot_be_compared_is_skipped_and_named_with_all_that_may_be_the_one(folder, capsys):
    code = main(["bisect", "v0", "gap", "product", "honest", "--json", "--quiet"])
    found = json.loads(capsys.readouterr().out)
    assert (code, found["verdict"], found["first_slower"]) == (Exit.UNDECIDED, "slower", None)
    assert [one["subject"] for one in found["candidates"]] == ["broken", "after"]
    skipped = found["compared"][1]
    assert (skipped["subject"], skipped["verdict"]) == ("broken", "not comparable")
    assert skipped["reason"].startswith("failed in HEAD: ")
    low, high = found["compared"][-1]["ratio_commit_over_good"]["interval"]
    assert 1.15 < low < 1.2 < high < 1.25
    assert (found["commits"], found["commits_measured"]) == (4, 2)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["no-such", "main", "product", "better"], Exit.USAGE, "'no-such': neither a revision of this repository"),
        (["main", "main", "product", "better"], Exit.USAGE, "are the same commit: there is none to search"),
        (["gap", "main", "product", "better"], Exit.USAGE, "is no ancestor of main ("),
        (["v0", "main", "rows", "better"], Exit.USAGE, "unknown problem 'rows': choose from product"),
        (["v0", "main", "product", "best"], Exit.USAGE, "unknown implementation 'best': choose from better, honest"),
        (
            ["v0", "main", "product", "better", "--size", "M,S"],
            Exit.USAGE,
            "a search follows one case, and these",
        ),
    ],
)
def test_what_cannot_be_searched_is_one_sentence(folder, capsys, words, code, told):
    assert main(["bisect", *words, "--quiet"]) == code
    (line,) = capsys.readouterr().err.splitlines()
    assert told in line


def test_changes_that_no_commit_has_are_told(folder, capsys):
    says(folder, "better", SECONDS=0.002)
    try:
        assert main(["bisect", "v0", "main", "rows", "better"]) == Exit.USAGE
    finally:
        git(folder, "checkout", "--quiet", ".")
    assert "the working tree has changes that no commit has: they are not measured" in capsys.readouterr().err
