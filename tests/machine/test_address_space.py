"""Addresses of a process: the same for all that are started alike, and shifted as is asked for."""

import mmap
import os
import subprocess
import sys

import pytest

from bench.machine import address_space

#: Prints where a library lies that is loaded after the shift, and where Python itself has put an object.
WHERE = """import sys
from bench.machine import address_space
address_space.shift(int(sys.argv[1]))
address_space.occupy(int(sys.argv[2]))
import _decimal
print(next(line.split("-")[0] for line in open("/proc/self/maps") if "_decimal" in line), id(len(sys.argv) / 7))"""


def place(pages=0, pairs=0):
    """Return the addresses in a process of its own: of a library in bytes, and of an object."""
    command, environ = [sys.executable, "-c", WHERE, str(pages), str(pairs)], os.environ | {"PYTHONHASHSEED": "1"}
    printed = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    library, thing = printed.stdout.split()
    return int(library, 16), int(thing)


@pytest.fixture
def alike():
    if not address_space.can_be_alike():
        pytest.skip("this system draws every process's addresses (not Linux, or a container's profile)")
    with address_space.alike():
        place()  # what is imported there is compiled now: a process that compiles has another heap
        yield


@pytest.mark.machine
@pytest.mark.usefixtures("alike")
def test_processes_that_are_started_alike_have_the_same_addresses():
    assert place(7) == place(7)


@pytest.mark.machine
@pytest.mark.usefixtures("alike")
def test_a_shift_moves_what_is_loaded_after_it():
    assert place(1)[0] - place(6)[0] == 5 * mmap.PAGESIZE
    assert place(0)[0] > place(1)[0]


@pytest.mark.machine
@pytest.mark.usefixtures("alike")
def test_what_is_held_moves_the_objects_made_after_it():
    assert len({place(pairs=pairs)[1] for pairs in (0, 3000, 8000)}) == 3
    assert place(pairs=3000) == place(pairs=3000)


def test_what_is_started_afterwards_is_placed_as_ever():
    before = address_space._personality(address_space._ASK)
    with address_space.alike():
        pass
    assert address_space._personality(address_space._ASK) == before


def test_where_the_system_does_not_allow_it_nothing_changes(monkeypatch):
    monkeypatch.setattr(address_space, "_personality", lambda wanted: -1)
    with address_space.alike() as allowed:
        assert not allowed
    assert not address_space.can_be_alike()
