"""Versions of a package, built into environments of their own: here without an index, into made-up ones."""

import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from bench.errors import Exit, ImplbenchError
from bench.store.records import EnvironmentRecord
from bench.versions import builds, checkout
from bench.versions.environments import building, cache, making, ready
from bench.versions.environments.asked import EnvironmentOptions, Wanted
from bench.versions.environments.building import BuildFailed, How, Version
from bench.versions.environments.cache import Kept
from bench.versions.places import INSTALLED
from tests.repositories import commit, git

HERE = Wanted(label="", variables={}, here=True)

#: Installs a package as pip does, compiled from a source that it finds in the checkout.
INSTALL = """\
set -e
site=$(echo "$VIRTUAL_ENV"/lib/python*/site-packages)
mkdir -p "$site/mine" "$site/mine-1.dist-info"
cp fast.c "$site/mine/fast.so"
touch "$site/mine/__init__.py"
printf 'Name: mine\\nVersion: 1\\n' > "$site/mine-1.dist-info/METADATA"
printf '{"url": "file://%s"}' "$PWD" > "$site/mine-1.dist-info/direct_url.json"
printf 'mine/__init__.py,,\\nmine/fast.so,,\\nmine/__pycache__/a.pyc,,\\n../../../bin/mine,,\\n' \\
  > "$site/mine-1.dist-info/RECORD"
mkdir -p build && touch build/fast.o
echo "version = '$(git rev-parse --short HEAD 2>/dev/null || echo none)'" > src/_version.py
echo "$CFLAGS $EXTRA" > src/flags.txt
"""

COMMAND = ("sh", "-c", INSTALL)


@pytest.fixture(autouse=True)
def made_up(tmp_path, monkeypatch):
    """Environments that nobody installs anything into."""
    monkeypatch.setenv(cache.CACHE, str(tmp_path / "cache"))
    monkeypatch.delenv("CFLAGS", raising=False)
    building._tools.cache_clear()

    def made(title, python, requirements, *, tell):
        place = cache.environments() / cache.digest(python, requirements)
        cache.once(place, lambda: Kept(title=title, python="CPython 3.12.1", pins=("numpy==2.3.5",)))
        return place

    def fill(interpreter, place, pins):
        (place / "lib" / "python3.12" / "site-packages").mkdir(parents=True)
        (place / "bin").mkdir()
        (place / "bin" / "python").symlink_to(sys.executable)

    def described(one, asked):
        packages = {"numpy": "2.3.5", "mine": "1"}
        record = EnvironmentRecord(
            label=one.label, asked=asked, python="CPython", packages=packages, variables={}, numeric_stack={}
        )
        return replace(one, record=record)

    monkeypatch.setattr(making, "made", made)
    monkeypatch.setattr(making, "fill", fill)
    monkeypatch.setattr(ready, "described", described)


@pytest.fixture
def repository(tmp_path):
    """Return a repository with a package that is compiled."""
    top = tmp_path / "repository"
    (top / "src").mkdir(parents=True)
    (top / "fast.c").write_text("int fast;\n")
    (top / "src" / "kernel.py").write_text("")
    git(top, "init", "--quiet", "--template=", "--initial-branch=main")
    commit(top, "first")
    return top


def version(top, place, label="BASE"):
    checkout.write_folder(top, place)
    repository = checkout.Repository(top=top) if (top / ".git").exists() else None
    return Version(
        label=label, tree=place, repository=repository, commit=git(top, "rev-parse", "HEAD") if repository else None
    )


def built(one, *wanted, command=COMMAND, told=None):
    return building.built(
        one, How(command=command, wanted=wanted or (HERE,)), tell=[].append if told is None else told.append
    )


def test_what_was_installed_and_what_was_left_in_the_checkout_is_put_into_the_copy(repository, tmp_path):
    one = version(repository, tmp_path / "base")
    (found,) = built(one)
    files = {str(file.relative_to(found.installed)) for file in found.installed.rglob("*") if file.is_file()}
    assert files == {"mine/__init__.py", "mine/fast.so"}
    assert found.installed.is_relative_to(one.tree / INSTALLED)
    assert (
        one.tree / "src" / "_version.py"
    ).read_text() == f"version = '{git(repository, 'rev-parse', '--short', 'HEAD')}'\n"
    assert not (one.tree / "build").exists()
    assert found.is_built
    assert found.others == {"numpy": "2.3.5"}
    assert Path(found.environment.python).is_relative_to(cache.environments())


def test_the_same_files_are_built_once_and_others_again(repository, tmp_path):
    told = []
    built(version(repository, tmp_path / "base"), told=told)
    built(version(repository, tmp_path / "again"), told=told)
    assert len(told) == 1
    (repository / "fast.c").write_text("int slow;\n")
    built(version(repository, tmp_path / "head"), told=told)
    assert len(told) == 2


def test_flags_and_variables_are_part_of_what_is_built(repository, tmp_path, monkeypatch):
    variables = replace(HERE, label="fast", variables={"EXTRA": "-march=native"})
    monkeypatch.setenv("CFLAGS", "-O3")
    one = version(repository, tmp_path / "base")
    found = built(one, variables)
    assert (one.tree / "src" / "flags.txt").read_text() == "-O3 -march=native\n"
    assert found[0].environment.label == "fast"
    monkeypatch.setenv("CFLAGS", "-O1")
    building._tools.cache_clear()
    other = version(repository, tmp_path / "other")
    built(other, variables)
    assert (other.tree / "src" / "flags.txt").read_text() == "-O1 -march=native\n"


