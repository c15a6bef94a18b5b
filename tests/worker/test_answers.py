"""Who knows what is right: what is told of a wrong result, and what a worker finds in the files of the run."""

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from bench.problems.case import Case, Size
from bench.worker.answers import Answers
from bench.worker.keeping import keep, look
from bench.worker.originals import Originals
from bench.worker.outcome import Unfit
from bench.worker.protocol import FIRST, LAST, TIMED, CaseSpec, HandOut, Kept, Returned, Verify, WriteInputs
from bench.worker.steps import Calling
from bench.worker.values.reading import taken_apart

FAKES = Path(__file__).parent.parent / "fakes" / "product"

CASE = Case(
    problem="product", implementation="honest", size=Size(name="S", values={"m": 50}), dtype="float64", layout="C",
    threads=1, allocator="default", data="uniform",
)  # fmt: skip


@pytest.fixture
def spec(tmp_path):
    return CaseSpec(case=CASE, folder=FAKES, importable=FAKES, inputs=tmp_path / "inputs", outputs=("product",))


@pytest.fixture
def answers(spec):
    return Answers(WriteInputs(spec=spec, seed=1, other_data="uniform", baseline="honest", drawn=5))


def contents(answers, spec, name, tmp_path):
    """Return what a worker is given of contents."""
    originals = Originals(spec)
    if name == FIRST:
        return originals(originals.first)
    return originals(answers.hand_out(HandOut(name=name, folder=tmp_path / f"handed out {name}")).content)


def returned(place, product, content, *, first=True):
    """Return what a call has returned, as a worker keeps it."""
    given = {"product": product}
    digest = keep(place, look(given, taken_apart(product, "product"), tested=False))
    return Returned(kept=Kept(folder=place, digest=digest), content=content, first=first)


def right(inputs):
    return inputs["x"].T @ inputs["y"]


def test_all_contents_differ_and_are_verified_each_by_its_own(answers, spec, tmp_path):
    given = {name: contents(answers, spec, name, tmp_path) for name in (FIRST, TIMED, LAST)}
    assert len({one["x"].tobytes() for one in given.values()}) == 3
    order = Verify(
        returned=tuple(returned(tmp_path / f"returned {name}", right(one), name) for name, one in given.items())
    )
    (found,) = answers.verify(order).verification
    assert 0 < found.error_over_tolerance < 1


def test_no_file_of_the_run_has_what_is_right_nor_contents_that_nobody_is_to_know(answers, spec, tmp_path):
    expected = [one.right.expected.leaves["product"].array.tobytes() for one in answers._made.values()]
    hidden = [answers._made[name].inputs["x"].tobytes() for name in (TIMED, LAST)]
    files = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    assert files
    assert not any(secret[:64] in file for file in files for secret in (*expected, *hidden))


def test_it_is_told_which_call_was_wrong(answers, spec, tmp_path):
    first, timed = (contents(answers, spec, name, tmp_path) for name in (FIRST, TIMED))
    for place, (product, content, is_first, told) in enumerate(
        [
            (right(first) + 1, FIRST, True, "^product"),
            (right(first) + 1, FIRST, False, "^a later call gave another result than the first: product"),
            (right(first), TIMED, True, "^gave the answer for the earlier contents of its inputs"),
            (right(timed) + 1, TIMED, True, r"^on other contents \(seed 8\): product"),
        ]
    ):
        one = returned(tmp_path / f"wrong {place}", product, content, first=is_first)
        with pytest.raises(Unfit, match=told) as caught:
            answers.verify(Verify(returned=(one,)))
        assert caught.value.outcome == "wrong"


def test_what_was_written_into_its_files_later_is_not_what_the_call_returned(answers, spec, tmp_path):
    product = right(contents(answers, spec, FIRST, tmp_path))
    one = returned(tmp_path / "returned", np.zeros_like(product), FIRST)
    product.tofile(tmp_path / "returned" / "numbers")
    with pytest.raises(Unfit, match="changed after the call"):
        answers.verify(Verify(returned=(one,)))
    with pytest.raises(Unfit, match="No such file"):
        answers.verify(Verify(returned=(replace_folder(one, tmp_path / "nowhere"),)))


def replace_folder(one, folder):
    return Returned(kept=Kept(folder=folder, digest=one.kept.digest), content=one.content)


def test_a_tolerance_that_takes_zeros_is_a_doubt(tmp_path):
    folder = tmp_path / "lenient"
    folder.mkdir()
    text = (FAKES / "problem.py").read_text().replace("unit_roundoff *", "1e9 *")
    (folder / "problem.py").write_text(text)
    case = replace(CASE, problem="lenient")
    spec = CaseSpec(case=case, folder=folder, importable=folder, inputs=tmp_path / "inputs", outputs=("product",))
    doubt = Answers(WriteInputs(spec=spec, seed=1, other_data="uniform")).written.doubt
    assert doubt.startswith("zeros are right within its tolerance()")


def test_each_call_of_the_baseline_is_told_while_it_lasts(tmp_path):
    file = tmp_path / "rows.py"
    file.write_text("def inputs(n=3, *, seed):\n    return n + seed\ndef f(x):\n    return [x]\n")
    spec = CaseSpec(
        case=replace(CASE, problem="rows", implementation="f", size=Size(name="S", values={"n": 3})),
        folder=tmp_path, module="rows", arguments=("x",), importable=tmp_path, inputs=tmp_path / "inputs", outputs=(),
    )  # fmt: skip
    told = []
    Answers(WriteInputs(spec=spec, seed=1, other_data="", baseline="f"), told.append)
    assert told
    assert told == [Calling(begins=True), Calling(begins=False)] * (len(told) // 2)
