"""What a comparison measures, and why the rest is not."""

import pytest

from bench import benchmarks, checkout
from bench.errors import ImplbenchError
from bench.selection import Selection
from tests.versions import edit, repository


@pytest.fixture
def chosen(tmp_path, monkeypatch):
    """Return what is chosen between the commit and the working tree, which the test may change before it asks."""
    folder = repository(tmp_path / "repository", "honest", "honest_too", "copying")
    monkeypatch.chdir(folder)

    def choose(*names, everything=False):
        place = tmp_path / f"place-{len(list(tmp_path.iterdir()))}"
        sides = checkout.sides("HEAD", None, place, ())
        wanted = Selection(implementations=names, allocators=("retain",))
        return benchmarks.chosen(*sides, wanted, everything=everything)

    return folder, choose


def named(found):
    return [one.case.implementation for one in found]


def test_only_what_has_changed_is_measured_and_the_rest_is_named(chosen):
    folder, choose = chosen
    edit(folder, "honest", "np.dot(x.T, y)", "np.dot(x.T, y) + 0")
    found, skipped = choose()
    assert named(found) == ["honest"]
    assert {one.name: one.reason for one in skipped} == dict.fromkeys(
        ("product/honest_too", "product/copying"), "the same code on both sides (--all measures it)"
    )
    assert found[0].base.problem.folder != found[0].head.problem.folder
    assert found[0].case.allocator == "retain"


def test_a_change_of_comments_alone_is_no_change(chosen):
    folder, choose = chosen
    edit(folder, "honest", "    return step", "    # that is all\n    return step")
    assert choose()[0] == ()


def test_everything_is_measured_on_demand(chosen):
    _, choose = chosen
    found, skipped = choose(everything=True)
    assert sorted(named(found)) == ["copying", "honest", "honest_too"]
    assert skipped == ()


def test_what_is_new_or_gone_is_said(chosen):
    folder, choose = chosen
    (folder / "product" / "honest_too.py").rename(folder / "product" / "renamed.py")
    found, skipped = choose()
    assert found == ()
    reasons = {one.name: one.reason for one in skipped}
    assert reasons["product/renamed"].startswith("new in HEAD")
    assert reasons["product/honest_too"] == "gone in HEAD"


def test_a_version_that_cannot_even_be_loaded_is_left_with_its_outcome(chosen):
    folder, choose = chosen
    edit(folder, "honest", "def prepare(inputs):", "def prepare(inputs:")
    found, skipped = choose()
    assert found == ()
    (broken,) = [one for one in skipped if "honest-" in one.name]
    assert broken.outcome == "failed"
    assert "syntax error" in broken.reason


def test_names_choose_and_an_unknown_one_is_told(chosen):
    _, choose = chosen
    assert named(choose("copying", everything=True)[0]) == ["copying"]
    with pytest.raises(
        ImplbenchError, match="unknown implementation 'nosuch': choose from copying, honest, honest_too"
    ):
        choose("nosuch")
