"""Computations as people write them, of whatever goes in and comes out: right ones pass, wrong ones are told where."""

import sys
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from bench.problems.case import Case, Size
from bench.worker import task
from bench.worker.outcome import OF_ANOTHER_VERSION, Unfit
from bench.worker.protocol import CaseSpec, Start, TimeBurst, Verify, WriteInputs
from bench.worker.session import Session
from tests.verified import VerifiedBench, write_inputs

CASE = Case(
    problem="mine",
    implementation="base",
    size=Size(name="S", values={"n": 40}),
    dtype="float64",
    layout="C",
    threads=1,
    allocator="default",
    data="usual",
)


@pytest.fixture(autouse=True)
def _soon_warm(monkeypatch):
    monkeypatch.setattr(task, "WARMUP_NS", 1_000_000)


@pytest.fixture
def computation(tmp_path):
    """Return a function that makes a problem of texts, and its inputs; and that tells how it is checked."""
    before = set(sys.modules)

    def made(problem, outputs=(), inout=(), name="mine", case=CASE, **implementations):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "problem.py").write_text(f"import numpy as np\n{problem}\n")
        for one, text in implementations.items():
            (folder / f"{one}.py").write_text(f"import numpy as np\n{text}\n")
        spec = CaseSpec(
            case=case,
            folder=folder,
            importable=folder,
            inputs=tmp_path / f"inputs {name}",
            outputs=outputs,
            inout=inout,
        )
        reply = write_inputs(WriteInputs(spec=spec, seed=1, other_data="usual", baseline="base"))
        return spec, reply

    yield made
    for name in set(sys.modules) - before:
        if name.startswith("implbench_problem_mine"):
            del sys.modules[name]


def measured(spec, name):
    """Go all the way with one implementation; return what was found at its start and its end."""
    bench = VerifiedBench(Start(spec=spec, implementation=name, layout={}))
    started = bench.start()
    return started, bench.finish()


def of(body, names="*args"):
    """Return an implementation: a function of the inputs."""
    prepare = "def prepare(inputs):\n    args = inputs.values()\n    return lambda: f(*args)"
    return f"def f({names}):\n    return {body}\n\n\n{prepare}"


def inputs(text):
    return f"def inputs(size, dtype, data, seed):\n    n, r = size['n'], np.random.RandomState(seed)\n    return {text}"


X = inputs("{'x': r.rand(n, 3)}")

