"""A process's own copies of what it has mapped of libraries, in processes of their own."""

import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from bench.machine import own_pages

SCRIPT = """
import sys
import numpy as np
from pathlib import Path
from bench.machine import own_pages

def mapped():
    lines = [line.split(maxsplit=5) for line in Path("/proc/self/maps").read_text().splitlines()]
    return {tuple(line[:2]) for line in lines if len(line) > 5 and "umath" in line[5] and line[1] in ("r-xp", "r--p")}

folder = str(Path(np.__file__).resolve().parents[1])
before = mapped()
x = np.random.RandomState(1).rand(200, 200)
right = (np.linalg.svd(x)[1], np.sort(x, axis=0), x @ x)
copied = own_pages.take((folder,))
after = mapped()
again = (np.linalg.svd(x)[1], np.sort(x, axis=0), x @ x)
assert all(np.array_equal(*pair) for pair in zip(right, again)), "another result"
assert own_pages.take((folder,)) == 0, "twice"
print(copied, len(before), len(after))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="of Linux")
def test_libraries_compute_the_same_from_copies_and_are_in_no_file_any_more():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    copied, before, after = map(int, done.stdout.split())
    if not copied:
        pytest.skip("this system lets no code be run that is in no file")
    assert (copied > 2**20, before > 0, after) == (True, True, 0)


def test_nothing_is_copied_where_nobody_tells_what_is_mapped(monkeypatch):
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: (_ for _ in ()).throw(OSError))
    assert own_pages.take((sys.prefix,)) == 0


def test_nothing_is_copied_of_other_folders_or_of_very_much(monkeypatch):
    assert own_pages.take(("/no/such/folder",)) == 0
    monkeypatch.setattr(own_pages, "MOST_BYTES", -1)
    assert own_pages.take(("/no/such/folder",)) == 0


def test_where_the_system_forbids_it_libraries_stay_as_they_are(monkeypatch):
    system = own_pages._system()
    calls = types.SimpleNamespace(
        mmap=system.mmap, munmap=system.munmap, mprotect=lambda *_: -1, mremap=lambda *_: pytest.fail("moved")
    )
    monkeypatch.setattr(own_pages, "_system", lambda: calls)
    assert own_pages.take((str(Path(np.__file__).resolve().parents[1]),)) == 0
