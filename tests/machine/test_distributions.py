"""What installed distributions provide."""

import pytest

from bench.machine import distributions

FILES = {
    "My_Pkg": ["mine/__init__.py", "spaces/mine/fast.so", "__editable___mine_finder.py"],
    "others": ["other.py", "spaces/other/__init__.py"],
}


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder of two installed distributions that share a namespace, in the place of those of this interpreter."""
    for name, files in FILES.items():
        about = tmp_path / f"{name}-1.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        (about / "RECORD").write_text("".join(f"{file},,\n" for file in files))
        for file in files:  # from Python 3.12 on, those that are not there do not count
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).touch()
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    distributions._providers.cache_clear()
    yield
    distributions._providers.cache_clear()


def test_a_projects_names_are_those_that_nobody_else_provides(site):
    assert distributions.names_of(["my-pkg"]) == ("mine", "spaces.mine")
    assert distributions.names_of(["nobody"]) == ()


def test_what_no_distribution_of_the_projects_provides_is_of_others(site):
    assert distributions.of_others(["my-pkg"]) == {"other"}
