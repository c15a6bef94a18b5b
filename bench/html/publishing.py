"""A results folder as a static site: a page for each run, one for each history, and the list of all.

It can be published as it is: every link is relative, no page asks anything of any network. What is there already is
kept: beside each run's page lies a small document that says from which file and by which version of implbench it was
made.
"""

import hashlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from .. import reading
from ..analyse.analysis import Analysis
from ..analyse.history import Commits, Histories, every
from ..errors import ImplbenchError
from ..report.parts import file_name
from ..report.phrases import label, ratio_text
from ..report.sections import answer
from ..store import documents, index
from ..store.documents import DOCUMENT
from ..store.index import Index
from ..store.points import Machine, Stored
from . import PAGE, report_page, site
from .matrix import speedups
from .site import INDEX, Listed, Site

#: What lies beside a run's page.
_NOTE = "page.json"

#: A larger one is none of ours.
_LARGEST_NOTE = 2**20

#: Making more pages than this takes a while, and is announced.
_TOLD_FROM = 20

_PACKAGE = Path(__file__).parent.parent


class Published(Struct, frozen=True, kw_only=True):
    """What was done."""

    index: Path
    runs: int
    made: int
    """Pages of runs that were made now; the others were there."""
    histories: int
    left_out: tuple[str, ...]
    """A sentence for each document that cannot be read."""


class _Note(Struct, frozen=True, kw_only=True):
    """From what a page was made, and what the list says of it."""

    made_by: str
    document: str
    bytes: int
    mtime_ns: int
    listed: Listed


class _Folder(Struct, frozen=True, kw_only=True):
    """What the index of a results folder holds."""

    stored: tuple[Stored, ...]
    histories: tuple[Histories, ...]
    machines: tuple[Machine, ...]


def publish(
    results: Path, output: Path, *, tell: Callable[[str], None], commits: Callable[[Histories], Commits]
) -> Published:
    """Write the site of a results folder, as far as it is not there yet.

    Parameters
    ----------
    results
        Where runs are kept.
    output
        The site's own folder. Pages of runs that are gone are removed from it; other files in it stay.
    tell
        Called with each sentence that a user must know: documents left out, many pages to be made.
    commits
        Finds the commits at the changes of a history.

    Raises
    ------
    ImplbenchError
        If there is no such results folder, or the output cannot be written.
    """
    left_out: list[str] = []

    def note(sentence: str) -> None:
        left_out.append(sentence)
        tell(sentence)

    found = index.consult(results, _ask, note)
    stale = [one for one in found.stored if _kept(one, output) is None]
    if len(stale) > _TOLD_FROM:
        tell(f"{output}: making {len(stale)} pages, which takes up to a second each")
    made = sum(_make(results / one.document, one, output, note) for one in stale)
    notes = [kept for one in found.stored if (kept := _kept(one, output))]
    _remove_gone(output, {note.document for note in notes})
    histories = site.with_pages(found.histories)
    for history in histories:
        _write_changed(output / history.page, site.history_page(history, commits(history.found)))
    runs = tuple(note.listed for note in notes)
    # Where the results lie is nobody's business.
    unread = tuple(sentence.removeprefix("left out: ").replace(f"{results}/", "") for sentence in left_out)
    whole = Site(runs=runs, histories=histories, machines=found.machines, left_out=unread)
    for name, text in site.index_pages(whole):
        _write_changed(output / name, text)
    return Published(
        index=output / INDEX, runs=len(runs), made=made, histories=len(histories), left_out=tuple(left_out)
    )


def _ask(known: Index) -> _Folder:
    return _Folder(stored=known.stored(), histories=every(known), machines=known.machines())


@cache
def _made_by() -> str:
    """Return a digest of this version: of its modules, templates, scripts and styles."""
    digest = hashlib.sha256()
    for file in sorted(file for file in _PACKAGE.rglob("*") if file.suffix in (".py", ".j2", ".js", ".css")):
        digest.update(f"{file.relative_to(_PACKAGE).as_posix()}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _place(stored: Stored, output: Path) -> Path:
    """Return the folder of a run's page: named as its document is."""
    return output / file_name(stored.document.removesuffix(DOCUMENT))


def _kept(stored: Stored, output: Path) -> _Note | None:
    """Return what lies beside a page that is of this document as it is now, and made by this version."""
    place = _place(stored, output)
    try:
        note = _read(place / _NOTE)
    except ImplbenchError:
        return None
    same = (note.made_by, note.document, note.bytes, note.mtime_ns) == (
        _made_by(), stored.document, stored.bytes, stored.mtime_ns,
    )  # fmt: skip
    return note if same and (place / PAGE).is_file() else None


def _make(path: Path, stored: Stored, output: Path, tell: Callable[[str], None]) -> bool:
    """Write the page of a run and the note beside it; return whether one can be made of it, and tell where not."""
    place = _place(stored, output)
    try:
        run = documents.read(path)
        analysis = Analysis(run)
        text = report_page(analysis, up=f"../{INDEX}")
    except (ImplbenchError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        tell(f"left out: {path}: no page can be made of it ({error})")
        return False
    listed = Listed(
        run=run.id,
        created=run.created,
        problem=run.problem.name,
        title=run.problem.title,
        answer=answer.section(analysis).paragraphs[0],
        machine=stored.machine,
        cpu=stored.cpu,
        commit=stored.commit,
        page=f"{place.name}/{PAGE}",
        speedups=speedups(analysis),
        **_fastest(analysis),
    )
    note = _Note(
        made_by=_made_by(), document=stored.document, bytes=stored.bytes, mtime_ns=stored.mtime_ns, listed=listed
    )
    documents.write_atomically(place / PAGE, text.encode())
    documents.write_atomically(place / _NOTE, msgspec.json.encode(note))
    return True


def _fastest(analysis: Analysis) -> dict[str, Any]:
    """Return what the list says of a run of one condition: who is the fastest, and by how much."""
    (group, *others) = analysis.groups or (None,)
    best = answer.shown_fastest(group) if group and not others else None
    ratio = best.speedup if best else None
    if group is None or best is None or ratio is None:
        return {"fastest": "", "gain": "", "gained": None}
    return {"fastest": label(best.arm.case, group), "gain": ratio_text(ratio), "gained": ratio.value}


def _remove_gone(output: Path, kept: set[str]) -> None:
    """Remove the pages of documents that are no longer there, and their folders where nothing else is in them."""
    for path, note in _notes(output):
        if note.document not in kept:
            for file in (path, path.with_name(PAGE)):
                file.unlink(missing_ok=True)
            if not any(path.parent.iterdir()):
                path.parent.rmdir()


def _notes(output: Path) -> Iterator[tuple[Path, _Note]]:
    for path in sorted(output.glob(f"*/{_NOTE}")):
        try:
            yield path, _read(path)
        except ImplbenchError:
            continue  # not ours


def _read(path: Path) -> _Note:
    return reading.decoded(reading.contents(path, _LARGEST_NOTE), _Note)


def _write_changed(path: Path, text: str) -> None:
    """Write a page unless it is there already, so that a site that is copied elsewhere changes as little as it must."""
    data = text.encode()
    if not path.is_file() or path.read_bytes() != data:
        documents.write_atomically(path, data)
