"""Sources of compiled code that differ and that nobody built."""

from pathlib import Path

import pytest

from bench.versions import native


def test_sources_are_known_by_their_suffix_and_those_of_problems_and_tests_are_apart():
    changed = ["src/_fast.c", "lib.RS", "a.py", "setup.py", "README.md", "tests/x.c", "rows/kernel.cu", "tabs/k.f90"]
    assert native.sources(changed, ["rows", "."]) == {"src/_fast.c", "lib.RS", "tabs/k.f90"}


@pytest.mark.parametrize(
    ("changed", "read", "left"),
    [
        ({"b.c", "a.c"}, {"x.py"}, ("a.c", "b.c")),
        ({"b.c", "a.c"}, {"a.c"}, ("b.c",)),  # one was compiled by a worker
        ({"a.c", "a.so"}, {"a.so"}, ()),  # each version was built where it came from
        ({"a.c", "a.so"}, set(), ("a.c",)),
        ({"a.c"}, {"a.so"}, ("a.c",)),  # what both load was built from other sources
        ({"a.py"}, set(), ()),
    ],
)
def test_what_no_worker_read_is_unbuilt_unless_what_was_made_of_it_was_loaded(changed, read, left):
    assert native.unbuilt(native.sources(changed, []), frozenset(changed), frozenset(read)) == left


@pytest.mark.parametrize(
    ("base", "head", "left"),
    [
        ({"rows/a.c", "x.py"}, {"x.py"}, ("rows/a.c",)),  # HEAD ran what was built for BASE
        (set(), {"rows/a.c"}, ("rows/a.c",)),
        ({"rows/a.c"}, {"rows/a.c"}, ()),
        (set(), set(), ()),  # nobody asked for it
        (set(), {"a.h", "other.c"}, ()),  # a header that HEAD alone takes in, and a source that is the same
    ],
)
def test_a_source_that_is_read_for_one_version_alone_may_have_been_built_for_both(base, head, left):
    found = native.built_once(frozenset({"rows/a.c", "a.h", "x.py"}), (frozenset(base), frozenset(head)))
    assert found == left


def test_files_that_one_version_made_for_both_are_named():
    assert native.of_shared([]) is None
    doubt = native.of_shared([Path("/b"), Path("/a")])
    assert doubt.reason.startswith("/a and 1 more lie outside both versions, made by HEAD")
    assert "remove" in doubt.remedy
