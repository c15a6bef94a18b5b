"""What a process of its own tells."""

import os
import subprocess

import pytest

from bench.errors import ImplbenchError, Unavailable
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
    ("said", "told"),
    [
        (b"", "suite.py: cannot be looked into: its process ended with code 3"),
        (
            b"Traceback:\n  here\nRuntimeError: so it ends\n",
            "suite.py: cannot be looked into: RuntimeError: so it ends",
        ),
    ],
)
def test_what_keeps_it_from_answering_is_one_sentence(tmp_path, monkeypatch, said, told):
    done = subprocess.CompletedProcess([], 3, b"", said)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    with pytest.raises(ImplbenchError) as caught:
        ask(tmp_path / "suite.py")
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("text", "kind", "told"),
    [
        (
            "import nobody_has_it\n",
            Unavailable,
            "suite.py: needs nobody_has_it, not installed here (pip install nobody",
        ),
        ("1 / 0\n", ImplbenchError, "suite.py: cannot be looked into: ZeroDivisionError: division by zero"),
    ],
)
def test_so_is_what_the_code_raises(tmp_path, monkeypatch, text, kind, told):
    (tmp_path / "suite.py").write_text(text + SUITE)
    monkeypatch.setattr(os, "_exit", lambda code: None)
    monkeypatch.setattr(subprocess, "run", lambda command, **_: elsewhere.tell(*command[5:]))
    with pytest.raises(kind) as caught:
        ask(tmp_path / "suite.py")
    assert told in str(caught.value)
