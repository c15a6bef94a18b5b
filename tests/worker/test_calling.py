"""How a problem's functions are called, in this process."""

import functools
import re
import sys

import numpy as np
import pytest

from bench.problems import problem
from bench.problems.case import Case, Size
from bench.problems.implementation import package_of
from bench.worker.calling import KEYWORDS
from bench.worker.loading import loaded, problem_functions
from bench.worker.outcome import Unfit
from bench.worker.protocol import CaseSpec, Start, WriteInputs
from tests.verified import write_inputs

CASE = Case(
    problem="rows",
    implementation="loop",
    size=Size(name="S", values={"m": 3, "n": 2}),
    dtype="float64",
    layout="C",
    threads=1,
    allocator="default",
    data="usual",
)


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Return the spec of a file, or of the problem.py in a folder, which the worker is told of."""
    monkeypatch.delitem(sys.modules, package_of(tmp_path), raising=False)

    def write(text, name="rows"):
        (tmp_path / f"{name}.py").write_text(text)
        found = problem.read(tmp_path / f"{name}.py")
        for module in [one for one in sys.modules if one.startswith(f"{package_of(tmp_path)}.")]:
            monkeypatch.delitem(sys.modules, module)
        return CaseSpec(
            case=CASE,
            folder=tmp_path,
            module=found.module,
            arguments=found.arguments,
            importable=tmp_path,
            inputs=tmp_path / "inputs",
            outputs=found.outputs,
        )

    return write


def made(spec):
    functions = problem_functions(spec)
    return functions, functions.inputs(CASE.size.values, "float32", "usual", 7)


def step_of(spec, inputs, name="loop"):
    return loaded(Start(spec=spec, implementation=name, layout={})).prepare(inputs)


ALL = [3, 7, "float32", "usual"]
LOOP = "def loop(a, b=0): return a, b\n"


@pytest.mark.parametrize(
    ("inputs", "named", "result"),
    [
        ("(m=1, n=1, *, seed): return m, (n, seed)", {"a": 3, "b": (2, 7)}, (3, (2, 7))),
        ("(m=1, *, seed, dtype, data): return [m, seed, dtype, data]", {"a": ALL}, (ALL, 0)),
        ("(): return {'b': 1, 'a': 2}", {"b": 1, "a": 2}, (2, 1)),
        ("(m=1, *, seed, **more): return (m,)", {"a": 3}, (3, 0)),
        ("(n=1, scale=0.5): return scale", {"a": 0.5}, (0.5, 0)),
    ],
)  # fmt: skip
def test_what_inputs_returns_is_what_a_function_is_called_with(written, inputs, named, result):
    spec = written(f"def inputs{inputs}\n{LOOP}")
    _, found = made(spec)
    assert (dict(found), list(found)) == (named, list(named))
    step = step_of(spec, found)
    assert isinstance(step, functools.partial)  # nothing in between is timed
    assert step() == result


def test_arguments_beyond_the_names_of_the_baseline_get_others(written):
    spec = written("def inputs(*, seed): return 1, 2, 3\ndef loop(arg2, *more): return arg2, more\n")
    found = made(spec)[1]
    assert dict(found) == {"arg2": 1, "arg1": 2, "arg2_": 3}
    assert step_of(spec, found)() == (1, (2, 3))


def test_arguments_go_by_place_whatever_another_function_calls_them(written):
    spec = written(f"def inputs(*, seed): return 1, 2\n{LOOP}def swapped(b, a): return b, a\n")
    assert step_of(spec, made(spec)[1], "swapped")() == (1, 2)


def test_keywords_reach_a_function_whatever_the_order_of_its_parameters(written):
    spec = written(f"def inputs(*, seed): return {{'a': 1, 'b': 2}}\n{LOOP}def swapped(b, a): return b, a\n")
    assert step_of(spec, made(spec)[1], "swapped")() == (2, 1)


def test_reference_and_work_may_be_written_like_the_functions_beside_them(written):
    more = "def reference(a, b): return a + b\ndef work(m, n, dtype): return {'flops': m * n}\n"
    functions, inputs = made(written(f"def inputs(m=1, n=1, *, seed): return m, n\n{LOOP}{more}"))
    assert functions.reference(inputs) == 5
    assert functions.work(CASE.size.values, "float64") == {"flops": 6}


def test_reference_and_work_may_be_those_of_a_folder_as_well(written):
    more = "def reference(inputs): return inputs['a']\ndef work(size, dtype): return {'flops': size['m']}\n"
    functions, inputs = made(written(f"def inputs(m=1, n=1, *, seed): return m, n\n{LOOP}{more}"))
    assert functions.reference(inputs) == 3
    assert functions.work(CASE.size.values, "float64") == {"flops": 3}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "def inputs(size, dtype, data, seed): return {'x': (size['m'], dtype, data, seed)}",
            (3, "float32", "usual", 7),
        ),
        ("def inputs(*all): return {'x': (all[0]['m'], *all[1:])}", (3, "float32", "usual", 7)),
        ("def inputs(m, n=5, *, seed): return {'x': (m, n, seed)}", (3, 2, 7)),
    ],
)
def test_inputs_of_a_folder_take_all_by_place_or_what_they_name(written, text, told):
    spec = written(f"SIZES = {{'S': {{'m': 1, 'n': 1}}}}\n{text}\n", name="problem")
    assert made(spec)[1] == {"x": told}


NOWHERE = "def inputs(): return 1\ntry:\n    import nowhere_\n"


@pytest.mark.parametrize(
    ("text", "outcome", "told"),
    [
        (f"def inputs(): pass\n{LOOP}", "failed", "inputs() returned nothing; return what"),
        (f"def inputs(): return {{1: 2}}\n{LOOP}", "failed", "return (the_dict,)"),
        ("def inputs(): return 1\ndef loop(a, b): ...\n", "failed", "loop(a, b) does not take what inputs() gives"),
        ("def inputs(): return {'c': 1}\ndef loop(a): ...\n", "failed", "itself, return (the_dict,)"),
        (f"{NOWHERE}    def loop(a): ...\nexcept ImportError: ...\n", "unavailable", "does not define loop here"),
        ("def inputs(): return 1\nloop = 3\n__all__ = ['loop']\n", "failed", "loop in rows.py is of type int, no"),
    ],
)  # fmt: skip
def test_what_cannot_be_called_has_one_clear_reason(written, text, outcome, told):
    spec = written(text)
    with pytest.raises(Unfit) as raised:
        step_of(spec, made(spec)[1])
    assert told in raised.value.reason
    assert raised.value.outcome == outcome


def test_a_folder_whose_inputs_are_no_names_and_values_is_told(written):
    with pytest.raises(Unfit, match=r"returned a tuple, expected a dict of names and values"):
        made(written("def inputs(m=1, *, seed): return 1, 2\n", name="problem"))


def test_a_function_that_does_not_tell_what_it_takes_is_called_all_the_same(written):
    spec = written("import math\ndef inputs(): return 2.0\nloop = math.hypot\n__all__ = ['loop']\n")
    assert step_of(spec, made(spec)[1])() == 2.0


def test_an_array_is_held_by_the_step_itself(written):
    spec = written("def inputs(): return 1\ndef loop(x): return x\n")
    array = np.zeros(3)
    assert step_of(spec, {"x": array})() is array


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("import nowhere_\ndef inputs(): return 1\ndef loop(x): ...\n", "'nowhere_' (rows.py, line 1)"),
        ("def inputs(): return 1\ndef loop(x): ...\n1 / 0\n", "ZeroDivisionError: division by zero (rows.py, line 3)"),
        ("def inputs():\n    return [1][2]\ndef loop(x): ...\n", "list index out of range (rows.py, line 2)"),
        ("def inputs(): return 1\ndef loop(x): ...\nraise SystemExit(3)\n", "SystemExit"),
    ],
)
def test_a_file_that_fails_when_it_is_imported_or_makes_its_inputs_is_told_with_the_line_in_it(written, text, told):
    with pytest.raises(Unfit) as raised:
        write_inputs(WriteInputs(spec=written(text), seed=1, other_data="usual", baseline="loop"))
    assert told in raised.value.reason


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ("(*, seed): return 1", "let inputs() in rows.py depend on the seed"),
        ("(*, seed): return seed", None),
        ("(*, seed): return list(range(seed))", None),
    ],
)
def test_only_inputs_that_never_differ_are_a_doubt_for_to_prepare_a_function_is_to_do_nothing(written, inputs, said):
    spec = written(f"def inputs{inputs}\ndef loop(x): return x\n")
    doubt = write_inputs(WriteInputs(spec=spec, seed=1, other_data="usual", baseline="loop")).doubt
    assert said in doubt if said else doubt is None


@pytest.mark.parametrize("parameter", ["items", "inputs"])
def test_what_a_call_uses_up_is_made_anew_for_each_as_the_arguments_of_the_function(written, parameter):
    value = "items" if parameter == "items" else "inputs['items']"
    fresh = f"def fresh({parameter}): return list({value})\n"
    spec = written(f"def inputs(): return [1, 2]\n{fresh}def loop(items): return items.pop()\n")
    functions, inputs = made(spec)
    step = step_of(spec, inputs)
    assert [step(*functions.fresh(inputs)) for _ in range(3)] == [2, 2, 2]
    assert inputs == {"items": [1, 2]}


@pytest.mark.parametrize(
    ("inputs", "renewed"),
    [
        ('{"items": [1, 2], "k": 3}', '{"k": k, "items": list(items)}'),
        ('{"items": [1, 2], "k": 3}', "(list(items), k)"),
        ("([1, 2], 3)", '{"k": k, "items": list(items)}'),
    ],
)
def test_fresh_returns_what_inputs_may_return(written, inputs, renewed):
    text = f"def inputs(): return {inputs}\ndef fresh(items, k): return {renewed}\n"
    text += "def loop(items, k): return items.pop() + k\ndef other(k, items): return items.pop() + k\n"
    spec = written(f"{text}def last(*, k, items): return items.pop() + k\n")
    functions, inputs = made(spec)
    by_name = (spec.inputs / KEYWORDS).exists()
    for name in ("loop", "other", "last") if by_name else ("loop",):
        step = loaded(Start(spec=spec, implementation=name, layout={}), renews=True).prepare(inputs)
        assert [step(*functions.fresh(inputs)) for _ in range(2)] == [5, 5]


def test_one_dict_is_an_argument_and_no_names(written):
    spec = written("def inputs(): return ({'a': 1},)\ndef fresh(a): return dict(a)\ndef loop(a): return a.pop('a')\n")
    functions, inputs = made(spec)
    assert functions.fresh(inputs) == ({"a": 1},)


@pytest.mark.parametrize(("renewed", "told"), [("list(items)", "a list"), ("(1, 2, 3)", "a tuple of 3")])
def test_what_fresh_returns_and_does_not_fit_is_told_of_it(written, renewed, told):
    text = (
        f"def inputs(): return [1], 3\ndef fresh(items, k): return {renewed}\ndef loop(items, k): return items.pop()\n"
    )
    functions, inputs = made(written(text))
    expected = re.escape(f"its fresh() returned {told}, and the functions are called with (items, k): return a tuple")
    with pytest.raises(Unfit, match=expected):
        functions.fresh(inputs)