#: Kind -> inputs, the parameters, what the first returns, another right one, and wrong ones with what is told of them.
KINDS = {
    "a scalar": (
        X,
        "x",
        "float((x * x).sum())",
        "np.einsum('ij,ij->', x, x)",
        {"float((x[1:] ** 2).sum())": "result is "},
    ),
    "a whole number": (
        X,
        "x",
        "int((x > 0.5).sum())",
        "np.count_nonzero(x > 0.5)",
        {"1 + int((x > 0.5).sum())": "expected "},
    ),
    "indices": (
        inputs("{'x': r.permutation(n)}"),
        "x",
        "np.argsort(x)",
        "sorted(range(len(x)), key=x.__getitem__)",
        {"np.argsort(-x)": r"result\[0\] is \d+, expected \d+ \(\d+ of 40 differ\)", "np.argsort(x)[1:]": "has shape"},
    ),
    "counts in bins": (
        inputs("{'x': r.rand(n), 'bins': 7}"),
        "x, bins",
        "np.histogram(x, bins=bins, range=(0, 1))[0]",
        "np.bincount((x * bins).astype(int), minlength=bins).astype(float)",
        {"np.histogram(x, bins=bins + 1, range=(0, 1))[0]": r"has shape \(8,\), expected \(7,\)"},
    ),
    "as many as there are": (
        inputs("{'x': r.randint(0, 9, n)}"),
        "x",
        "np.unique(x, return_counts=True)",
        "(lambda found: (sorted(found), [found[one] for one in sorted(found)]))(__import__('collections').Counter(x))",
        {"(np.unique(x), np.unique(x))": r"result\[1\]\[0\] is 0, expected"},
    ),
    "a mask": (
        X,
        "x",
        "x > 0.5",
        "~(x <= 0.5)",
        {"x > 0.4": "is True, expected False", "(x > 0.5) * 1": "is int64, expected bool"},
    ),
    "complex numbers": (
        inputs("{'x': r.randn(n) + 1j * r.randn(n)}"),
        "x",
        "np.fft.fft(x)",
        "np.exp(-2j * np.pi * np.outer(np.arange(len(x)), np.arange(len(x))) / len(x)) @ x",
        {"np.fft.fft(x).real": "is float64, expected complex128", "np.fft.fft(x).conj()": r"result\["},
    ),
    "dates": (
        inputs("{'x': np.array(['2020-01-01', 'NaT'], 'M8[D]') + np.timedelta64(seed, 'D')}"),
        "x",
        "x + np.timedelta64(1, 'D')",
        "(x + np.timedelta64(24, 'h')).astype(x.dtype)",
        {"x + np.timedelta64(2, 'D')": r"result\[0\] is 2020"},
    ),
    "fields": (
        inputs("{'x': np.array([(seed, 0.5)] * 3, [('a', 'i4'), ('b', 'f8')])}"),
        "x",
        "x[::-1].copy()",
        "x.copy()",
        {"np.zeros(3, x.dtype)": r"result\['a'\]\[0\] is 0, expected 1"},
    ),
    "NaN and infinity": (
        inputs("{'x': np.where(r.rand(n, 3) < 0.3, np.nan, r.rand(n, 3))}"),
        "x",
        "np.append(x.sum(axis=1), np.inf)",
        "np.append(x[:, 0] + (x[:, 1] + x[:, 2]), np.inf)",
        {
            "np.append(np.nan_to_num(x).sum(axis=1), np.inf)": "expected nan",
            "np.full(41, np.nan)": r"result\[\d+\] is nan, expected [\d.]+ \(\d+ of 41 differ\)",
        },
    ),
    "text": (
        inputs("{'words': [str(one) for one in r.randint(0, 9, n)]}"),
        "words",
        "{word: words.count(word) for word in words}",
        "__import__('collections').Counter(words)",
        {"{word: 1 for word in words}": r"result\['\d'\] is 1", "{}": "has no '"},
    ),
    "a document": (
        inputs("{'text': __import__('json').dumps({'a': [seed, 2.5, None], 'b': {'c': 'é'}})}"),
        "text",
        "__import__('json').loads(text)",
        "eval(text.replace('null', 'None'))",
        {"{**__import__('json').loads(text), 'b': {'c': 'e'}}": r"result\['b'\]\['c'\] is 'e', expected 'é'"},
    ),
    "a list of rows": (
        X,
        "x",
        "[row / row.sum() for row in x]",
        "x / x.sum(axis=1, keepdims=True)",
        {"[row / row.sum() for row in x[1:]]": "has 39 items, expected 40"},
    ),
    "a frame": (
        inputs("{'x': __import__('pandas').DataFrame({'k': r.randint(0, 4, n), 'v': r.rand(n)})}"),
        "x",
        "x.groupby('k')['v'].sum()",
        "np.bincount(x['k'], weights=x['v'])",
        {"x.groupby('k')['v'].sum() * 1.001": "result", "{'v': x.groupby('k')['v'].sum()}": "is a dict"},
    ),
    "a sparse matrix": (
        inputs("{'a': __import__('scipy.sparse').sparse.random(n, n, 0.2, format='csr', rng=r), 'v': r.rand(n)}"),
        "a, v",
        "a @ v",
        "a.toarray() @ v",
        {"a.T @ v": "result"},
    ),
    "sparse in and out": (
        inputs("{'a': __import__('scipy.sparse').sparse.random(n, n, 0.2, format='csr', rng=r)}"),
        "a",
        "a @ a",
        "(a.toarray() @ a.toarray())",
        {"a": "result"},
    ),
    "several things": (
        X,
        "x",
        "(x.mean(), {'rows': x.sum(axis=1), 'n': len(x)}, 'done')",
        "[float(np.mean(x)), {'n': 40, 'rows': x @ np.ones(3)}, 'done']",
        {"(x.mean(), {'rows': x.sum(axis=1), 'n': 41}, 'done')": r"result\[1\]\['n'\] is 41, expected 40"},
    ),
    "nothing": (X, "x", "None", "None", {"0": "is the number 0, expected None"}),
    "an empty array": (
        inputs("{'x': np.zeros((0, 3)), 'k': seed}"),
        "x, k",
        "x.sum(axis=1)",
        "x[:, 0].copy()",
        {"x": "has shape"},
    ),
    "a generator": (
        X,
        "x",
        "(row.sum() for row in x)",
        "x.sum(axis=1)",
        {"(row.sum() for row in x[:-1])": "has 39 items, expected 40"},
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_computation_is_checked_without_a_word_on_tolerance(computation, kind):
    given, names, base, other, wrong = KINDS[kind]
    if "scipy" in given:
        pytest.importorskip("scipy")
    faults = {f"wrong{place}": of(body, names) for place, body in enumerate(wrong)}
    spec, _ = computation(given, base=of(base, names), other=of(other, names), **faults)
    for name in ("base", "other"):
        _, finished = measured(spec, name)
        assert all(one.error_over_tolerance <= 1 for one in finished.verification)
    for name, told in zip(faults, wrong.values(), strict=True):
        with pytest.raises(Unfit, match=told) as caught:
            measured(spec, name)
        assert caught.value.outcome == "wrong"
        assert len(caught.value.reason) <= 300


def test_which_kind_of_check_it_is_depends_on_what_the_problem_gives(computation):
    single = X.replace("r.rand(n, 3)", "r.rand(n, 3).astype(np.float32)")
    reference = "\ndef reference(inputs):\n    return inputs['x'].astype(np.{}).sum(axis=1)"
    tolerance = "\ndef tolerance(inputs, u):\n    return 1e-9"
    for number, (problem, body, kind, dtype) in enumerate(
        [
            (X, "x.sum(axis=1)", "against a measured tolerance", "longdouble"),
            (single, "x.sum(axis=1)", "against a measured tolerance", "longdouble"),
            (X, "x.astype(np.float64).sum(axis=1)", "agree with each other only", "float64"),
            (X, "len(x)", "equal", ""),
            (X + reference.format("longdouble"), "x.sum(axis=1)", "against a measured tolerance", "longdouble"),
            (X + reference.format("float64"), "x.sum(axis=1)", "against a measured tolerance", "float64"),
            (X + reference.format("float64") + tolerance, "x.sum(axis=1)", "against an analysed tolerance", "float64"),
            (X + "\ndef accept(inputs, output): ...", "x.sum()", "accepted by the problem's own test", ""),
            (X + "\ndef same(a, b):\n    return True", "x.sum()", "the same by the problem's own comparison", ""),
        ]
    ):
        spec, reply = computation(problem, base=of(body, "x"), name=f"mine{number}")
        assert (reply.check.kind, reply.check.dtype) == (kind, dtype)
        assert reply.work == {}
        measured(spec, "base")


def test_what_is_random_by_itself_is_not_held_against_its_own_chance(computation):
    with pytest.raises(Unfit, match="called twice with the same inputs it gives two results; seed what is random"):
        computation(X, base=of("np.random.rand() + x.sum()", "x"))


def test_results_that_another_process_does_not_give_are_told_so_of_the_baseline(computation):
    counted = "\nfrom itertools import count\nnumbers = count()\n"
    spec, _ = computation(X, base=counted + of("[next(numbers), 'a']", "x"), other=of("[7, 'b']", "x"))
    with pytest.raises(Unfit, match=r"^the baseline itself gives another result in another process: seed .*; result"):
        measured(spec, "base")
    with pytest.raises(Unfit, match=r"^result"):
        measured(spec, "other")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("", f"{OF_ANOTHER_VERSION}result"),
        ("\ndef same(right, output):\n    return right == output\n", f"{OF_ANOTHER_VERSION}not accepted"),
        ("\ndef reference(inputs):\n    return inputs['x'].sum()\n", "result"),
        ("\ndef accept(inputs, output):\n    return output == inputs['x'].sum()\n", "not accepted"),
    ],
)
def test_another_version_is_not_the_baseline_itself_and_wrong_only_by_what_the_problem_says(computation, more, told):
    spec, _ = computation(f"{X}{more}", base=of("x.sum()", "x"), then=of("x.sum() + 1", "x"))
    bench = VerifiedBench(Start(spec=spec, implementation="then", layout={}), other_version=True)
    with pytest.raises(Unfit, match=f"^{told}"):
        bench.start()


