"""A version of a package, built into an environment of its own from a clean checkout; kept by what it is made of."""

import functools
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from importlib.metadata import Distribution, distributions
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from ... import reading
from ...errors import Exit, ImplbenchError
from ...machine.distributions import normalised
from ...machine.privacy import masked
from ...measure.environments import HERE, Environment
from ...problems.packages import project_names
from ...programs import git
from ...store.documents import now
from ..checkout import Repository
from ..places import INSTALLED
from . import cache, installing, interpreters, making, ready
from .asked import Wanted
from .cache import Kept
from .installing import NEEDED

#: Stands in a command for the folder that holds the checkout.
SOURCE = "{source}"

#: Variables that compilers and build tools read.
FLAGS = (
    *("CC", "CXX", "FC", "RUSTC", "CFLAGS", "CXXFLAGS", "CPPFLAGS", "FFLAGS", "LDFLAGS", "ARCHFLAGS", "RUSTFLAGS"),
    *("CMAKE_ARGS", "CMAKE_BUILD_PARALLEL_LEVEL", "SKBUILD_CMAKE_ARGS", "SETUPTOOLS_SCM_PRETEND_VERSION"),
)

#: Variable that names a compiler -> what is taken without it.
COMPILERS = {"CC": "cc", "CXX": "c++", "FC": "gfortran", "RUSTC": "rustc"}

#: Within an environment: what the build has installed of the version's own projects, and left in the checkout.
_OWN, _MADE = "implbench-own", "implbench-made"

#: Folders and files that a build leaves behind and nobody imports.
_PASSING = frozenset({"build", ".git", "__pycache__"})
_PASSING_ENDS = (".o", ".obj", ".pyc", ".egg-info", ".dist-info")

#: So many lines are told of a build that failed, and so many letters of its command.
_TOLD, _LONGEST_SHOWN = 6, 80


class BuildFailed(ImplbenchError):
    """A version cannot be built, so that nothing of it can be measured."""

    exit_code = Exit.WRONG


class Version(Struct, frozen=True, kw_only=True):
    """The files of a version, and where their history is."""

    label: str
    tree: Path
    """A copy of its own; what is built is put into it."""
    repository: Repository | None = None
    commit: str | None = None
    """Where the files come from; None: they may have changed since the last one."""


class How(Struct, frozen=True, kw_only=True):
    """How versions are built."""

    command: tuple[str, ...]
    """In words; SOURCE stands for the checkout."""
    wanted: tuple[Wanted, ...]
    """The environments that each is built in."""


class Built(Struct, frozen=True, kw_only=True):
    """A version in an environment."""

    environment: Environment = HERE
    is_built: bool = False
    installed: Path | None = None
    """What was installed of its own projects, in its copy; None where nothing was."""
    others: Mapping[str, str] = field(default_factory=dict)
    """Distribution -> version, of what else the environment has, where something was built."""


def built(one: Version, how: How, *, tell: Callable[[str], None]) -> tuple[Built, ...]:
    """Build a version into an environment of its own for each that is wanted, and put what came of it into its copy.

    Raises
    ------
    BuildFailed
        If the command fails, with the last that it said; or if no worker starts in what it left.
    """
    content = _digest(one.tree)
    places = {wanted.label: _place(one, how.command, wanted, content=content, tell=tell) for wanted in how.wanted}
    return tuple(_put(one, wanted, places[wanted.label]) for wanted in how.wanted)


def _place(
    one: Version, command: Sequence[str], wanted: Wanted, *, content: str, tell: Callable[[str], None]
) -> Path | ImplbenchError:
    """Return the environment that a version with this content is built in, or why there is none."""
    try:
        base = making.made("builds", wanted.python, (*wanted.requirements, "pip"), tell=tell)
    except ImplbenchError as error:
        return error
    kept = cache.read(base)
    tools = (base.name, sorted(wanted.variables.items()), _tools())
    key = cache.digest("build", tuple(command), content, *tools)
    place = cache.environments() / key

    def make() -> Kept:
        tell(f"{one.label}: is built, once; what that says is in {cache.log(place)}")
        pins = kept.pins if kept else NEEDED
        making.fill(interpreters.find(wanted.python), place, pins)
        _build(one, command, place, variables=wanted.variables)
        return Kept(title=f"{one.label} by {_shown(command)}", python=kept.python if kept else "", pins=pins)

    cache.once(place, make)
    return place


@functools.cache
def _tools() -> tuple[object, ...]:
    """Return what else a build depends on: flags, compilers, and the day, as what it takes from an index is not pinned.

    So two versions that are compared were built by the same tools, however long ago the first one was built before.
    """
    flags = {name: os.environ[name] for name in FLAGS if name in os.environ}
    programs = (shutil.which(" ".join(flags.get(name, usual).split()[:1])) for name, usual in COMPILERS.items())
    compilers = [
        (path, status.st_size, status.st_mtime_ns) for path in programs if path and (status := Path(path).stat())
    ]
    return tuple(flags.items()), tuple(compilers), now()[:10]


