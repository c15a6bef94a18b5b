"""What the workflows take from elsewhere is named to the letter, and they may do no more than they have to."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))

#: Constraints -> extras and distributions that are installed by them.
INSTALLED = {
    "constraints.txt": (("test", "lint", "docs"), ("tox>=4.22", "build", "zizmor>=1.16")),
    "constraints-interop.txt": (("test", "interop", "memray"), ("tox>=4.22",)),
}


def constrained(text):
    """Return distribution -> its versions, one for each kind of interpreter."""
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            one = Requirement(line)
            found.setdefault(canonicalize_name(one.name), []).append(one)
    return found


@pytest.mark.parametrize("name", INSTALLED)
def test_each_constraint_is_one_version_and_no_host_is_named(name):
    text = (ROOT / ".github" / name).read_text()
    each = [one for several in constrained(text).values() for one in several]
    assert all(re.fullmatch(r"==[\w.]+", str(one.specifier)) and one.url is None for one in each)
    assert not re.search(r"://|^-|\.(org|com|net|io)\b", text, re.MULTILINE)


@pytest.mark.parametrize("name", INSTALLED)
def test_all_that_the_workflows_install_is_constrained_to_what_the_project_allows(name):
    extras, more = INSTALLED[name]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    optional = [text for extra in extras for text in project["optional-dependencies"][extra]]
    known = constrained((ROOT / ".github" / name).read_text())
    for wanted in map(Requirement, [*project["dependencies"], *optional, *more]):
        versions = [next(iter(one.specifier)).version for one in known[canonicalize_name(wanted.name)]]
        assert all(wanted.specifier.contains(version) for version in versions), wanted


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_takes_actions_by_commit_and_may_only_read(path):
    text = path.read_text()
    uses = re.findall(r"uses: *(.*)", text)
    assert uses
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one) for one in uses)
    assert re.findall(r"^ *permissions:.*\n(?: +\S.*\n)+", text, re.MULTILINE) == ["permissions:\n  contents: read\n"]
    assert text.count("persist-credentials: false") == text.count("actions/checkout@")
    installs = re.findall(r"pip install.*", text)
    assert all("-c .github/constraints.txt" in one for one in installs)