def test_on_another_day_it_is_built_again_for_what_a_build_takes_from_an_index_may_be_another(
    repository, tmp_path, monkeypatch
):
    told = []
    built(version(repository, tmp_path / "base"), told=told)
    building._tools.cache_clear()
    monkeypatch.setattr(building, "now", lambda: "2031-01-01T00:00:00Z")
    built(version(repository, tmp_path / "again"), told=told)
    assert len(told) == 2


def test_each_environment_has_what_was_built_for_it(repository, tmp_path):
    one = version(repository, tmp_path / "base")
    found = built(one, replace(HERE, label="a", requirements=("numpy==1",)), replace(HERE, label="b"))
    assert len({each.installed for each in found}) == 2
    assert len({each.environment.python for each in found}) == 2


def test_a_folder_without_history_is_built_too(tmp_path):
    (tmp_path / "plain" / "src").mkdir(parents=True)
    for name in ("fast.c", "src/kernel.py"):
        (tmp_path / "plain" / name).write_text("")
    one = version(tmp_path / "plain", tmp_path / "base")
    built(one)
    assert "none" in (one.tree / "src" / "_version.py").read_text()


def test_a_build_that_fails_is_told_with_its_last_lines_and_is_tried_again(repository, tmp_path):
    command = ("sh", "-c", "echo much; echo fast.c:1: error: no such type; echo the end; exit 3")
    one = version(repository, tmp_path / "base", "main (0123456789)")
    with pytest.raises(BuildFailed, match=r"main \(0123456789\): cannot be built .* ended with exit code 3") as caught:
        built(one, command=command)
    assert caught.value.exit_code == Exit.WRONG
    assert list(caught.value.example) == ["fast.c:1: error: no such type"]
    (log,) = cache.environments().glob("*.log")
    assert str(log) in str(caught.value)
    assert log.read_text().splitlines()[0] == "much"
    with pytest.raises(BuildFailed):
        built(one, command=command)


def test_a_program_that_is_not_there_is_told(repository, tmp_path):
    with pytest.raises(BuildFailed, match="no-such-program cannot be started"):
        built(version(repository, tmp_path / "base"), command=("no-such-program", "{source}"))


def test_pip_and_python_are_those_of_the_environment(repository, tmp_path, monkeypatch):
    commands = []

    def run(command, **how):
        commands.append([*command, how["env"]["VIRTUAL_ENV"], how["env"]["PATH"]])
        return real(("true",), check=False)

    real = building.subprocess.run
    one = version(repository, tmp_path / "base")
    (tmp_path / "cache").mkdir()
    monkeypatch.setattr(
        building.subprocess,
        "run",
        lambda command, **how: (
            run(command, **how) if "env" in how and "VIRTUAL_ENV" in how["env"] else real(command, **how)
        ),
    )
    for command in (("pip", "install", "{source}"), ("python", "setup.py", "build_ext", "--inplace")):
        built(one, command=command)
    (pip, python) = commands
    place = Path(pip[-2])
    assert pip[:3] == [str(place / "bin" / "python"), "-m", "pip"]
    assert pip[-3] == str(tmp_path / "cache" / "building")
    assert python[0] == str(Path(python[-2]) / "bin" / "python")
    assert python[-1].startswith(f"{python[-2]}/bin:")


def test_where_one_version_alone_cannot_be_built_that_is_said(repository, tmp_path):
    base = version(repository, tmp_path / "base")
    (repository / "fast.c").unlink()
    head = version(repository, tmp_path / "head", "HEAD")
    with pytest.raises(BuildFailed, match="HEAD: cannot be built") as caught:
        builds.places((base, head), COMMAND, EnvironmentOptions(), tell=lambda text: None)
    assert caught.value.__notes__[0] == "the other version can be built"


def test_an_environment_that_cannot_be_had_leaves_the_others(repository, tmp_path, monkeypatch):
    known = making.made

    def made(title, python, requirements, *, tell):
        if "nothing" in requirements:
            raise ImplbenchError("there is no such thing")
        return known(title, python, requirements, tell=tell)

    monkeypatch.setattr(making, "made", made)
    asked = EnvironmentOptions(packages=(("nothing",), ("numpy",)))
    both = (version(repository, tmp_path / "base"), version(repository, tmp_path / "head"))
    for places in builds.places(both, COMMAND, asked, tell=lambda text: None):
        assert places["nothing"].environment.broken == "there is no such thing"
        assert places["numpy"].environment.broken is None
        assert places["numpy"].is_built


def test_other_packages_that_differ_between_the_versions_are_told():
    base = {"": building.Built(others={"numpy": "2.3.5", "scipy": "1.16"})}
    head = {"": building.Built(others={"numpy": "2.4.6", "scipy": "1.16"})}
    assert list(builds.others_that_differ(base, head)) == [
        "the versions were built with different numpy: 2.3.5 in BASE, 2.4.6 in HEAD"
    ]
    assert list(builds.others_that_differ(base, base)) == []
