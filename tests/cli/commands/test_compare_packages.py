"""`implbench compare` on two versions of a package that a file of benchmarks imports, by real workers."""

import json

import pytest

from bench.cli.main import main
from bench.errors import Exit
from tests.repositories import commit, git

pytestmark = pytest.mark.slow

#: What another case shows by other means: in the environment faults.
_RARELY = pytest.mark.faults

#: Two benchmarks, of which only the first uses the package.
ROWS = """
from mine import calc
import numpy as np
def inputs(n=1000, *, seed):
    return np.random.RandomState(seed).rand(n)
def f(x):
    return calc(x)
def g(x):
    return float(np.dot(x, x))
"""

CALC = "def calc(x):\n    return float((x * x).sum())\n"


@pytest.fixture
def versions(tmp_path, monkeypatch, capsys):
    """Return a function that compares two versions of the package: exit code, verdicts, reasons, warnings."""
    place = tmp_path / "repository"
    monkeypatch.chdir(tmp_path)

    def done(base, head, *options, rows=ROWS):
        for version in (base, head):
            (place / "mine").mkdir(parents=True, exist_ok=True)
            (place / "rows.py").write_text(rows)
            for name, text in version.items():
                (place / "mine" / name).write_text(text)
            if version is base:
                git(tmp_path, "init", "--quiet", "--template=", str(place))
                commit(place, "base")
        monkeypatch.chdir(place)
        code = main(["compare", "HEAD", "--budget", "2", "--margin", "50%", "--json", *options])
        said = capsys.readouterr()
        assert said.out, said.err
        found = json.loads(said.out)
        verdicts = {one["id"].split("[")[1].split("-")[0]: one["verdict"] for one in found["benchmarks"]}
        reasons = " ".join(one["reason"] or "" for one in (*found["benchmarks"], *found["skipped"]))
        return code, verdicts, f"{reasons} {' '.join(found['warnings'])}"

    return done


@pytest.mark.parametrize(
    "result", ["total * 1.001", *(pytest.param(one, marks=_RARELY) for one in ("str(total)", "None"))]
)
def test_who_changed_its_result_is_named_and_nobody_else_blamed(versions, result):
    head = CALC.replace("return", "total =") + f"    return {result}\n"
    code, verdicts, said = versions({"__init__.py": CALC}, {"__init__.py": head})
    assert (code, verdicts) == (Exit.WRONG, {"f": "different results", "g": "not comparable"})
    assert "HEAD and BASE give different results; BASE's, held against HEAD's: result" in said
    assert "random" not in said


#: Keeps what it has planned in a place outside the repository; what it plans is in a file of its own.
PLANNED = """
import json, pathlib
from .plan import PLAN
place = pathlib.Path(PLACE)
if place.exists():
    plan = json.loads(place.read_text())
else:
    place.write_text(json.dumps(PLAN))
    plan = PLAN
def calc(x):
    return float((x * x).sum())
"""

#: ... or code that it has generated from such a file.
GENERATED = """
import importlib.util, pathlib
place = pathlib.Path(PLACE)
if not place.exists():
    place.write_text(pathlib.Path(__file__).with_name("plan.py").read_text())
spec = importlib.util.spec_from_file_location("generated", place)
generated = importlib.util.module_from_spec(spec)
spec.loader.exec_module(generated)
def calc(x):
    return float((x * x).sum())
"""


@pytest.mark.parametrize("text", [pytest.param(PLANNED, id="plan"), pytest.param(GENERATED, id="code", marks=_RARELY)])
def test_what_head_keeps_where_base_finds_it_leaves_it_undecided(versions, tmp_path, text):
    place = tmp_path / "kept.py"
    package = text.replace("PLACE", repr(str(place)))
    code, verdicts, said = versions(
        {"__init__.py": package, "plan.py": "PLAN = 1\n"}, {"__init__.py": package, "plan.py": "PLAN = 3\n"}
    )
    assert code == Exit.UNDECIDED
    assert "different results" not in verdicts.values()
    assert f"{place} lies outside both versions, made by HEAD during the comparison and found there later" in said


def test_a_package_that_head_has_no_longer_is_told_so(versions):
    head = {"__init__.py": "raise ModuleNotFoundError(\"No module named 'mine'\")"}
    code, verdicts, said = versions({"__init__.py": CALC}, head)
    assert (code, set(verdicts.values())) == (Exit.WRONG, {"wrong"})
    assert "mine is among the files of the other version, BASE, and not of HEAD" in said


def test_a_call_that_does_not_end_is_waited_for_as_long_as_a_call_may_take_and_once(versions):
    head = {"__init__.py": f"import time\n{CALC.replace('return', 'time.sleep(1000) or')}"}
    code, verdicts, said = versions({"__init__.py": CALC}, head, "--timeout", "4")
    assert (code, set(verdicts.values())) == (Exit.WRONG, {"wrong"})
    assert "no end of one call within 4 s (--timeout)" in said
