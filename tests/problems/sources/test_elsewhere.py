"""What a process of its own tells."""

import pytest

from bench.errors import ImplbenchError
from bench.problems.sources import asv_suites, elsewhere

SUITE = "print('hello')\ndef time_one():\n    pass\n"


def ask(place):
    return elsewhere.asked(
        asv_suites.__name__, str(place), "suite", "time_one", kind=asv_suites.Entry, folder=place.parent
    )


def test_it_answers_whatever_the_code_prints_and_whatever_lies_beside_it(tmp_path):
    (tmp_path / "suite.py").write_text(SUITE)
    (tmp_path / "json.py").write_text("raise ImportError('this is not the one of the standard library')\n")
    assert [one.name for one in ask(tmp_path / "suite.py").methods] == ["time_one"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import os\nos._exit(3)\n", "suite.py: cannot be looked into: its process ended with code 3"),
        ("import nobody_has_it\n", "suite.py: cannot be looked into: ModuleNotFoundError: No module named 'nobody"),
    ],
)
def test_what_keeps_it_from_answering_is_one_sentence(tmp_path, text, said):
    (tmp_path / "suite.py").write_text(text + SUITE)
    with pytest.raises(ImplbenchError) as told:
        ask(tmp_path / "suite.py")
    assert said in str(told.value)
