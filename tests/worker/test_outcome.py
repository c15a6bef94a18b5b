"""Reasons: short, and with the last line in the user's own file."""

import runpy
from types import FunctionType

import pytest

from bench.worker.outcome import Unfit, held_against, judged, shortened


def test_a_long_reason_loses_its_middle():
    text = "begin " + "x" * 1000 + " end"
    found = Unfit("wrong", text).reason
    assert len(found) == 300
    assert found.startswith("begin")
    assert found.endswith(" end")
    assert shortened("short") == "short"


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("import numpy as np\nnp.linalg.inv(np.ones(2))\n", "line 2"),
        ("import json\n\njson.loads('{')\n", "line 3"),
        ("def f():\n    raise KeyError('a')\nf()\n", "line 2"),
    ],
)
def test_the_line_is_the_last_of_the_users_own(tmp_path, code, line):
    file = tmp_path / "mine.py"
    file.write_text(code)
    with pytest.raises(Unfit, match=rf"\(mine.py, {line}\)$"), judged():
        runpy.run_path(str(file))


def test_of_a_function_that_was_sent_the_name_and_the_line_are_told():
    def wrong():
        return {}["a"]

    code = wrong.__code__.replace(co_filename="<dynamic-code>")  # as cloudpickle does
    with pytest.raises(Unfit, match=r"^KeyError: 'a' \(in wrong, line \d+\)$"), judged():
        FunctionType(code, {"__name__": "mine"})()
    with pytest.raises(Unfit) as caught, judged():
        FunctionType(code, {"__name__": "bench.api.comparing"})()
    assert "in wrong" not in caught.value.reason


def test_an_error_of_the_harness_is_no_outcome():
    with pytest.raises(ZeroDivisionError), held_against():
        1 / 0  # noqa: B018


def test_no_line_is_told_where_none_is_the_users():
    with pytest.raises(Unfit) as caught, judged("its inputs() "):
        runpy.run_path("/nowhere/at/all.py")
    assert caught.value.reason.startswith("its inputs() FileNotFoundError")
