"""What is read off the file that memray writes; memray itself runs in tests/cli/commands/test_explain_memray.py."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from bench.worker import tracking
from bench.worker.untimed import Holder, Tracked

#: A place in code as memray gives it: function, file, line.
LOOP, WHOLE = ("loop", "/home/somebody/rows.py", 7), ("whole", "/home/somebody/rows.py", 12)
INSIDE = ("_sum", str(Path(np.__file__).parent / "_core" / "_methods.py"), 49)
HARNESS = ("tracked", tracking.__file__, 40)


class Reader:
    """A file of memray with these records: bytes and the call stack, innermost first."""

    def __init__(self, *records):
        self._records = [SimpleNamespace(size=size, stack_trace=lambda stack=stack: stack) for size, *stack in records]

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def get_high_watermark_allocation_records(self, *, merge_threads):
        assert merge_threads
        return iter(self._records)


def peak(*records, folder=Path("/home/somebody")):
    return tracking._peak(Reader(*records), folder)


def test_a_line_holds_all_that_is_allocated_below_it():
    found = peak((50, LOOP, HARNESS), (30, WHOLE, HARNESS), (25, INSIDE, WHOLE, HARNESS), (9, HARNESS))
    assert found.peak_bytes == 114
    assert found.holder == Holder(file=Path(WHOLE[1]), line=12, function="whole", bytes=55)


@pytest.mark.parametrize("records", [(), ((9, HARNESS), (7, INSIDE, HARNESS)), ((0, LOOP),)])
def test_what_no_line_of_the_users_own_holds_is_told_without_a_line(records):
    assert peak(*records) == Tracked(peak_bytes=sum(size for size, *_ in records))


def test_the_code_of_an_installed_problem_is_the_users_own():
    assert peak((7, INSIDE, HARNESS), folder=Path(np.__file__).parent).holder.function == "_sum"


def test_a_package_that_is_installed_below_the_problems_folder_is_not():
    assert peak((7, INSIDE, LOOP), folder=Path("/")).holder.function == "loop"