def _put(one: Version, wanted: Wanted, place: Path | ImplbenchError) -> Built:
    """Put what was built into a version's copy; return it with the packages that a worker finds there."""
    plain = Environment(label=wanted.label, variables=wanted.variables)
    if isinstance(place, ImplbenchError):
        return Built(environment=replace(plain, broken=str(place)))
    installed = one.tree / INSTALLED / cache.digest(wanted.label)
    shutil.copytree(place / _MADE, one.tree, dirs_exist_ok=True, symlinks=True)
    shutil.copytree(place / _OWN, installed, dirs_exist_ok=True, symlinks=True)
    try:
        python = str(installing.python_of(place))
        environment = ready.described(replace(plain, python=python), wanted.requirements)
    except ImplbenchError as error:
        raise BuildFailed(f"{one.label}: was built, and {error}") from error
    packages = environment.record.packages if environment.record else {}
    own = {_name(each) for each in _own_distributions(place, one.tree)}
    others = {name: version for name, version in packages.items() if name not in own}
    found = installed if any(installed.iterdir()) else None
    return Built(environment=environment, is_built=True, installed=found, others=others)


def _build(one: Version, command: Sequence[str], place: Path, *, variables: Mapping[str, str | None]) -> None:
    """Build a version into an environment, and keep beside it what came of that.

    All are built in a folder of one name, one after the other: what is compiled may hold that name.
    """
    source = cache.folder() / "building"
    with cache.locked(source):
        _check_out(one, source)
        before = dict(_listed(source))
        _run(one, command, (place, source), variables=variables)
        made = [name for name, stamp in _listed(source) if before.get(name) != stamp]
        _copy(source, made, place / _MADE)
        for each in _own_distributions(place, source):
            site = _site(place)
            names = [
                str(file) for file in each.files or () if ".." not in file.parts and "__pycache__" not in file.parts
            ]
            _copy(site, [name for name in names if (site / name).is_file()], place / _OWN)
        (place / _OWN).mkdir(exist_ok=True)
        shutil.rmtree(source, ignore_errors=True)


def _run(
    one: Version, command: Sequence[str], places: tuple[Path, Path], *, variables: Mapping[str, str | None]
) -> None:
    """Run what builds a version; its output becomes the log of the environment."""
    place, source = places
    words = [word.replace(SOURCE, str(source)) for word in command]
    python = str(installing.python_of(place))
    if words[0] in ("pip", "pip3"):
        words[:1] = [python, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    elif words[0] in ("python", "python3"):
        words[0] = python
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    path = os.pathsep.join([str(Path(python).parent), os.environ.get("PATH", os.defpath)])
    values = {**environment, **variables, "PATH": path, "VIRTUAL_ENV": str(place)}
    log = cache.log(place)
    with log.open("wb") as file:
        try:
            done = subprocess.run(
                words,
                cwd=source,
                env={name: value for name, value in values.items() if value is not None},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                check=False,
            )
        except OSError as error:
            raise BuildFailed(f"{one.label}: {words[0]} cannot be started ({error.strerror})") from error
    if done.returncode:
        raise BuildFailed(
            f"{one.label}: cannot be built ({_shown(command)} ended with exit code {done.returncode}); its whole "
            f"output is in {log}",
            example=_last(log),
        )


def _shown(command: Sequence[str]) -> str:
    return " ".join(" ".join(command).split())[:_LONGEST_SHOWN]


def _last(log: Path) -> list[str]:
    """Return the last lines of a log that tell of an error, else its last lines."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    telling = [line for line in lines if "error" in line.lower()]
    return [masked(line, os.environ) for line in (telling or lines)[-_TOLD:]]


def _check_out(one: Version, source: Path) -> None:
    """Write a version's files to a folder, with its history where it has one: a build may read its version there."""
    shutil.rmtree(source, ignore_errors=True)
    if one.repository:
        with suppress(ImplbenchError):  # as of a repository without a commit
            git(one.tree, "clone", "--quiet", "--shared", "--no-checkout", str(one.repository.top), str(source))
            if one.commit:
                git(source, "update-ref", "--no-deref", "HEAD", one.commit)
            git(source, "read-tree", "HEAD")
    shutil.copytree(one.tree, source, symlinks=True, dirs_exist_ok=True)


def _own_distributions(place: Path, source: Path) -> Iterator[Distribution]:
    """Yield what is installed in an environment of a version's own projects, but for what is left where it lies."""
    projects, _ = project_names(source)
    for one in distributions(path=[str(_site(place))]):
        about = json.loads(one.read_text("direct_url.json") or "{}")
        is_built = str(about.get("url", "")).startswith((cache.folder() / "building").as_uri())
        is_editable = about.get("dir_info", {}).get("editable", False)
        if (is_built or _name(one) in projects) and not is_editable:
            yield one


def _name(one: Distribution) -> str:
    return normalised(one.metadata["Name"] or "")


def _site(place: Path) -> Path:
    """Return where an environment has its packages."""
    return next(place.glob("lib/python*/site-packages"))


def _copy(source: Path, names: Sequence[str], target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source / name, target / name, follow_symlinks=False)


def _listed(folder: Path) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield path and stamp of the files that somebody may import or read."""
    for at, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in _PASSING and not name.endswith(_PASSING_ENDS)]
        for name in files:
            if not name.endswith(_PASSING_ENDS):
                status = Path(at, name).lstat()
                yield str(Path(at, name).relative_to(folder)), (status.st_mtime_ns, status.st_size)


def _digest(tree: Path) -> str:
    """Return what is the same for the same files."""
    found = []
    for at, folders, files in os.walk(tree):
        folders[:] = [name for name in folders if name not in ("__pycache__", INSTALLED)]
        for name in files:
            file = Path(at, name)
            content = os.fsencode(os.readlink(file)) if file.is_symlink() else reading.digest(file)  # noqa: PTH115
            found.append((str(file.relative_to(tree)), content))
    return cache.digest(sorted(found))
