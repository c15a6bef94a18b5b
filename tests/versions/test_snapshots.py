"""What counts as a save, and what it changes."""

import os
import shutil
from pathlib import Path

import pytest

from bench.errors import ImplbenchError
from bench.versions import snapshots
from bench.versions.snapshots import Folder, Saved

TEMPLATES = Path(snapshots.__file__).parent.parent / "templates" / "folder"


@pytest.fixture
def folder(tmp_path):
    """A problem with the implementations loop and vectorised."""
    place = tmp_path / "rows"
    shutil.copytree(TEMPLATES, place, ignore=shutil.ignore_patterns("__pycache__"))
    return place


@pytest.fixture
def place(tmp_path):
    """Where versions are kept."""
    (tmp_path / "versions").mkdir()
    return tmp_path / "versions"


def keep(folder, place):
    seen = Folder(path=folder)
    return seen.kept(seen.look(), place)


def changed(folder, place, *edits):
    """Return what changes from the folder as it is to the folder after the edits."""
    before = keep(folder, place)
    for edit in edits:
        edit()
    return snapshots.changes(before, keep(folder, place))


@pytest.mark.parametrize("name", [".loop.py.swp", ".#loop.py", "loop.py~", "#loop.py#", "__pycache__/loop.pyc"])
def test_what_editors_and_python_leave_behind_is_no_save(folder, place, name):
    before = Folder(path=folder).look()
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("x")
    assert Folder(path=folder).look() == before
    assert not (keep(folder, place).problem.folder / name).exists()


def test_results_in_the_folder_are_no_save(folder, place):
    seen = Folder(path=folder, beside=(folder / "results",))
    before = seen.look()
    (folder / "results").mkdir()
    (folder / "results" / "run.json").write_text("{}")
    assert seen.look() == before
    assert not (seen.kept(before, place).problem.folder / "results").exists()


def test_a_file_put_in_the_place_of_another_is_seen_whatever_its_time_and_size(folder):
    seen, file = Folder(path=folder), folder / "loop.py"
    before, was = seen.look(), file.stat()
    other = folder.parent / "new"
    other.write_text(file.read_text())
    os.utime(other, ns=(was.st_atime_ns, was.st_mtime_ns))
    other.replace(file)
    assert seen.look() != before


def test_a_save_is_taken_once_it_has_settled(folder, monkeypatch):
    seen = Folder(path=folder)
    known = seen.look()
    steps = iter([None, None, "", "half", "whole", None])

    def between_two_looks(seconds):
        text = next(steps)
        if text is not None:
            (folder / "loop.py").write_text(text)

    monkeypatch.setattr(snapshots.time, "sleep", between_two_looks)
    assert seen.settled(known) == seen.look() != known
    assert (folder / "loop.py").read_text() == "whole"
    assert list(steps) == []


def test_a_version_keeps_its_content_and_the_name_of_the_problem(folder, place):
    version = keep(folder, place)
    (folder / "loop.py").write_text("other")
    assert "prepare" in (version.problem.folder / "loop.py").read_text()
    assert version.problem.name == "rows"
    assert keep(folder, place).root != version.root


def test_a_folder_that_has_changed_meanwhile_is_not_kept(folder, place):
    seen = Folder(path=folder)
    stamps = seen.look()
    (folder / "loop.py").write_text("other")
    with pytest.raises(Saved):
        seen.kept(stamps, place)
    assert list(place.iterdir()) == []


def test_a_problem_that_cannot_be_read_is_told(folder, place):
    (folder / "problem.py").write_text("def (")
    with pytest.raises(ImplbenchError, match=r"problem\.py: cannot be read as Python"):
        keep(folder, place)


def test_new_saved_and_deleted_implementations_are_told_apart(folder, place):
    found = changed(
        folder,
        place,
        lambda: (folder / "loop.py").write_text("def prepare(inputs): ...\n"),
        lambda: (folder / "third.py").write_text("def prepare(inputs): ...\n"),
        (folder / "vectorised.py").unlink,
    )
    assert (found.new, found.saved, found.gone) == (("third",), ("loop",), ("vectorised",))


