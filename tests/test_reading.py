"""Files from outside: bounded, and never what is no file."""

import os
from pathlib import Path

import msgspec
import pytest

from bench import reading
from bench.errors import ImplbenchError
from bench.reading import Unreadable


class Made(msgspec.Struct):
    name: str
    deep: list = []


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_what_is_no_file_is_not_waited_for(tmp_path, make):
    make(tmp_path / "x")
    with pytest.raises(ImplbenchError, match=r"x: (is no regular file|cannot be read \(Is a directory\))"):
        reading.contents(tmp_path / "x", 100)


def test_a_file_is_read_up_to_its_limit_and_through_a_link(tmp_path):
    (tmp_path / "x").write_bytes(b"a" * 100)
    (tmp_path / "link").symlink_to("x")
    assert reading.contents(tmp_path / "link", 100) == b"a" * 100
    with pytest.raises(ImplbenchError, match="is larger than 99 bytes"):
        reading.contents(tmp_path / "x", 99)
    with pytest.raises(ImplbenchError, match=r"cannot be read \(No such file"):
        reading.contents(tmp_path / "y", 99)


def test_a_file_of_no_end_is_not_read_to_its_end():
    if Path("/proc/self/environ").exists():
        with pytest.raises(ImplbenchError, match="is larger than 1 bytes"):
            reading.contents(Path("/proc/self/environ"), 1)  # says that it has no bytes


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "truncated"),
        (b"[]", "Expected `object`, got `array`"),
        (b'{"name": 1}', r"Expected `str`, got `int` - at `\$\.name`"),
        (b"{}", "missing required field `name`"),
        (b'{"name": "\xff"}', "can't decode byte 0xff"),
        (b'{"name": "\\ud800"}', "truncated|surrogate"),
        (b'{"name": "", "deep": ' + b"[" * 10**6, "nested too deeply"),
        (b'{"name": "", "deep": [' + b"9" * 5000 + b"]}", "Integer value out of range"),
    ],
    ids=range(8),
)
def test_json_that_is_none_or_another_is_told(data, told):
    with pytest.raises(Unreadable, match=told):
        reading.decoded(data, Made)


def test_a_digest_is_that_of_the_whole_file_however_large(tmp_path):
    with (tmp_path / "x").open("wb") as file:
        file.truncate(3 * 2**20 + 1)
    assert b"".join(reading.pieces(tmp_path / "x")) == bytes(3 * 2**20 + 1)
    assert len(reading.digest(tmp_path / "x")) == 32
