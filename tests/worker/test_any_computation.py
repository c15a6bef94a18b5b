"""Computations as people write them, of whatever goes in and comes out: right ones pass, wrong ones are told where."""

import sys

import pytest

from bench.problems.case import Case, Size
from bench.worker import task
from bench.worker.input_files import write_inputs
from bench.worker.outcome import Unfit
from bench.worker.protocol import CaseSpec, Start, WriteInputs
from bench.worker.task import Bench

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

    def made(problem, outputs=(), inout=(), **implementations):
        folder = tmp_path / "mine"
        folder.mkdir()
        (folder / "problem.py").write_text(f"import numpy as np\n{problem}\n")
        for name, text in implementations.items():
            (folder / f"{name}.py").write_text(f"import numpy as np\n{text}\n")
        spec = CaseSpec(
            case=CASE, folder=folder, importable=folder, inputs=tmp_path / "inputs", outputs=outputs, inout=inout
        )
        reply = write_inputs(WriteInputs(spec=spec, seed=1, other_data="usual", baseline="base"))
        return spec, reply

    yield made
    for name in set(sys.modules) - before:
        if name.startswith("implbench_problem_mine"):
            del sys.modules[name]


def measured(spec, name):
    """Go all the way with one implementation; return what was found at its start and its end."""
    bench = Bench(Start(spec=spec, implementation=name, layout={}))
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
        inputs("{'x': np.array(['2020-01-01', 'NaT'], 'M8[D]') + seed}"),
        "x",
        "x + np.timedelta64(1, 'D')",
        "x + 1",
        {"x + 2": r"result\[0\] is 2020"},
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
            "np.full(41, np.nan)": "values that are not finite",
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
        {"x.groupby('k')['v'].sum() * 1.001": "result", "x.groupby('k')['v'].sum().reset_index()": "is a DataFrame"},
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
        {"(row.sum() for row in x[:-1])": "has shape"},
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
