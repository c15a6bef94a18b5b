"""A problem is a folder with a problem.py, or one file; what the parent needs of it is read without running it."""

import ast
import hashlib
import importlib.util
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from .. import reading
from ..errors import ImplbenchError, did_you_mean, unknown
from ..text import speakable
from .contract import constants_of
from .files import MODULE, files_of, modules_in, own_files, path_from
from .functions import Function, Signature, function_named, implementations, signature
from .literals import described, parsed
from .one_file import require
from .origin import Origin

BUNDLED = Path(__file__).resolve().parents[2] / "impls"
ENTRY_POINTS = "implbench.problems"

#: The kind of data where a problem names none.
USUAL_DATA = "usual"

#: The size of a problem without any number.
ONLY_SIZE = "fixed"


class Elsewhere(Struct, frozen=True, kw_only=True):
    """Where an implementation lies that is none of the problem's own files: a candidate that is judged."""

    file: Path
    function: Function | None = None
    """Where the problem is one file: which function of it."""


class Problem(Struct, frozen=True, kw_only=True):
    """What a problem says of itself in its docstring, its literal constants and the signature of ``inputs``."""

    name: str
    folder: Path
    title: str
    formula: str
    sizes: dict[str, dict[str, int]]
    default_size: str
    data: tuple[str, ...]
    """Kinds of data; the first is the usual one."""
    baseline: str
    """Empty where the problem names none and has no implementation."""
    layouts: tuple[str, ...]
    """Memory orders of its 2-D inputs where the user names none, the baseline's first; none: as `inputs` gives them."""
    outputs: tuple[str, ...]
    """Names of what an evaluation returns; empty: whatever it returns."""
    ladder: tuple[str, ...] = ()
    """Implementations in the order in which each improves on the one before it; empty where none is given."""
    inout: tuple[str, ...] = ()
    """Inputs that an evaluation may overwrite; their contents are put back before each call, untimed."""
    clocks: tuple[str, ...] = ()
    """Implementations whose own clock counts, as that of another program."""
    module: str = MODULE
    """Name of the file in the folder, without its suffix; another than that of a folder's problem.py is all of it."""
    functions: tuple[Function, ...] = ()
    """The implementations, where one file is the whole problem."""
    arguments: tuple[str, ...] = ()
    """What the baseline calls its arguments, where one file is the whole problem."""
    has_dtype: bool = True
    """Whether its inputs are made in whatever dtype is asked for."""
    names_baseline: bool = True
    """Whether the problem says what its baseline is, by a constant."""
    path: tuple[Path, ...] = ()
    """Folders that its code may import from where nothing installed has the name."""
    code: bytes = b""
    """The functions themselves, as cloudpickle has them, where they are those of a running program and of no file."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """Implementation -> its source, then."""
    elsewhere: Mapping[str, Elsewhere] = field(default_factory=dict)
    """Implementation -> where it lies, of those beside its own."""
    origin: Origin | None = None
    """The entry of somebody else's collection that it is, if so."""
    belonging: tuple[Path, ...] = ()
    """All its files, where its collection says which."""

    @property
    def file(self) -> Path:
        """The file that says what is computed."""
        return self.folder / f"{self.module}.py"

    @property
    def is_one_file(self) -> bool:
        """Whether its implementations are functions, of its file or of what a collection has in the place of one."""
        return self.module != MODULE or self.origin is not None

    @property
    def shares_a_file(self) -> bool:
        """Whether its implementations are all in its file."""
        return self.is_one_file and not any(one.file for one in self.functions)

    @property
    def place(self) -> Path:
        """The folder or the file that is the problem."""
        return self.file if self.is_one_file else self.folder

    @property
    def beside(self) -> tuple[Path, ...]:
        """Folders whose modules come before what is installed: that of a file, as where Python runs it."""
        return (self.folder,) if self.is_one_file and self.origin is None else ()

    @property
    def files(self) -> tuple[Path, ...]:
        """All that somebody wrote for it: the files of its folder, with those of the folders that it links to.

        Of a problem that is one file, that and those beside it that it imports.
        """
        if self.code or self.belonging:
            return self.belonging
        return own_files(self.file) if self.is_one_file else files_of(self.folder)

    @property
    def is_led(self) -> bool:
        """Whether the calls that are timed are made in the midst of other code, which leads to them."""
        from . import sources

        return self.origin is not None and sources.leads(self.origin)

    def digest(self) -> str:
        """Return the SHA-256 over names and contents of its files."""
        total = hashlib.sha256()
        for file in self.files:
            total.update(os.fsencode(f"{path_from(self.folder, file)}\0{file.stat().st_size}\0"))
            for piece in reading.pieces(file):
                total.update(piece)
        total.update("".join(f"\0{name}\0{text}" for name, text in self.texts.items()).encode(errors="surrogatepass"))
        return total.hexdigest()


