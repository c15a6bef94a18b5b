"""What leads to the folders that both sides are copies of leads to the copy of each side."""

import mmap
import os

import pytest

from bench.worker.relocation import Relocation, mapped


@pytest.fixture
def relocation(tmp_path):
    """Give two checkouts, the second with another within it, and a copy of all their files."""
    for name in ("old/lib/a.py", "new/lib/a.py", "new/ignored/a.py", "new/env/lib/a.py", "new/env/pyvenv.cfg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    for name in ("lib/a.py", "env/lib/a.py", "x/site-packages/a.py"):
        (tmp_path / "copy" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "copy" / name).write_text("")
    return Relocation(origins=(tmp_path, tmp_path / "old", tmp_path / "new"), tree=tmp_path / "copy")


@pytest.mark.parametrize("place", ["old/lib", "new/lib", "new/lib/a.py", "new", "new/lib/../lib", "link"])
def test_a_place_in_either_checkout_has_a_copy(relocation, tmp_path, place):
    (tmp_path / "link").symlink_to("new/lib")
    copy = relocation.copy_of(str(tmp_path / place))
    assert copy is not None
    assert copy.is_relative_to(relocation.tree)


@pytest.mark.parametrize(
    "place", ["copy/lib", "new/ignored", "new/env/lib", "new/x/site-packages", "new/nosuch", "../elsewhere"]
)
def test_what_is_not_copied_and_what_is_installed_stays_where_it_is(relocation, tmp_path, place):
    assert relocation.copy_of(str(tmp_path / place)) is None


def test_variables_that_name_a_checkout_name_the_copy(relocation, tmp_path):
    new, copy = tmp_path / "new", relocation.tree
    lists = os.pathsep.join([str(new / "ignored"), str(new / "lib"), "/usr/lib", ""])
    given = {"GITHUB_WORKSPACE": str(new), "LD_LIBRARY_PATH": lists, "HOME": str(new), "LANG": "C", "lib": "lib"}
    moved = os.pathsep.join([str(new / "ignored"), str(copy / "lib"), "/usr/lib", ""])
    assert relocation.environment(given) == {"GITHUB_WORKSPACE": str(copy), "LD_LIBRARY_PATH": moved}


def test_a_file_that_is_mapped_into_memory_is_found(tmp_path):
    name = tmp_path / "with a space.bin"
    name.write_bytes(b"x" * mmap.PAGESIZE)
    if not os.path.exists("/proc/self/maps"):  # noqa: PTH110
        pytest.skip("this system does not tell what is mapped")
    with name.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ):
        assert str(name) in mapped()
    assert str(name) not in mapped()