def test_a_file_in_the_folder_of_an_implementation_is_its_own(folder, place):
    (folder / "in_c").mkdir()
    (folder / "in_c" / "__init__.py").write_text("def prepare(inputs): ...\n")
    found = changed(folder, place, lambda: (folder / "in_c" / "kernel.c").write_text("int x;"))
    assert (found.new, found.saved, found.gone) == ((), ("in_c",), ())


def test_what_all_share_is_a_save_of_all(folder, place):
    found = changed(folder, place, lambda: (folder / "_shared.py").write_text("x = 1\n"))
    assert found.saved == ("loop", "vectorised")


@pytest.mark.parametrize("to", [".", "..", "../rows"])
def test_a_link_to_a_folder_that_it_lies_in_is_passed_over(folder, place, to):
    known = Folder(path=folder).look()
    for name in ("one", "another"):
        (folder / name).symlink_to(to)
    assert Folder(path=folder).look() == known
    assert not (keep(folder, place).problem.folder / "one").exists()


def test_what_a_problem_builds_on_is_kept_with_it_and_a_save_of_it_seen(folder, place, tmp_path):
    (folder / "_other").symlink_to(shutil.copytree(TEMPLATES, tmp_path / "other"))
    edited = tmp_path / "other" / "loop.py"
    assert (keep(folder, place).problem.folder / "_other" / "loop.py").read_text() == edited.read_text()
    changes = changed(folder, place, lambda: edited.write_text(edited.read_text() + "changed = 1\n"))
    assert changes == snapshots.Changes(new=(), saved=("loop", "vectorised"), gone=())


def test_a_comment_is_a_save_of_the_same_code(folder, place):
    before = keep(folder, place)
    with (folder / "loop.py").open("a") as file:
        file.write("# that is all\n")
    now = keep(folder, place)
    assert snapshots.changes(before, now).saved == ("loop",)
    assert before.digests == now.digests
    assert before.shared == now.shared


@pytest.fixture
def one_file(tmp_path):
    """A problem in one file, with a module beside it that it imports and one that it does not."""
    place = tmp_path / "mine"
    place.mkdir()
    (place / "helper.py").write_text("")
    (place / "other.py").write_text("")
    (place / "rows.py").write_text(
        "import helper\ndef inputs(m=10, *, seed): ...\ndef rows(x): ...\ndef fast(x): ...\n"
    )
    return place / "rows.py"


def test_of_one_file_that_and_what_it_imports_from_beside_it_is_seen_and_kept(one_file, place):
    seen = Folder(path=one_file, imports=(one_file.parent,))
    before = seen.look()
    assert {str(name) for name in before} == {"rows.py", "helper.py"}
    (one_file.parent / "other.py").write_text("changed = 1\n")
    assert seen.look() == before
    version = seen.kept(before, place)
    assert version.problem.file.parent != one_file.parent
    assert (version.problem.name, version.problem.path) == ("rows", (one_file.parent,))
    assert {file.name for file in version.problem.folder.iterdir()} == {"rows.py", "helper.py"}


@pytest.mark.parametrize("name", ["rows.py", "helper.py"])
def test_a_save_of_one_file_or_of_what_it_imports_counts_for_all_its_functions(one_file, place, name):
    def save():
        (one_file.parent / name).write_text((one_file.parent / name).read_text() + "changed = 1\n")

    assert changed(one_file, place, save) == snapshots.Changes(new=(), saved=("fast", "rows"), gone=())


def test_one_file_that_is_gone_for_a_moment_is_told(one_file, place):
    one_file.unlink()
    seen = Folder(path=one_file)
    assert seen.look() == {}
    with pytest.raises(ImplbenchError, match=r"rows\.py"):
        seen.kept({}, place)
