"""Environments are made once, and are whole or not there."""

import json

import pytest

from bench.cli.main import main
from bench.errors import Exit, ImplbenchError
from bench.versions.environments import cache
from bench.versions.environments.cache import Kept


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Return a cache of the test's own."""
    monkeypatch.setenv(cache.CACHE, str(tmp_path / "cache"))
    return tmp_path / "cache"


def make(name, *, title="numpy 2.3.5", made="2026-11-26T07:00:00Z", fails=False):
    """Have an environment made; return how often it was."""
    place, times = cache.environments() / name, []

    def making():
        times.append(name)
        place.mkdir()
        (place / "file").write_text("12345")
        if fails:
            raise ImplbenchError("no network")
        return Kept(title=title, python="CPython 3.12.1", pins=("numpy==2.3.5",), made=made)

    cache.once(place, making)
    return len(times)


def test_an_environment_is_made_once():
    assert [make("aa"), make("aa")] == [1, 0]


def test_one_that_could_not_be_made_leaves_nothing_and_is_made_again():
    with pytest.raises(ImplbenchError, match="no network"):
        make("aa", fails=True)
    assert cache.entries() == ()
    assert not (cache.environments() / "aa").exists()
    assert make("aa") == 1


def test_one_that_was_left_half_made_is_made_again():
    (cache.environments() / "aa").mkdir(parents=True)
    (cache.environments() / "aa" / "half").write_text("")
    assert make("aa") == 1
    assert not (cache.environments() / "aa" / "half").exists()


def test_a_request_is_known_as_long_as_what_it_gave_is_there(folder):
    assert cache.known("request") is None
    make("aa")
    cache.remember("request", "aa")
    assert cache.known("request") == "aa"
    cache.remove(("aa",))
    assert cache.known("request") is None


def test_equal_parts_have_one_name_and_all_names_one_length():
    assert cache.digest("a", ("b",)) == cache.digest("a", ("b",)) != cache.digest("a", ("c",))
    assert len(cache.digest("a")) == len(cache.digest("a much longer text"))


def test_they_are_listed_oldest_first_and_removed_by_the_beginnings_of_their_names(folder, capsys):
    assert main(["env", "list"]) == Exit.FINE
    assert "holds no environment" in capsys.readouterr().out
    make("aa1", made="2026-11-26T07:00:02Z")
    make("bb2", title="Python 3.13", made="2026-11-26T07:00:01Z")
    assert main(["env", "list"]) == Exit.FINE
    shown = capsys.readouterr().out
    assert shown.index("bb2") < shown.index("aa1")
    assert "Python 3.13" in shown
    assert main(["env", "remove", "b"]) == Exit.FINE
    assert main(["env", "list", "--json"]) == Exit.FINE
    (one,) = json.loads(capsys.readouterr().out.partition("\n[")[2].join(["[", ""]))
    assert (one["name"], one["packages"], one["bytes"] > 5) == ("aa1", ["numpy==2.3.5"], True)
    assert main(["env", "remove", "--all"]) == Exit.FINE
    assert cache.entries() == ()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("remove",), "name the environments"),
        (("remove", "aa", "--all"), "name the environments"),
        (("remove", "cc"), "unknown environment 'cc': choose from aa1, aa2"),
        (("remove", "aa"), "unknown environment 'aa'"),
    ],
)
def test_what_cannot_be_removed_is_told(words, told, capsys):
    make("aa1")
    make("aa2")
    assert main(["env", *words]) == Exit.USAGE
    assert told in capsys.readouterr().err


def test_a_cache_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(cache.CACHE, str(tmp_path / "file"))
    with pytest.raises(ImplbenchError, match="cannot be written"):
        make("aa")