def test_a_reference_may_compute_in_place(computation):
    reference = "\ndef reference(inputs):\n    return np.cumsum(inputs['x'], out=inputs['x'])\n"
    text = inputs("{'x': r.rand(n)}") + reference
    spec, _ = computation(text, base=of("np.cumsum(x)", "x"), wrong=of("np.cumsum(x) * (1 + 1e-9)", "x"))
    measured(spec, "base")
    with pytest.raises(Unfit, match="times the tolerance"):
        measured(spec, "wrong")


QUEUE = inputs("{'queue': list(r.rand(n))}") + "\ndef fresh(inputs):\n    return list(inputs['queue'])"
EMPTYING = """
def prepare(inputs):
    def step(queue):
        total = 0.0
        while queue:
            total += queue.pop()
        return total
    return step
"""


def test_each_call_is_given_afresh_what_it_uses_up(computation):
    adding = "def prepare(inputs):\n    return lambda queue: sum(queue)"
    dropping = "def prepare(inputs):\n    return lambda queue: sum(queue[1:])"
    spec, _ = computation(QUEUE, base=EMPTYING, other=adding, wrong=dropping)
    for name in ("base", "other"):
        measured(spec, name)
    bench = VerifiedBench(Start(spec=spec, implementation="base", layout={}))
    bench.start()
    bench.burst(TimeBurst(pass_index=0, position=0, number=4, samples=2))
    bench.finish()
    assert bench.count().counts.python_calls
    with pytest.raises(Unfit, match="times the tolerance"):
        measured(spec, "wrong")


