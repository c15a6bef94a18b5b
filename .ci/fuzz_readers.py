"""Changes files at random and has every reader read them: each is read, or refused in one sentence. A check, no test.

The files are small: documents and journals of runs, the index and the notes of a site, files of pytest-benchmark and
pyperf, problems, projects, and the note of who measures. Of JSON values are changed, of all files bytes, lines and
words. What was read is used as commands use it: told, exported, indexed, resumed (on a simulated machine).

It ends with 1 if anything was raised but an ImplbenchError, or one file took more than 2 s of CPU time or 300 MB;
`--keep` keeps such files. ``--seconds 600 --mutations 20000`` goes on until both are reached.
"""

import argparse
import contextlib
import copy
import gzip
import json
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msgspec.structs import replace

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import formats, html
from bench.analyse import history
from bench.analyse.analysis import Analysis
from bench.errors import ImplbenchError
from bench.formats.imported import Origin
from bench.html import publishing
from bench.machine import exclusive
from bench.measure.scratch import SCRATCH
from bench.problems import discovery, implementation, packages, problem, source_code
from bench.report import json_run, sections
from bench.store import documents, index, points
from tests import killed
from tests.builders import SWEPT, USUAL, journal_of, make_run, make_sizes
from tests.limited import limited
from tests.simulated import Simulation

CHECKOUT = Path(__file__).resolve().parent.parent

#: A page is made of one in so many files: it takes a while.
PAGES_ONE_IN = 10

#: One file may take so much.
MOST_S, MOST_BYTES = 2.0, 300 * 2**20

#: A child process reads so many files, and is ended where one of them takes far longer than it may.
BATCH, LONGEST_S = 100, 20

#: What is told of a file that was refused as it should be.
REFUSED = "refused"

#: What is put in the place of a value of JSON, mostly one of its own type.
ODD = (
    *(None, True, False, -1, 0, 1, 2**31, 2**63 - 1, 2**63, 10**30, 1e308, -1e308, 5e-324, -0.0, 0.5),
    *("", "x", "\0", "\u202e", "9" * 50, "../../x", "NaN", [], {}, [[]], [0], {"a": None}, {"": []}),
)

#: Pieces that are put into text and bytes.
PIECES = (
    *(
        b"",
        b"\0",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b",",
        b":",
        b"\n",
        b"\n\n",
        b"1e999",
        b"-0",
    ),
    *(b"NaN", b"null", b"9" * 400, b"[" * 3000, b'{"a":' * 3000, b"(" * 300, b"-" * 2000, b"\\ud800", b"\\u0000"),
    *(
        b"\\",
        b"'''",
        b"#",
        b"=",
        b"[x]",
        b"a.b.c = 1",
        b"lambda: 0",
        b"**",
        b"10**10**10",
        b"def inputs(",
        b"f'{x!r:{y}}'",
    ),
)

Changed = Callable[[bytes, random.Random], bytes]


@dataclass(frozen=True, kw_only=True)
class Reader:
    """What reads a kind of file."""

    name: str
    """Of the file."""
    corpus: tuple[bytes, ...]
    use: Callable[[Path], object]
    """Is given the changed file, in a folder of its own."""
    is_json: bool = True


