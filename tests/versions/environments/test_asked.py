"""Which environments are asked for."""

import pytest

from bench.cli.options import made
from bench.cli.parser import parser
from bench.errors import ImplbenchError
from bench.versions.environments.asked import EnvironmentOptions, wanted


def asked(*words):
    """Return the environments that a command line asks for."""
    return wanted(made(EnvironmentOptions, vars(parser().parse_args(["run", "backprop", *words]))))


def test_none_is_asked_for_where_no_axis_is():
    assert asked() == ()


def test_each_is_called_by_what_was_asked_for():
    found = asked("--env", "numpy==2.3.5", "--env", "numpy>=2,<2.4 scipy==1.16", "--env-file", "some/old.txt")
    assert [one.label for one in found] == ["numpy 2.3.5", "numpy>=2,<2.4, scipy 1.16", "old.txt"]
    assert [one.requirements for one in found] == [
        ("numpy==2.3.5",),
        ("numpy>=2,<2.4", "scipy==1.16"),
        ("-r", "some/old.txt"),
    ]
    assert not any(one.here for one in found)


def test_axes_multiply_and_the_same_is_there_once():
    found = asked("--python", "3.12", "--python", "3.13", "--env", "numpy==2.4.6", "--env", "numpy==2.4.6")
    assert [one.label for one in found] == ["Python 3.12, numpy 2.4.6", "Python 3.13, numpy 2.4.6"]


def test_the_harnesss_own_packages_can_be_one_of_them():
    found = asked("--env", "here", "--env", "numpy==2.4.6")
    assert [(one.label, one.here, one.requirements) for one in found] == [
        ("here", True, ()),
        ("numpy 2.4.6", False, ("numpy==2.4.6",)),
    ]


def test_a_variable_without_a_value_is_taken_away():
    found = asked("--var", "OPENBLAS_CORETYPE=Haswell A='b c'", "--var", "OPENBLAS_CORETYPE=")
    assert [dict(one.variables) for one in found] == [
        {"OPENBLAS_CORETYPE": "Haswell", "A": "b c"},
        {"OPENBLAS_CORETYPE": None},
    ]
    assert [one.label for one in found] == ["OPENBLAS_CORETYPE=Haswell, A=b c", "no OPENBLAS_CORETYPE"]
    assert all(one.here for one in found)


def test_an_interpreter_that_is_named_by_its_path_is_called_by_its_folder():
    found = asked("--python", "/opt/pyenv/versions/3.13.0/bin/python", "--python", "pypy3.11")
    assert [one.label for one in found] == ["3.13.0", "pypy3.11"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--var", "A"), "expected NAME=VALUE"),
        (("--var", "OMP_NUM_THREADS=2"), "--threads sets it"),
        (("--var", "PYTHONHASHSEED=0"), "for each round"),
        (("--var", "IMPLBENCH_PADDING=x"), "implbench's own"),
        (("--env", "./"), "is a folder, whose contents change"),
        (("--env", "'"), "no closing quotation"),
        (("--env", ""), "expected one or more"),
        (("--watch", "--env", "numpy"), "--watch and --env: give one of the two"),
    ],
)
def test_what_cannot_be_is_told(words, told):
    from bench.cli.measuring_options import RunOptions

    with pytest.raises(ImplbenchError, match=told):
        wanted(made(RunOptions, vars(parser().parse_args(["run", "backprop", *words]))).environments)