def test_what_is_used_up_without_a_word_is_told_with_the_remedy(computation):
    spec, _ = computation(
        inputs("{'words': [str(one) for one in r.randint(0, 9, n)]}"),
        base=of("sorted(words)", "words"),
        other=of("(words.sort(), words)[1]", "words"),
    )
    with pytest.raises(Unfit, match=r"changed its input words \(words\[0\]\); .* say so by a function fresh\(inputs\)"):
        measured(spec, "other")


def test_an_attribute_that_came_to_be_there_is_told_by_its_name(computation):
    mesh = "import functools\nclass Mesh:\n    x = 3\n    y = functools.cached_property(lambda self: self.x)\n"
    mesh += "    def __init__(self):\n        self.z = 1\n"
    spec, _ = computation(mesh + inputs("{'mesh': Mesh()}"), base=of("mesh.x", "mesh"), other=of("mesh.y", "mesh"))
    with pytest.raises(Unfit, match=r"changed its input mesh: mesh\.y was not there before; .* inputs\(\) compute it"):
        measured(spec, "other")


def test_arrays_that_are_overwritten_are_the_results_of_who_returns_nothing(computation):
    spec, _ = computation(
        X,
        inout=("x",),
        base=of("x.sort(axis=0)", "x"),
        other=of("(x.sort(axis=0, kind='stable'), x)[1]", "x"),
        wrong=of("x.sort(axis=1)", "x"),
        elsewhere=of("np.sort(x, axis=0)", "x"),
    )
    for name in ("base", "other"):
        _, finished = measured(spec, name)
        assert [one.output for one in finished.verification] == ["x"]
    for name, told in (("wrong", r"x\[\d+, \d\] is"), ("elsewhere", "x is not among what it gave: result")):
        with pytest.raises(Unfit, match=told):
            measured(spec, name)


def test_a_buffer_that_is_handed_in_is_the_result(computation):
    spec, _ = computation(
        X.replace("}", ", 'out': np.zeros((n, 3))}"),
        inout=("out",),
        base=of("np.sqrt(x, out=out)", "x, out"),
        other=of("np.copyto(out, x**0.5)", "x, out"),
        wrong=of("np.sqrt(x[:-1], out=out[:-1])", "x, out"),
    )
    for name in ("base", "other"):
        measured(spec, name)
    with pytest.raises(Unfit, match="out is not among what it gave: result"):
        measured(spec, "wrong")