def places(tree: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to each value in a tree of JSON."""
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield (*at, key)
        yield from places(value, (*at, key))


def value_changed(data: bytes, dice: random.Random) -> bytes:
    """Return JSON, or one line of several, with one to three values changed."""
    lines = data.split(b"\n") if b"\n{" in data else [data]
    place = dice.randrange(len(lines))
    try:
        tree = json.loads(lines[place])
    except ValueError:
        return bytes_changed(data, dice)
    for _ in range(dice.choice((1, 1, 2, 3))):
        ways = list(places(tree))
        if not ways:
            break
        *way, last = dice.choice(ways)
        inner = tree
        for key in way:
            inner = inner[key]
        likely = [odd for odd in ODD if type(odd) is type(inner[last])] or ODD
        match dice.randrange(8):
            case 0:
                del inner[last]
            case 1 if isinstance(inner, list):
                inner.append(copy.deepcopy(inner[last]))
            case 2:
                inner[last] = copy.deepcopy(dice.choice(ODD))
            case 3 if isinstance(inner[last], int | float):
                inner[last] = inner[last] * dice.choice((-1, 0, 1000, 1e-9))
            case _:
                inner[last] = copy.deepcopy(dice.choice(likely))
    lines[place] = json.dumps(tree).encode(errors="surrogatepass")
    return b"\n".join(lines)


def bytes_changed(data: bytes, dice: random.Random) -> bytes:
    """Return bytes of which some are others, cut off, doubled, or in another place."""
    changed = bytearray(data)
    for _ in range(dice.choice((1, 1, 1, 2, 4, 8))):
        at = dice.randrange(len(changed) + 1)
        to = min(len(changed), at + dice.choice((1, 2, 8, 64, 1000)))
        match dice.randrange(6):
            case 0:
                changed[at:to] = bytes(dice.randrange(256) for _ in range(dice.randrange(1, 4)))
            case 1:
                del changed[at:to]
            case 2:
                changed[at:at] = dice.choice(PIECES)
            case 3:
                changed[at:to] = dice.choice(PIECES)
            case 4:
                changed[at:at] = changed[at:to] * dice.choice((1, 2, 50))
            case _:
                del changed[at:]
    return bytes(changed)


def words_changed(data: bytes, dice: random.Random) -> bytes:
    """Return text of which two words, or two lines, have changed places."""
    separator = dice.choice((b" ", b"\n"))
    words = data.split(separator)
    one, other = (dice.randrange(len(words)) for _ in range(2))
    words[one], words[other] = words[other], words[one]
    return separator.join(words)


def changed(reader: Reader, dice: random.Random) -> bytes:
    """Return a file of a reader's corpus with something changed."""
    kinds: tuple[Changed, ...] = (bytes_changed, words_changed)
    if reader.is_json:
        kinds = (value_changed, value_changed, value_changed, *kinds)
    return dice.choice(kinds)(dice.choice(reader.corpus), dice)


# What is read, and how it is used


def told(path: Path) -> None:
    """Read a run and do with it what `report`, `export` and `history` do."""
    run = documents.read(path)
    points.read(path)
    if not run.rounds:
        return
    analysis = Analysis(run)
    sections.sections(analysis)
    json.dumps(json_run.of(analysis, path), allow_nan=False)
    if path.stat().st_size % PAGES_ONE_IN == 0:
        html.report_page(analysis)
    for name in formats.names():
        with contextlib.suppress(ImplbenchError):  # a format may want more of a run
            made = formats.format_of(name).export([run])
            if isinstance(made, Iterator):
                b"".join(made)


def resumed(path: Path) -> None:
    """Have an interrupted run go on, for some steps."""
    left = 30

    def listen(now: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise killed.Killed

    with contextlib.suppress(killed.Killed):
        killed.resumed(path.parent, Simulation(), name=str(path), listener=listen)


def imported(path: Path) -> None:
    """Read another tool's file, and tell what is in it."""
    run = formats.read(path.read_bytes(), Origin(file=path.name, sha256="0", modified="2026-01-01T00:00:00Z"))
    if run.rounds:
        sections.sections(Analysis(run))


def indexed(path: Path) -> None:
    """Ask an index beside a document all that is asked of one."""
    shutil.copy(DOCUMENT_BESIDE[0], path.parent / "20260101T000000Z-a-0.json")
    index.consult(path.parent, lambda found: (found.stored(), history.every(found)), lambda text: None)


def noted(path: Path) -> None:
    """Read the note beside a page."""
    publishing._read(path)  # noqa: SLF001  # the command makes a page of each run, too


def a_problem(path: Path) -> None:
    """Read a problem, and the digests and texts of what is compared in it."""
    discovery.is_problem(path)
    (path.parent / "first.py").write_text("def prepare(inputs):\n    return lambda: 1\n")
    found = problem.read(path.parent if path.name == "problem.py" else path)
    several = implementation.chosen(found, ())
    source_code.digests(found, several)
    source_code.texts_of(found, several)


def a_project(path: Path) -> None:
    """Find out where a project's packages lie."""
    (path.parent / "src").mkdir()
    (path.parent / "src" / "a.py").touch()
    packages.import_folders(path.parent)
    packages.project_names(path.parent)
    packages.placed(path.parent)
    packages.path_of(path.parent / "src")


def a_holder(path: Path) -> None:
    """Read who measures."""
    with path.open("rb") as file:
        exclusive._holder(file.fileno())  # noqa: SLF001


DOCUMENT_BESIDE: list[Path] = []


def corpora(folder: Path) -> Mapping[str, Reader]:
    """Return the readers with what they read, made in a folder."""
    runs = [make_run(rounds=2, passes=2), make_run(SWEPT, rounds=2, passes=2, sizes=make_sizes(1, 10, 100))]
    runs.append(limited(make_run([replace(one, peak=50_000_000) for one in USUAL], rounds=2, passes=2)))
    written = [journal_of(run, folder / "runs").close()[1] for run in runs]
    DOCUMENT_BESIDE.append(written[0])
    whole = tuple(path.read_bytes() for path in written if path)
    journals = []
    for run in runs:
        begun = journal_of(run, folder / "journals")
        journals.append(begun.path.read_bytes())
        begun._file.close()  # noqa: SLF001  # as a killed process does
    compact = tuple(json.dumps(json.loads(data)).encode() for data in whole)
    foreign = {name: formats.format_of(name).export(runs[:1]) for name in ("pytest-benchmark", "pyperf")}
    benchmark = foreign["pytest-benchmark"]
    benchmark = benchmark if isinstance(benchmark, bytes) else b"".join(benchmark)
    pyperf = foreign["pyperf"]
    kinds = [
        ("document", Reader(name="20260101T000000Z-a-1.json", corpus=compact + whole, use=told)),
        ("journal", Reader(name="20260101T000000Z-a-1.journal.jsonl", corpus=tuple(journals), use=told)),
        ("resume", Reader(name="20260101T000000Z-a-1.journal.jsonl", corpus=interrupted(folder), use=resumed)),
        ("pytest-benchmark", Reader(name="a.json", corpus=(benchmark,), use=imported)),
        ("pyperf", Reader(name="a.json", corpus=tuple(pyperf.values()), use=imported)),
        ("packed", Reader(name="a.json.gz", corpus=(gzip.compress(benchmark),), use=imported, is_json=False)),
        ("index", Reader(name=index.NAME, corpus=(an_index(written[0]),), use=indexed, is_json=False)),
        ("note", Reader(name="page.json", corpus=(NOTE,), use=noted)),
        ("problem", Reader(name="problem.py", corpus=problems("*/problem.py"), use=a_problem, is_json=False)),
        ("one file", Reader(name="rows.py", corpus=(*ONE_FILES,), use=a_problem, is_json=False)),
        ("pyproject", Reader(name="pyproject.toml", corpus=(PYPROJECT,), use=a_project, is_json=False)),
        ("setup.cfg", Reader(name="setup.cfg", corpus=(SETUP_CFG,), use=a_project, is_json=False)),
        ("setup.py", Reader(name="setup.py", corpus=(SETUP_PY,), use=a_project, is_json=False)),
        ("lock", Reader(name="lock", corpus=(b'{"pid":1,"command":"implbench run backprop"}',), use=a_holder)),
    ]
    return dict(kinds)


def interrupted(folder: Path) -> tuple[bytes, ...]:
    """Return journals of runs that were killed, as they are and as Ctrl-C leaves them."""
    found = []
    sweep = {"implementations": ("honest_too",), "sweep": ("m", (100, 1000))}
    swept = replace(killed.SETTINGS, rounds=None, budget_s=20.0, sweep="m")
    for settings, axes in ((killed.SETTINGS, {"implementations": ("honest_too",)}), (swept, sweep)):
        place, simulation = folder / f"killed-{len(found)}", Simulation()
        killed.killed(place, simulation, settings, listener=killed.killing(simulation, 2), **axes)
        found.append(next(place.iterdir()).read_bytes())
    return tuple(found)


def an_index(document: Path | None) -> bytes:
    """Return the index of a folder with one document."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(document or "", Path(folder, "20260101T000000Z-a-0.json"))
        index.consult(Path(folder), history.every, lambda text: None)
        return Path(folder, index.NAME).read_bytes()


def problems(pattern: str) -> tuple[bytes, ...]:
    """Return the problems of this repository that are so called."""
    return tuple(path.read_bytes() for path in sorted(problem.BUNDLED.glob(pattern)))


ONE_FILES = (
    (CHECKOUT / "bench" / "templates" / "one_file.py").read_bytes(),
    (
        b'SIZES = {"S": {"n": 10**3}}\nBASELINE = "a"\n__all__ = ["a", "b"]\n\n'
        b"def inputs(n=5, *, seed):\n    return n\n\n"
        b"def a(n):\n    return n\n\ndef b(n):\n    return n + 0\n"
    ),
)

NOTE = json.dumps(
    {
        "made_by": "1",
        "document": "a.json",
        "bytes": 1,
        "mtime_ns": 2,
        "listed": {
            "run": "a",
            "created": "b",
            "problem": "c",
            "title": "d",
            "answer": "e",
            "machine": "f",
            "cpu": "g",
            "commit": None,
            "page": "h",
            "speedups": {"a": 2.0},
            "fastest": "a",
            "gain": "2x",
            "gained": 2.0,
        },
    }
).encode()

PYPROJECT = b"""[project]
name = "a"

[tool.setuptools]
package-dir = {"" = "src", "b" = "lib/b"}

[tool.setuptools.packages.find]
where = ["src"]

[tool.poetry]
name = "b"
packages = [{include = "a", from = "lib"}]

[tool.hatch.build.targets.wheel]
packages = ["src/a"]
sources = ["src"]

[tool.pdm.build]
package-dir = "src"

[tool.maturin]
python-source = "python"

[tool.pytest.ini_options]
pythonpath = ["src", "."]
"""

SETUP_CFG = b"""[metadata]
name = a

[options]
package_dir =
    = src
    b = lib/b

[options.packages.find]
where = src
"""

SETUP_PY = b"""from setuptools import find_packages, setup

NAME = "a"
setup(name=NAME, package_dir={"": "src", "b": "lib/b"}, packages=find_packages("src"))
setup(name="b", packages=find_packages(where="lib"))
"""


# The reading itself


class TooLong(BaseException):
    """A file took far more time than one may."""


def late(number: int, frame: object) -> None:
    """End what takes too long."""
    raise TooLong


def read_batch(kind: str, reader: Reader, folder: Path, dice: random.Random) -> Iterator[tuple[str, bytes]]:
    """Have files read; yield what is wrong, and the file."""
    signal.signal(signal.SIGALRM, late)
    for number in range(BATCH):
        data = changed(reader, dice)
        place = folder / f"{number}"
        place.mkdir()
        path = place / reader.name
        path.write_bytes(data)
        before_s, before_kb = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        signal.alarm(LONGEST_S)
        try:
            reader.use(path)
        except ImplbenchError as error:
            yield REFUSED, b""
            if "\n" in str(error):
                yield f"{kind}: a sentence of several lines", data
        except (Exception, TooLong) as error:  # noqa: BLE001  # that is what is looked for
            where = traceback.extract_tb(error.__traceback__)
            ours = [frame for frame in where if "/bench/" in frame.filename] or where
            yield f"{kind}: {type(error).__name__} at {Path(ours[-1].filename).name}:{ours[-1].lineno}", data
        finally:
            signal.alarm(0)
        took_s = time.process_time() - before_s
        took_bytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb) * 1024
        if took_s > MOST_S:
            yield f"{kind}: {took_s:.1f} s", data
        if took_bytes > MOST_BYTES:
            yield f"{kind}: {took_bytes / 2**20:.0f} MB", data
        shutil.rmtree(place)


def read_unchanged(readers: Mapping[str, Reader]) -> None:
    """Have all files read as they are, lest readers refuse each of them for something that was not changed."""
    for reader in readers.values():
        for data in reader.corpus:
            with tempfile.TemporaryDirectory(prefix="implbench-fuzz-") as folder:
                path = Path(folder, reader.name)
                path.write_bytes(data)
                reader.use(path)


def in_a_child(kind: str, reader: Reader, seed: int, keep: Path) -> list[str]:
    """Have a batch of files read in a child process, whose memory is its own; return what is wrong."""
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(receiving)
            with tempfile.TemporaryDirectory(prefix="implbench-fuzz-") as folder, os.fdopen(sending, "w") as to:
                for place, (found, data) in enumerate(read_batch(kind, reader, Path(folder), random.Random(seed))):
                    if found != REFUSED:
                        (keep / f"{kind}-{seed}-{place}".replace(" ", "-")).write_bytes(data)
                    to.write(f"{found}\n")
            code = 0
        finally:
            os._exit(code)
    os.close(sending)
    with os.fdopen(receiving) as told:
        found = told.read().splitlines()
    _, status = os.waitpid(child, 0)
    return [*found, f"{kind}: the reader ended with status {status} (seed {seed})"] if status else found


def main() -> int:
    """Change and read files until there were enough; print what is wrong, each kind once."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600.0, help="at least so long (default: 600)")
    parser.add_argument("--mutations", type=int, default=20_000, help="at least so many in all (default: 20000)")
    parser.add_argument("--seed", type=int, default=1, help="of all changes (default: 1)")
    parser.add_argument("--only", metavar="NAME", help="this reader alone")
    parser.add_argument("--keep", metavar="FOLDER", help="keep the files that something is wrong with")
    asked = parser.parse_args()
    wrong: Counter[str] = Counter()
    read: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    started, seed = time.monotonic(), asked.seed * 1_000_000
    os.fsync = lambda descriptor: None  # no power fails here
    with tempfile.TemporaryDirectory(prefix="implbench-fuzz-") as folder:
        os.environ[SCRATCH] = folder
        keep = Path(asked.keep or Path(folder, "kept"))
        keep.mkdir(parents=True, exist_ok=True)
        readers = {name: one for name, one in corpora(Path(folder)).items() if asked.only in (None, name)}
        read_unchanged(readers)
        while time.monotonic() - started < asked.seconds or sum(read.values()) < asked.mutations:
            for kind, reader in readers.items():
                seed += 1
                found = in_a_child(kind, reader, seed, keep)
                refused[kind] += found.count(REFUSED)
                for one in (one for one in found if one != REFUSED):
                    if one not in wrong:
                        print(f"seed {seed}: {one}", flush=True)
                    wrong[one] += 1
                read[kind] += BATCH
    for kind, count in read.items():
        bad = sum(many for one, many in wrong.items() if one.startswith(f"{kind}:"))
        print(f"{kind:>18}: {count} files, {refused[kind]} refused, {bad} wrong")
    print(f"{sum(read.values())} files in {time.monotonic() - started:.0f} s: {sum(wrong.values())} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
