"""`implbench compare` and `bisect` with the margins that a project gives single benchmarks."""

import json

import pytest

from bench.cli.main import main
from bench.errors import Exit
from tests import noise
from tests.repositories import commit, repository, says
from tests.warned import warnings

SETTINGS = """
[benchmarks.product]
margin = "20%"

[benchmarks."product/copying"]
margin = "5%"

[benchmarks."product/copyng"]
memory-margin = "5%"
"""


@pytest.fixture
def folder(tmp_path, monkeypatch, simulated):
    """A repository of two kernels that became slower by 10 % in the last commit, and what its project asks for."""
    place = repository(tmp_path / "repository", "honest", "copying")
    monkeypatch.chdir(place)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    simulated(noise=noise.QUIET)
    (place / "implbench.toml").write_text(SETTINGS)
    for seconds in (0.001, 0.0011):
        for name in ("honest", "copying"):
            says(place, name, SECONDS=seconds)
        commit(place, "next")
    return place


def compared(capsys, *options):
    code = main(["compare", "HEAD^", "HEAD", "--budget", "60", "--json", *options])
    found = json.loads(capsys.readouterr().out)
    return code, found, {one["id"].split("[")[1].split("-")[0]: one for one in found["benchmarks"]}


def test_a_slowdown_counts_where_it_exceeds_the_margin_of_its_benchmark(folder, capsys):
    code, found, benchmarks = compared(capsys)
    assert code == Exit.REGRESSION
    assert {name: (one["verdict"], one["margin"]) for name, one in benchmarks.items()} == {
        "copying": ("slower", 0.05),
        "honest": ("equivalent", 0.2),
    }
    assert found["margin"] == 0.03
    assert warnings(found) == [
        "no benchmark is called product/copyng, which has a margin of its own; did you mean product/copying?"
    ]
    assert compared(capsys, "--impl", "honest")[0] == Exit.FINE


def test_a_margin_that_is_typed_is_that_of_all(folder, capsys):
    code, _, benchmarks = compared(capsys, "--margin", "50%")
    assert (code, {one["margin"] for one in benchmarks.values()}) == (Exit.FINE, {0.5})


@pytest.mark.parametrize(("name", "code", "margin"), [("honest", Exit.FINE, 0.2), ("copying", Exit.REGRESSION, 0.05)])
def test_a_search_takes_the_margin_of_what_it_follows(folder, capsys, name, code, margin):
    assert main(["bisect", "HEAD^", "HEAD", "product", name, "--json", "--quiet"]) == code
    assert json.loads(capsys.readouterr().out)["margin"] == margin
