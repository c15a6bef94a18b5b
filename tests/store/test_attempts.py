"""How many candidates were ever judged against a baseline is kept, whoever counts."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from bench.errors import ImplbenchError
from bench.store.attempts import Attempts

DIGEST = "ab" * 32


def test_each_candidate_counts_from_its_beginning_and_again_each_time(tmp_path):
    attempts = Attempts(tmp_path, DIGEST)
    assert [attempts.begin("x.py", "cd" * 32) for _ in range(3)] == [1, 2, 3]
    attempts.end(3, "x.py", "cd" * 32, verdict="REJECT", reason="slower")
    assert Attempts(tmp_path, DIGEST).begin("x.py", "cd" * 32) == 4


def test_every_baseline_has_a_count_of_its_own(tmp_path):
    Attempts(tmp_path, DIGEST).begin("x.py", "")
    assert Attempts(tmp_path, "ef" * 32).begin("x.py", "") == 1


def test_lines_are_only_added_and_say_what_came_of_it(tmp_path):
    attempts = Attempts(tmp_path, DIGEST)
    attempts.begin("a.py", "01")
    before = attempts.path.read_bytes()
    attempts.end(1, "a.py", "01", verdict="ACCEPT", reason="faster")
    after = attempts.path.read_bytes()
    assert after.startswith(before)
    last = json.loads(after.splitlines()[-1])
    assert (last["event"], last["attempt"], last["verdict"], last["reason"]) == ("ended", 1, "ACCEPT", "faster")


def test_several_at_once_get_different_numbers(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: Attempts(tmp_path, DIGEST).begin("x.py", ""), range(40)))
    assert sorted(numbers) == list(range(1, 41))


def test_a_line_that_was_cut_off_is_counted_if_it_was_a_beginning(tmp_path):
    attempts = Attempts(tmp_path, DIGEST)
    attempts.begin("x.py", "")
    attempts.path.write_bytes(attempts.path.read_bytes()[:-20])
    assert attempts.begin("x.py", "") == 2
    assert attempts.begin("x.py", "") == 3


def test_a_journal_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "judged").write_text("a file")
    with pytest.raises(ImplbenchError, match="cannot be written"):
        Attempts(tmp_path, DIGEST).begin("x.py", "")
