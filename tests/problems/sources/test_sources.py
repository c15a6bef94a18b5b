"""A collection and its entry by what is typed; what is not there is told in a sentence."""

from types import ModuleType

import pytest

from bench.errors import ImplbenchError
from bench.problems import problem, sources
from bench.problems.origin import Origin

MADE_UP = ("gemm", "gemver", "jacobi_1d", "jacobi_2d", "lu", "ludcmp", "mvt")


@pytest.fixture
def kind(monkeypatch):
    """Return a function that has `npbench` hold entries of these names."""

    def hold(*names):
        module = ModuleType("npbench")
        module.entries = lambda place: dict.fromkeys(names, "")
        monkeypatch.setattr(sources, "source_of", lambda scheme: module)

    return hold


def test_the_kinds_are_the_modules_that_make_problems():
    assert {"algotune", "npbench"} <= set(sources.names())
    assert not {"described", "needs", "seeding"} & set(sources.names())


def test_a_word_names_a_collection_and_an_entry(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path.parent)
    origin = sources.origin_of(f"npbench:{tmp_path.name}#gemm")
    assert origin == Origin(scheme="npbench", place=tmp_path, entry="gemm")
    assert str(origin) == f"npbench:{tmp_path}#gemm"
    assert str(sources.origin_of(f"npbench:{tmp_path}")) == f"npbench:{tmp_path}"


def test_a_number_sign_may_be_part_of_the_path(tmp_path):
    place = tmp_path / "c#"
    place.mkdir()
    assert sources.origin_of(f"npbench:{place}#gemm") == Origin(scheme="npbench", place=place, entry="gemm")
    assert sources.origin_of(f"npbench:{place}") == Origin(scheme="npbench", place=place)


@pytest.mark.parametrize("word", ["rows.py", "rows.py:loop", "backprop", "unknown:x#y", "./npbench:x"])
def test_other_words_name_no_collection(word):
    assert sources.origin_of(word) is None


def test_a_path_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ImplbenchError, match="away: no such file or folder; expected npbench:PATH#NAME"):
        problem.find(f"npbench:{tmp_path}/away#gemm")
    with pytest.raises(ImplbenchError, match=r"mine\.py: no such file or folder"):
        problem.find(f"npbench:{tmp_path}#gemm", [str(tmp_path / "mine.py")])
    with pytest.raises(ImplbenchError, match="npbench:: expected the path of a checkout"):
        problem.find("npbench:")


def test_an_unknown_entry_is_told_with_those_that_are_alike(tmp_path, kind):
    kind(*MADE_UP)
    with pytest.raises(ImplbenchError) as told:
        problem.find(f"npbench:{tmp_path}#jacobi")
    assert f"{tmp_path}: has no entry 'jacobi'; did you mean jacobi_2d or jacobi_1d?" in str(told.value)
    assert f"implbench list npbench:{tmp_path} names all 7" in str(told.value)
    with pytest.raises(ImplbenchError, match="no entry 'qqq'; there are gemm, gemver, jacobi_1d"):
        problem.find(f"npbench:{tmp_path}#qqq")


def test_one_of_several_entries_has_to_be_named(tmp_path, kind):
    kind(*MADE_UP)
    with pytest.raises(ImplbenchError) as told:
        problem.find(f"npbench:{tmp_path}")
    assert "has 7 entries, name one, as in npbench:" in str(told.value)
    assert "(gemm, gemver, jacobi_1d, jacobi_2d, lu, ludcmp, ...)" in str(told.value)


def test_the_only_entry_need_not_be_named(tmp_path, kind):
    kind("one")
    assert sources.chosen(Origin(scheme="npbench", place=tmp_path)).entry == "one"


def test_a_collection_without_entries_is_told(tmp_path, kind):
    kind()
    with pytest.raises(ImplbenchError, match="holds no entry that npbench knows"):
        problem.find(f"npbench:{tmp_path}#gemm")