def available() -> dict[str, Path]:
    """Return name -> folder of the bundled problems and those that installed packages offer."""
    from importlib.metadata import entry_points  # a worker does without it

    found = {file.parent.name: file.parent for file in sorted(BUNDLED.glob(f"*/{MODULE}.py"))}
    for point in entry_points(group=ENTRY_POINTS):
        spec = importlib.util.find_spec(point.value)
        if spec is not None and spec.submodule_search_locations:
            found.setdefault(point.name, Path(next(iter(spec.submodule_search_locations))))
    return found


def find(name_or_path: str, candidates: Sequence[str] = ()) -> Problem:
    """Return the problem of that name, or the one in that folder or file, or an entry of a collection.

    Parameters
    ----------
    name_or_path
        As it is typed.
    candidates
        Files and folders of further implementations of an entry.

    Raises
    ------
    ImplbenchError
        If there is none, or several, or it cannot be read.
    """
    from .discovery import place_in  # these are not for a worker
    from .packages import path_of
    from .sources import chosen, origin_of, source_of

    origin = origin_of(name_or_path, tuple(candidates))
    if origin is not None:
        meant = chosen(origin)
        entry: Problem = source_of(meant.scheme).problem(meant)
        return entry
    problems = available()
    place = Path(problems.get(name_or_path, name_or_path))
    if place.is_file() and place.suffix == ".py":
        found = read(place.resolve())
    elif place.is_dir():
        found = read(place_in(place.resolve()))
    elif place.exists() or os.sep in name_or_path or place.suffix == ".py":
        near = did_you_mean(str(place), map(str, place.parent.glob("*.py")))
        raise ImplbenchError(
            f"{name_or_path}: no such folder or Python file; expected a folder with a problem.py, or a file with a "
            f"function inputs() and the functions to compare{near}"
        )
    else:
        raise unknown("problem", name_or_path, [*problems, *_alike(place), "or the path of a file or folder"])
    return replace(found, path=path_of(found.place))


def _alike(place: Path) -> list[str]:
    """Return the path of the file that is meant by a name without its suffix."""
    file = place.with_name(f"{place.name}.py")
    return [f".{os.sep}{file}"] if place.name and file.is_file() else []


