"""Whether two versions are the same code."""

import pytest

from bench import identity, implementation, problem
from tests.versions import FAKES

PROBLEM = (FAKES / "problem.py").read_text()
CODE = '''"""Title."""

import helper_of_mine


def prepare(inputs):
    """Doc."""
    return lambda: inputs["x"] + 1
'''


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "problems" / "sums"
    place.mkdir(parents=True)
    (place / "problem.py").write_text(PROBLEM)
    (place / "honest.py").write_text(CODE)
    (place / "other.py").write_text("def prepare(inputs): ...\n")
    (place / "_shared.py").write_text("x = 1\n")
    return place


def digests(folder):
    found = problem.read(folder)
    return identity.digests(found, implementation.found(found), [folder.parent.parent])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"""Title."""', '"""Another title, in\nmany words."""'),
        ('    """Doc."""\n', "    # a comment\n\n"),
        ("inputs):\n", "inputs):  # a comment\n"),
    ],
)
def test_comments_docstrings_and_blank_lines_leave_the_code_the_same(folder, before, after):
    first = digests(folder)
    assert before in CODE
    (folder / "honest.py").write_text(CODE.replace(before, after))
    assert digests(folder) == first


def test_a_change_of_an_implementation_changes_it_alone(folder):
    first = digests(folder)
    (folder / "honest.py").write_text(CODE.replace("+ 1", "+ 2"))
    second = digests(folder)
    assert second["honest"] != first["honest"]
    assert second["other"] == first["other"]


@pytest.mark.parametrize("shared", ["_shared.py", "problem.py", "data.bin"])
def test_a_change_of_what_is_shared_changes_every_implementation(folder, shared):
    first = digests(folder)
    (folder / shared).write_text(PROBLEM + "\nEXTRA = 1\n")
    assert all(digest != first[name] for name, digest in digests(folder).items())


def test_a_module_of_the_repository_counts_for_those_who_import_it(folder):
    module = folder.parent.parent / "helper_of_mine"
    module.mkdir()
    (module / "__init__.py").write_text("y = 1\n")
    first = digests(folder)
    (module / "__init__.py").write_text("y = 2\n")
    second = digests(folder)
    assert second["honest"] != first["honest"]
    assert second["other"] == first["other"]