def test_whole_numbers_may_be_held_against_floats_where_outputs_are_named(computation):
    problem = (
        inputs("{'x': r.rand(n)}") + "\ndef reference(inputs):\n    return {'counts': np.histogram(inputs['x'])[0]}"
    )
    spec, reply = computation(
        problem,
        outputs=("counts",),
        base=of("np.histogram(x)[0].astype(x.dtype)", "x"),
        wrong=of("np.histogram(x)[0] + 0j", "x"),
    )
    assert reply.check.kind == "equal"
    measured(spec, "base")
    with pytest.raises(Unfit, match="counts is complex128, expected integers"):
        measured(spec, "wrong")


@pytest.mark.parametrize("reference", ["{}", "None"])
def test_a_reference_of_no_outputs_is_that_nothing_is_returned(computation, reference):
    nothing = (
        f"\ndef reference(inputs):\n    return {reference}\ndef tolerance(inputs, unit_roundoff):\n    return {{}}\n"
    )
    spec, reply = computation(
        inputs("{'x': r.rand(n)}") + nothing, base=of("None", "x"), other=of("print()", "x"), wrong=of("{}", "x")
    )
    assert reply.check.kind == "not checked, nothing is returned"
    assert reply.doubt is None
    measured(spec, "other")
    with pytest.raises(Unfit, match="result is a dict, expected None"):
        measured(spec, "wrong")


def test_an_empty_dict_is_right_where_the_baseline_returns_one(computation):
    empty = "\ndef reference(inputs):\n    return {}\n"
    spec, reply = computation(inputs("{'x': r.rand(n)}") + empty, base=of("{}", "x"), wrong=of("None", "x"))
    assert reply.check.kind == "equal"
    measured(spec, "base")
    with pytest.raises(Unfit, match="result is None, expected a dict"):
        measured(spec, "wrong")


EIGEN = (
    inputs("{'a': (lambda a: a + a.T)(r.randn(5, 5))}")
    + """
def accept(inputs, output):
    w, v = output
    off = np.abs(inputs['a'] @ v - v * w).max()
    return None if off < 1e-10 else 'no eigenvectors'
"""
)


@pytest.mark.parametrize(
    ("figure", "told"),
    [
        ("'good'", "the problem's quality(): TypeError: it returned a str, expected a number"),
        ("1j", "it returned a complex, expected a number"),
        ("np.nan", "it returned nan, expected a finite number"),
        ("np.inf", "it returned inf, expected a finite number"),
        ("output[7]", "the problem's quality(): IndexError"),
    ],
)
def test_a_figure_of_quality_is_a_number_or_the_problem_is_at_fault(computation, figure, told):
    text = inputs("{'a': r.rand(5)}") + f"\ndef quality(inputs, output):\n    return {figure}\n"
    spec, _ = computation(text, base=of("a * 2", "a"))
    with pytest.raises(Unfit) as caught:
        measured(spec, "base")
    assert told in caught.value.reason
    assert caught.value.outcome == "failed"


@pytest.mark.parametrize(
    ("body", "test", "told"),
    [
        ("np.sort(x)", "bool((np.diff(output) >= 0).all())", "zeros would be right for its accept()"),
        ("sorted(x.tolist())", "all(a <= b for a, b in zip(output, output[1:]))", "zeros would be right"),
        ("[f'{one:.3f}' for one in x]", "all(one[0] == '1' for one in output)", "an empty result would be right"),
        ("np.sort(x)", "bool((np.sort(inputs['x']) == output).all())", None),
        ("float(np.argmax(x))", "inputs['x'][int(output)] == inputs['x'].max()", None),
        ("np.zeros(3)", "bool((output == 0).all())", "an empty result would be right"),
    ],
)
def test_a_test_of_ones_own_that_takes_a_result_of_nothing_is_told(computation, body, test, told):
    text = inputs("{'x': r.rand(n) + 1}") + f"\ndef accept(inputs, output):\n    return {test}\n"
    spec, _ = computation(text, base=of(body, "x"))
    bench = VerifiedBench(Start(spec=spec, implementation="base", layout={}))
    bench.start()
    assert (bench.doubt or "").startswith(told or "")
    assert bool(bench.doubt) == bool(told)


