"""What workers run in."""

import os

import pytest
from msgspec.structs import replace

from bench.measure.environments import HERE, LEVEL, Environment, levelled
from bench.store.records import EnvironmentRecord

RECORD = EnvironmentRecord(
    label="numpy 2.3.5",
    asked=("numpy==2.3.5",),
    python="CPython 3.12.1",
    packages={"numpy": "2.3.5", "scikit-image": "0.25"},
    variables={},
    numeric_stack={},
)


def room(one, variables):
    """Return the bytes on the stack of a process: texts, pointers to them, twice the interpreter."""
    values = one.over(variables)
    return sum(len(os.fsencode(f"{name}={value}")) + 9 for name, value in values.items()) + 2 * len(one.python)


def test_variables_are_put_over_those_of_the_process_and_taken_out_of_them():
    one = Environment(label="one", variables={"A": "1", "B": None})
    assert one.over({"A": "0", "B": "0", "C": "0"}) == {"A": "1", "C": "0"}
    assert HERE.over({"A": "0"}) == {"A": "0"}


@pytest.mark.parametrize("known", [{}, {"OPENBLAS_CORETYPE": "Haswell", "HOME": "/home/somebody"}])
def test_all_environments_of_a_run_take_the_same_room_on_the_stack(known):
    asked = [
        Environment(label="haswell", variables={"OPENBLAS_CORETYPE": "Haswell"}),
        Environment(label="none", variables={"OPENBLAS_CORETYPE": None}),
        Environment(label="several", variables={"A": "1", "NAME": "a longer value"}, python="/some/where/else/python"),
    ]
    found = levelled(asked, known)
    assert len({room(one, known) for one in found}) == 1
    assert len({len(one.over(known)) for one in found}) == 1
    assert [(one.label, one.python) for one in found] == [(one.label, one.python) for one in asked]
    assert all(
        name.startswith(LEVEL)
        for one, other in zip(found, asked, strict=True)
        for name in one.variables.keys() - other.variables.keys()
    )


def test_what_an_environment_lacks_is_told_with_how_to_add_it():
    one = Environment(label="numpy 2.3.5", record=RECORD)
    assert one.lacking(("numpy>=2", "scikit_image")) is None
    assert one.lacking(("numba>=0.61",)) == (
        "needs numba>=0.61, which this environment does not have (--env 'numpy==2.3.5 numba>=0.61')"
    )
    assert replace(one, record=None).lacking(("numba",)) is None