def read(place: Path) -> Problem:
    """Return the problem in a folder, or in one file; it is parsed, not run.

    Raises
    ------
    ImplbenchError
        If there is no problem.py in the folder, or the file has a syntax error, lacks something or has a constant of
        another type than it should.
    """
    file = place if place.is_file() else place / f"{MODULE}.py"
    if not file.is_file():
        raise ImplbenchError(f"{place}: has no problem.py; a problem is a folder with a problem.py in it, or one file")
    tree = parsed(file)
    constants = constants_of(tree, file)
    whole = file.stem != MODULE
    takes = _taken(file, tree, constants)
    functions = tuple(implementations(tree, file).values()) if whole else ()
    if whole:
        require(file, tree, takes, functions)
    sizes, default_size = _sizes(file, constants, takes)
    names = [one.name for one in functions] if whole else list(modules_in(file.parent))
    baseline = constants.get("BASELINE", next(iter(names), ""))
    name = file.stem if whole else file.parent.name
    title, formula = described(tree, name)
    return Problem(
        name=speakable(name),
        folder=file.parent,
        title=title,
        formula=formula,
        sizes=sizes,
        default_size=default_size,
        data=constants.get("DATA", ()) or (takes.data if takes and takes.data else USUAL_DATA,),
        baseline=baseline,
        layouts=tuple(constants.get("LAYOUTS", ())),
        outputs=constants.get("OUTPUTS", ()),
        ladder=tuple(constants.get("LADDER", ())),
        inout=_inout(file, constants.get("INOUT", ())),
        clocks=constants.get("CLOCKS", ()),
        module=file.stem,
        functions=functions,
        arguments=_arguments(functions, baseline),
        has_dtype=takes is None or not takes.says_sizes or "dtype" in takes.offered,
        names_baseline="BASELINE" in constants,
    )


def _arguments(functions: Sequence[Function], baseline: str) -> tuple[str, ...]:
    """Return what the baseline calls its arguments; where it was imported, what the first of the others does."""
    ordered = sorted(functions, key=lambda one: one.name != baseline)
    return next((one.arguments for one in ordered if one.arguments), ())


def _taken(file: Path, tree: ast.Module, constants: Mapping[str, Any]) -> Signature | None:
    """Return what `inputs` takes; None where it is not defined in the file, or is called by place."""
    function = function_named(tree, "inputs")
    if function is None or ("SIZES" in constants and (function.args.vararg or function.args.posonlyargs)):
        return None
    return signature(function, tree, file)


def _sizes(file: Path, constants: Mapping[str, Any], takes: Signature | None) -> tuple[dict[str, dict[str, int]], str]:
    """Return the sizes, and the name of the usual one: those in SIZES, and the defaults of `inputs`."""
    usual = dict(takes.sizes) if takes else {}
    given: dict[str, Any] = constants.get("SIZES", {})
    if not given and (takes is None or takes.lacking):
        raise ImplbenchError(f"{file}: has no literal constant SIZES{_no_defaults(takes)}")
    for name, size in given.items():
        if not isinstance(size, dict) or not all(type(number) is int for number in size.values()):
            raise ImplbenchError(f'{file}: SIZES[{name!r}] must be whole numbers by name, as {{"m": 1_000}}')
    sizes = {name: {**usual, **size} for name, size in given.items()}
    name = ",".join(f"{key}={value}" for key, value in usual.items()) or ONLY_SIZE
    if not sizes or (usual and "DEFAULT_SIZE" not in constants):
        sizes = {name: usual, **sizes}
    default = constants.get("DEFAULT_SIZE", next(iter(sizes)))
    if default not in sizes:
        raise ImplbenchError(f"{file}: {unknown('DEFAULT_SIZE', default, sizes)}")
    return sizes, default


def _no_defaults(takes: Signature | None) -> str:
    """Return what else could say the sizes, as the rest of a sentence."""
    if takes is None or takes.lacking == ("size",):
        return ", and no function inputs(m=1_000, *, seed) whose defaults are the sizes"
    names = ", ".join(takes.lacking)
    example = ", ".join(f"{name}=1_000" for name in takes.lacking)
    return f", and inputs() gives no default for {names}: the defaults are the sizes, as in inputs({example}, *, seed)"


def _inout(file: Path, found: object) -> tuple[str, ...]:
    """Return the names in INOUT; one name may stand alone."""
    names = (found,) if isinstance(found, str) else found
    if not isinstance(names, tuple | list) or not all(isinstance(name, str) for name in names):
        raise ImplbenchError(f'{file}: INOUT must be a literal tuple of names of inputs, as in ("a",), found {found!r}')
    return tuple(names)