def test_a_test_of_ones_own_is_given_the_result_as_it_was_returned(computation):
    spec, _ = computation(
        EIGEN,
        base=of("np.linalg.eigh(a)", "a"),
        other=of("(lambda w, v: (w, -v))(*np.linalg.eigh(a))", "a"),
        wrong=of("(lambda w, v: (w, v[::-1]))(*np.linalg.eigh(a))", "a"),
        broken=of("3", "a"),
    )
    for name in ("base", "other"):
        assert measured(spec, name)[0].accepted
    with pytest.raises(Unfit, match=r"not accepted by the problem's accept\(\): no eigenvectors"):
        measured(spec, "wrong")
    with pytest.raises(Unfit, match=r"accept\(\): TypeError: cannot unpack .* \(problem.py, line \d+\)"):
        measured(spec, "broken")


@pytest.mark.parametrize("test", ["accept(inputs, output)", "same(right, output)"])
@pytest.mark.parametrize("bad", ["NaN", "infinity"])
def test_no_test_of_ones_own_takes_nan_or_infinity_where_the_baseline_has_none(computation, test, bad):
    """A test that compares, as `if error > limit: return ...`, lets them pass."""
    value = {"NaN": "np.nan", "infinity": "np.inf"}[bad]
    text = inputs("{'x': r.rand(n)}") + f"\ndef {test}: return None\n"
    spec, _ = computation(text, base=of("[x * 2]", "x"), other=of(f"[np.where(x < 0.5, {value}, x)]", "x"))
    measured(spec, "base")
    with pytest.raises(Unfit, match=rf"result\[0\] has {bad}, where the baseline's result has none") as caught:
        measured(spec, "other")
    assert caught.value.outcome == "wrong"
    text = text.replace("r.rand(n)", "r.rand(n) - 0.5")
    base, other = of(f"np.where(x > 0, x, {value})", "x"), of(f"np.where(x > 0.2, {value}, x)", "x")
    spec, _ = computation(text, name="mine_too", base=base, other=other)
    measured(spec, "other")
    few, none = of(f"np.where(x > -0.3, x, {value})", "x"), of(f"x + {value}", "x")
    spec, _ = computation(text, name="mine_of_few", base=few, none=none)
    with pytest.raises(Unfit, match=rf"100 % of its numbers are {bad}"):
        measured(spec, "none")


def test_nor_does_it_take_what_is_no_time(computation):
    text = inputs("{'x': np.cumsum(r.randint(1, 9, n)).astype('timedelta64[us]')}")
    spec, _ = computation(
        text + "\ndef accept(inputs, output): return None\n",
        base=of("x - x[0]", "x"),
        wrong=of("np.full(len(x), np.timedelta64('NaT', 'us'))", "x"),
    )
    measured(spec, "base")
    with pytest.raises(Unfit, match="result has NaT, where the baseline's result has none"):
        measured(spec, "wrong")


@pytest.mark.parametrize("result", ["(x.mean(), x.sum())", "[x.sum(), 1.5, 2]", "[(x.sum(), x.mean())] * 3"])
def test_numbers_of_single_precision_in_a_list_are_held_against_that(computation, result):
    given = inputs("{'x': r.rand(n, n).astype(np.float32)}")
    wrong = result.replace("x.sum()", "np.float32(x.sum() * 1.0001)")
    spec, _ = computation(given, base=of(result, "x"), same=of(result, "x"), wrong=of(wrong, "x"))
    measured(spec, "same")
    with pytest.raises(Unfit, match="times the tolerance"):
        measured(spec, "wrong")


@pytest.mark.parametrize(
    ("given", "dtype"),
    [
        ("{'x': r.rand(n), 'k': r.randint(0, 9, n)}", "float64"),
        ("{'x': np.ma.masked_less(r.rand(n).astype('f4'), 0.5)}", "float32"),
        ("{'x': r.randint(0, 9, n)}", "int64"),
        ("{'x': r.rand(n), 'y': r.rand(n).astype('f4')}", ""),
        ("{'x': r.rand(n).tolist()}", None),
    ],
)
def test_the_dtype_of_the_inputs_is_told(computation, given, dtype):
    _, reply = computation(inputs(given), base=of("len(x)", "x, *more"))
    assert reply.dtype == dtype


