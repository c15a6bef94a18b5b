"""What of one version belongs to what of the other."""

import pytest

from bench.versions.pairing import Pairs, Renames, paired, paired_problems

TEXT = "\n".join(f"line {number}" for number in range(60))


def test_equal_names_belong_together_and_a_renamed_one_to_what_it_was():
    former = {"fresh": None, "moved": "old", "also": "old", "kept": "other"}
    assert paired(["kept", "old", "other"], ["kept", "moved", "also", "fresh"], former.get) == Pairs(
        pairs=(("kept", "kept"), ("old", "moved")), gone=("other",), new=("also", "fresh")
    )


@pytest.fixture
def sides(tmp_path):
    """Return a function that writes a file on either side."""

    def write(side, name, text):
        (tmp_path / side / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / side / name).write_text(text)
        return tmp_path / side

    return write


def test_git_tells_which_file_was_renamed_even_if_it_was_changed_a_little(sides):
    base = sides("base", "a/rows/problem.py", TEXT)
    head = sides("head", "b/rows/problem.py", TEXT.replace("line 7\n", "line seven\n"))
    sides("head", "new/problem.py", "nothing like it")
    renames = Renames(base, head)
    assert renames.origin("b/rows/problem.py") == "a/rows/problem.py"
    assert renames.origin("new/problem.py") is None
    assert paired_problems(["a/rows"], ["b/rows", "new"], renames) == Pairs(
        pairs=(("a/rows", "b/rows"),), gone=(), new=("new",)
    )


def test_without_git_nothing_is_known_to_be_renamed(sides, monkeypatch):
    base, head = sides("base", "a.py", TEXT), sides("head", "b.py", TEXT)
    monkeypatch.setenv("PATH", "")
    assert Renames(base, head).origin("b.py") is None


def test_folders_inside_a_repository_that_ignores_them_are_compared_all_the_same(sides):
    base, head = sides("base", "one/x.py", TEXT), sides("head", "two/x.py", TEXT)
    sides("", ".gitignore", "*\n")
    assert Renames(base, head).origin("two/x.py") == "one/x.py"
