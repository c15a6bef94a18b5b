"""The files of one version, in a folder of its own."""

import os

import pytest

from bench.errors import ImplbenchError
from bench.versions import checkout
from bench.versions.checkout import Repository
from tests.repositories import commit, git, repository

FILE = ("-c", "protocol.file.allow=always")


@pytest.fixture
def folder(tmp_path):
    return repository(tmp_path / "repository", "honest")


def head(folder):
    return git(folder, "rev-parse", "HEAD")


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_name_that_is_not_utf8_is_copied_from_revision_working_tree_and_folder(folder, tmp_path):
    name = os.fsdecode(b"caf\xe9.txt")
    (folder / name).write_text("x")
    commit(folder, "a name in Latin-1")
    checkout.write_revision(Repository(top=folder), head(folder), tmp_path / "revision")
    checkout.write_working_tree(Repository(top=folder), tmp_path / "working")
    checkout.write_folder(folder, tmp_path / "folder")
    assert all((tmp_path / place / name).read_text() == "x" for place in ("revision", "working", "folder"))


@pytest.mark.parametrize("place", ["revision", "working", "folder"])
def test_links_lead_to_the_copy_of_what_they_led_to_or_to_that_itself(folder, tmp_path, place):
    (tmp_path / "outside.py").write_text("outside")
    (folder / "relative").symlink_to("product")
    (folder / "product" / "absolute.py").symlink_to(folder / "product" / "honest.py")
    (folder / "product" / "out.py").symlink_to("../../outside.py")
    (folder / "dangling").symlink_to("nowhere")
    commit(folder, "links")
    copy = tmp_path / "deeper" / place
    if place == "revision":
        checkout.write_revision(Repository(top=folder), head(folder), copy)
    elif place == "working":
        checkout.write_working_tree(Repository(top=folder), copy)
    else:
        checkout.write_folder(folder, copy)
    assert (copy / "relative").resolve() == copy / "product"
    assert (copy / "product" / "absolute.py").resolve() == copy / "product" / "honest.py"
    assert (copy / "product" / "out.py").resolve() == tmp_path / "outside.py"
    assert (copy / "dangling").is_symlink()


@pytest.fixture
def outer(folder, tmp_path):
    """A repository whose submodule vendor is at its second commit, and was at its first."""
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "--quiet", "--initial-branch=main")
    git(outer, *FILE, "submodule", "--quiet", "add", str(folder), "vendor")
    commit(outer, "with a submodule")
    (folder / "new.py").write_text("new")
    commit(folder, "second")
    git(outer / "vendor", *FILE, "pull", "--quiet")
    commit(outer, "bump")
    return outer


def test_submodules_are_written_at_each_revisions_own_commit(outer, tmp_path):
    one = Repository(top=outer)
    assert checkout.write_revision(one, git(outer, "rev-parse", "HEAD~1"), tmp_path / "before") == ()
    assert checkout.write_revision(one, head(outer), tmp_path / "after") == ()
    checkout.write_working_tree(one, tmp_path / "working")
    old = [".gitmodules", "vendor/product/honest.py", "vendor/product/problem.py"]
    assert files(tmp_path / "before") == old
    assert [name for name in files(tmp_path / "after") if name != "vendor/.git"] == [
        *old[:1],
        "vendor/new.py",
        *old[1:],
    ]
    assert files(tmp_path / "working") == [*old[:1], "vendor/new.py", *old[1:]]
    assert git(outer, "status", "--porcelain") == ""


def test_a_submodule_whose_working_tree_is_gone_is_written_from_its_objects(outer, tmp_path):
    git(outer, "submodule", "--quiet", "deinit", "--force", "vendor")
    assert checkout.write_revision(Repository(top=outer), head(outer), tmp_path / "copy") == ()
    assert (tmp_path / "copy" / "vendor" / "new.py").exists()


def test_a_submodule_that_is_not_here_is_told_with_the_remedy(outer, tmp_path):
    git(tmp_path, "clone", "--quiet", str(outer), "clone")
    (told,) = checkout.write_revision(Repository(top=tmp_path / "clone"), head(outer), tmp_path / "copy")
    assert told.startswith("the submodule vendor is not here at ")
    assert "git submodule update --init --recursive" in told


def test_a_folder_is_copied_without_environments_and_caches_but_with_what_was_built(folder, tmp_path):
    for name in ("product/_ext.so", "env/pyvenv.cfg", "env/lib/x.py", "__pycache__/a.pyc", "node_modules/x.js"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")
    checkout.write_folder(folder, tmp_path / "copy")
    assert files(tmp_path / "copy") == ["product/_ext.so", "product/honest.py", "product/problem.py"]


def test_in_a_hook_of_a_linked_worktree_its_own_files_are_copied(folder, tmp_path, monkeypatch):
    git(folder, "worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
    (tmp_path / "linked" / "product" / "fresh.py").write_text("x")
    git_folder = git(tmp_path / "linked", "rev-parse", "--absolute-git-dir")
    monkeypatch.setenv("GIT_DIR", git_folder)
    monkeypatch.setenv("GIT_INDEX_FILE", f"{git_folder}/index.lock")
    monkeypatch.chdir(tmp_path / "linked")
    checkout.write_working_tree(Repository(top=tmp_path / "linked"), tmp_path / "copy")
    assert files(tmp_path / "copy") == ["product/fresh.py", "product/honest.py", "product/problem.py"]


@pytest.mark.parametrize("where", ["listing", "copying"])
def test_what_cannot_be_read_is_one_sentence(folder, tmp_path, monkeypatch, where):
    def refused(place, *_, **__):
        raise PermissionError(13, "Permission denied", str(place))

    if where == "listing":
        monkeypatch.setattr("os.scandir", refused)
    else:
        monkeypatch.setattr("shutil.copy", refused)
    with pytest.raises(ImplbenchError, match=r"cannot be read \(Permission denied\)"):
        checkout.write_folder(folder, tmp_path / "copy")


def test_what_a_sparse_checkout_leaves_out_belongs_to_the_working_tree(folder, tmp_path):
    (folder / "left").mkdir()
    (folder / "left" / "out.py").write_text("out")
    commit(folder, "more")
    git(folder, "sparse-checkout", "set", "product")
    assert not (folder / "left").exists()
    (folder / "product" / "problem.py").unlink()
    checkout.write_working_tree(Repository(top=folder), tmp_path / "working")
    assert files(tmp_path / "working") == ["left/out.py", "product/honest.py"]