def test_baseline_and_implementations_are_called_with_the_strides_that_inputs_gives(computation):
    given = inputs("{'x': r.rand(n, 3).T, 'y': r.rand(2 * n)[::2], 'z': r.rand(n)}")
    strides = of("[one.strides for one in (x, y, z)]", "x, y, z")
    spec, _ = computation(given, base=strides, other=of("[(8, 24), (16,), (8,)]", "x, y, z"), same=strides)
    measured(spec, "other")
    measured(spec, "same")


def test_a_comparison_of_ones_own_is_given_what_is_right_and_the_result(computation):
    same = "\ndef same(right, output):\n    return None if sorted(right) == sorted(output) else 'other words'"
    words = inputs("{'words': [str(one) for one in r.randint(0, 9, n)]}")
    spec, _ = computation(
        words + same, base=of("set(words)", "words"), other=of("list(set(words))", "words"), wrong=of("['x']", "words")
    )
    measured(spec, "other")
    with pytest.raises(Unfit, match=r"not accepted by the problem's same\(\): other words"):
        measured(spec, "wrong")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{'x': [__import__('random').random() for _ in range(n)]}", "gave another x in another process"),
        ("{'x': [__import__('time').time_ns()]}", "let it depend on the seed alone"),
    ],
)
def test_inputs_that_differ_each_time_are_told_by_name(computation, text, told):
    with pytest.raises(Unfit, match=told):
        computation(inputs(text), base=of("len(x)", "x"))


def test_inputs_that_another_process_makes_otherwise_are_told_by_name(computation, monkeypatch):
    spec, _ = computation(inputs("{'x': [str(__import__('os').environ.get('ORDER'))]}"), base=of("len(x)", "x"))
    monkeypatch.setenv("ORDER", "another")
    with pytest.raises(Unfit, match="gave another x in another process") as caught:
        measured(spec, "base")
    assert caught.value.outcome == "failed"


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ("nested(300)", r"t\[1\]\[1\].* is nested more than 200 deep; return it flatter"),
        ("holding()", r"t\[1\] holds itself"),
    ],
)
def test_an_input_that_is_nested_too_deep_or_holds_itself_is_told_by_name(computation, made, told):
    text = inputs(f"{{'t': {made}}}") + "\ndef nested(depth):\n    return (1, nested(depth - 1)) if depth else None\n"
    text += "def holding():\n    found = ['a']\n    found.append(found)\n    return found\n"
    with pytest.raises(Unfit, match=f"^its input {told}$") as caught:
        computation(text, base=of("t[0]", "t"))
    assert caught.value.outcome == "failed"


def test_what_stands_in_for_a_reference_and_fails_is_told_as_such(computation):
    with pytest.raises(
        Unfit, match=r"^its baseline, which stands in for a reference: ZeroDivisionError.*base.py, line"
    ):
        computation(X, base=of("1 / 0", "x"))


def test_a_result_that_changes_from_call_to_call_is_told_so(computation):
    changing = "calls = []\ndef prepare(inputs):\n    x = inputs['x']\n"
    changing += "    return lambda: (calls.append(1), x.sum() + (len(calls) > 3))[1]"
    spec, _ = computation(X, base=of("x.sum()", "x"), other=changing)
    with pytest.raises(Unfit, match=r"^a later call gave another result than the first: result is off by"):
        measured(spec, "other")


def test_what_is_yielded_is_gone_through_inside_the_clock(computation):
    spec, _ = computation(X, base=of("(row.sum() for row in x)", "x"))
    started, _ = measured(spec, "base")
    assert started.consumed == "its generator is gone through inside the clock"


def test_an_error_of_the_harness_is_no_implementations_outcome(computation, monkeypatch):
    computation(X, base=of("x.sum()", "x"))
    session = Session()
    session._answers = SimpleNamespace(verify=lambda order: 1 / 0)
    monkeypatch.setattr("bench.worker.session.Answers", SimpleNamespace)
    reply = session.answer(Verify(returned=()))
    assert reply.outcome == "not measured"
    assert reply.reason.startswith("an error of implbench itself: ZeroDivisionError")


