"""What code needs is told by the names under which it is installed."""

import ast

import pytest

from bench.problems.sources.needs import lacking


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import numpy as np, json\nfrom collections.abc import Mapping", ()),
        ("import no_such.part\nfrom none_either import x", ("no_such", "none_either")),
        ("def f():\n    import no_such", ("no_such",)),
        ("try:\n    import no_such\nexcept ImportError:\n    no_such = None", ()),
        ("from . import no_such\nfrom .no_such import x", ()),
        ("import beside", ()),
        ("from Crypto_none import x", ("Crypto_none",)),
    ],
)
def test_what_is_imported_and_not_here_is_needed(text, names):
    assert lacking(ast.parse(text), own={"beside"}) == names


def test_a_distribution_may_be_called_otherwise_than_its_module(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert lacking(ast.parse("import sklearn.svm\nimport cvxpy")) == ("cvxpy", "scikit-learn")
