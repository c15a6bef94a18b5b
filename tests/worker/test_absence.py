"""What code wants and does not find, told with what to do."""

import subprocess

import pytest

from bench.worker import absence, origins

CIRCULAR = "cannot import name '{}' from partially initialized module '{}' (most likely due to a circular import)"


@pytest.fixture
def side(tmp_path, monkeypatch):
    """Return a function that writes the files of a side, which this process then measures."""

    def made(**files):
        for name, text in files.items():
            place = tmp_path / f"{name}.py"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        for name, value in origins.variables({}, origins.Own(tree=tmp_path, path=(tmp_path,))).items():
            monkeypatch.setenv(name, value)

    return made


@pytest.mark.parametrize(
    ("text", "name", "module", "is_absent"),
    [
        ("from . import _fast", "_fast", "mine", True),
        ("from mine import _fast", "_fast", "mine", True),
        ("from .a import calc", "calc", "mine", False),
        ("def calc(): pass", "calc", "mine", False),
        ("calc = 1", "calc", "mine", False),
        ("from .a import f", "calc", "mine.a", False),
    ],
)
def test_a_circular_import_is_not_taken_for_what_a_build_would_write(side, text, name, module, is_absent):
    side(**{"mine/__init__": text, "mine/a": "from .b import calc"})
    said = absence.absent(ImportError(CIRCULAR.format(name, module), name=module))
    assert (said is not None) == is_absent


@pytest.mark.parametrize("command", [["git", "rev-parse"], "git rev-parse", ["/usr/bin/git", "describe"]])
def test_who_asks_git_in_a_copy_is_told_that_it_is_one(side, command):
    error = subprocess.CalledProcessError(128, command)
    assert absence.absent(error) is None
    side(mine="")
    assert "which is no git checkout; find files by Path(__file__)" in absence.absent(error)
    assert absence.absent(subprocess.CalledProcessError(1, ["make"])) is None