def test_a_list_of_rows_may_be_an_array_and_a_large_message_is_cut(computation):
    spec, _ = computation(
        inputs("{'x': [str(one) * 500 for one in r.rand(n)]}"),
        base=of("x", "x"),
        wrong=of("[one[1:] for one in x]", "x"),
    )
    with pytest.raises(Unfit, match="differs") as caught:
        measured(spec, "wrong")
    assert len(caught.value.reason) <= 300


def test_in_single_precision_whoever_computes_in_double_is_no_measure_of_digits(computation):
    spec, _ = computation(
        inputs("{'x': r.rand(n, 9).astype(dtype)}"),
        case=replace(CASE, dtype="float32"),
        base=of("[sum(row) for row in x.tolist()]", "x"),
        other=of("x.sum(axis=1)", "x"),
        wrong=of("x[:, 1:].sum(axis=1)", "x"),
    )
    measured(spec, "other")
    with pytest.raises(Unfit, match="times the tolerance"):
        measured(spec, "wrong")


FRAME = "{'df': __import__('pandas').DataFrame({'k': r.randint(0, 3, 40), 'v': r.rand(40)})}"
FRAMES = {
    "a column beside one passed on": "df[['k']].assign(v=df['v'] * 2)",
    "a copy": "df.assign(v=df['v'] * 2).copy()",
    "one made of columns": "__import__('pandas').DataFrame({'k': df['k'], 'v': df['v'] + df['v']})",
}


def test_frames_may_have_memory_in_common_with_others_as_pandas_sees_to_it_that_none_is_changed(computation):
    names = [f"frame{place}" for place in range(len(FRAMES))]
    bodies = {name: of(body, "df") for name, body in zip(names, FRAMES.values(), strict=True)}
    spec, _ = computation(inputs(FRAME), base=bodies[names[0]], **bodies)
    for name in names:
        measured(spec, name)


def test_series_may_share_their_index(computation):
    series = of("(df['v'] * 2).groupby(df['k']).sum()", "df")
    spec, _ = computation(inputs(FRAME), base=series, other=series)
    measured(spec, "other")


@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
@pytest.mark.parametrize(
    ("made", "one", "other", "wrong"),
    [
        ("np.matrix(r.rand(n, n))", "np.asarray(x * x)", "np.asarray(np.dot(x, x))", "np.multiply(x, x)"),
        ("np.ma.masked_less(r.rand(n), 0.2)", "x.mean()", "x.compressed().mean()", "np.mean(np.asarray(x))"),
        ("np.ma.masked_less(r.rand(n), 0.2)", "2 * x", "np.ma.array(x.data * 2, mask=x.mask)", "2 * np.asarray(x)"),
        ("np.rec.fromarrays([r.rand(n)], names='q')", "x.q * 2", "x['q'] * 2", "x['q'] * 3"),
        ("[r.rand(n), r.rand(n)]", "max(x, key=np.sum)", "sorted(x, key=np.sum)[1]", "min(x, key=np.sum)"),
    ],
)
def test_an_array_of_a_subclass_stays_one_and_what_lies_in_an_input_may_be_a_result(
    computation, made, one, other, wrong
):
    spec, _ = computation(inputs(f"{{'x': {made}}}"), base=of(one, "x"), other=of(other, "x"), wrong=of(wrong, "x"))
    for name in ("base", "other"):
        assert all(error.error_over_tolerance <= 1 for error in measured(spec, name)[1].verification)
    with pytest.raises(Unfit) as caught:
        measured(spec, "wrong")
    assert caught.value.outcome == "wrong"


@pytest.mark.parametrize(
    ("made", "order"),
    [
        ("r.rand(n)", None),
        ("r.rand(n, 3)", None),
        ("r.rand(1, n).T", None),
        ("r.rand(2 * n)[::2]", "strided"),
        ("r.rand(n)[::-1]", "strided"),
        ("np.broadcast_to(r.rand(n), (3, n))", "strided"),
        ("r.rand(n, 2, 3).T", "strided"),
        ("r.rand(n, 3).T", "F"),
    ],
)
def test_the_strides_that_an_input_had_are_told(computation, made, order):
    _, reply = computation(inputs(f"{{'x': {made}}}"), base=of("x.sum()", "x"))
    assert reply.given == ({"x": order} if order else {})
