"""What a class gives its objects, where others have it as attributes of their own."""

import numpy as np
import pytest
from numpy.polynomial import Polynomial

from bench.worker.given_tolerance import given_tolerance
from bench.worker.outputs import arrays_in
from bench.worker.values.digest import digest
from bench.worker.values.leaves import Holder
from bench.worker.values.reading import taken_apart
from bench.worker.values.stored import load_leaves, save_leaves
from bench.worker.values.structure import built, written
from bench.worker.values.usual import settled
from tests.worker.values.test_comparison import said

DOMAIN = np.array([-1.0, 1.0])


class Curve:
    domain = DOMAIN
    name = "curve"
    count = 0
    _hidden = 3
    kinds = ()

    def __init__(self, value, **more):
        self.value = value
        vars(self).update(more)

    @property
    def twice(self):
        raise AssertionError("asked")

    def area(self): ...


class Other:
    def __init__(self, value, **more):
        self.value = value
        vars(self).update(more)


@pytest.mark.parametrize(
    ("found", "right"),
    [
        (Curve(1), Curve(1, domain=DOMAIN)),
        (Curve(1, domain=DOMAIN), Curve(1)),
        (Curve(1), Other(1)),
        (Other(1), Curve(1)),
        ([Curve(1, name="curve")], [Curve(1)]),
        (Polynomial([1.0, 2.0, 3.0]).deriv(), Polynomial([2.0, 6.0])),
    ],
)
def test_what_the_class_gives_is_an_attribute_where_the_other_side_has_one(found, right):
    assert said(found, right) == []


@pytest.mark.parametrize(
    ("found", "right", "told"),
    [
        (Curve(1), Curve(1, domain=DOMAIN * 2), "result.domain[0] is -1, expected -2"),
        (Curve(1, name="line"), Curve(1), "result.name is 'line', expected 'curve'"),
        (Curve(1), Other(1, colour="red"), "result has no colour"),
        (Curve(1), Curve(1, _hidden=3), "result has no _hidden"),
        (Curve(1), Other(1, twice=2), "result has no twice"),
    ],
)
def test_it_must_be_the_same_then(found, right, told):
    assert said(found, right)[0].startswith(told)


def test_what_the_class_gives_is_kept_with_an_object_in_memory_of_its_own(tmp_path):
    leaves = taken_apart(Curve(1))
    assert leaves["result"].usual == (".domain", ".name", ".count")
    assert not any(np.shares_memory(array, DOMAIN) for array in arrays_in(leaves).values())
    digest_of = save_leaves(tmp_path / "kept", leaves)
    assert load_leaves(tmp_path / "kept", digest_of)["result"] == leaves["result"]
    assert settled(leaves, taken_apart(Curve(1)))[0].keys() == {"result", "result.value"}
    assert settled({"result": Holder(kind="object", name="Curve", paths=(), usual=(".gone",))}, leaves)


def test_who_counts_in_its_class_has_changed_no_object():
    before = digest(Curve(1))
    Curve.count += 1
    assert digest(Curve(1)) == before


def test_no_tolerance_is_needed_for_it():
    assert given_tolerance(taken_apart(Other(1e-9)), taken_apart(Curve(1.0))).keys() == {"result.value"}


def test_it_comes_with_an_object_whose_class_is_not_known():
    assert built(written(Curve(1)), {}).name == "curve"
    assert built(written(Curve(1)), {"Curve": Curve}).name == "curve"
