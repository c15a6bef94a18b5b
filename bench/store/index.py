"""An index of results/: the points of all runs in one sqlite file, derived and thrown away at will.

It lies beside the documents, is brought up to date whenever it is asked (names, sizes and times of change of the
documents say), and is made anew when it is damaged or of another version. Where it cannot be written it is made in
memory.
"""

import json
import os
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from ..errors import ImplbenchError
from ..machine.collector import collector_off
from ..text import speakable
from . import points
from .documents import DOCUMENT, JOURNAL
from .points import IndexedPoint, Machine, Series, Stored
from .records import SCHEMA
from .worker_records import Outcome

NAME = ".index.sqlite"

#: Version of the tables, and of the documents that can be read: what was unreadable may no longer be.
VERSION = 1000 * 4 + SCHEMA

#: Reading more documents than this takes seconds, and is announced.
_ANNOUNCED_FROM = 500

#: Seconds to wait for another process that is writing the index.
_PATIENCE_S = 60.0

#: With these the file is of no use here, but may be sound: work in memory and leave it alone.
_OUT_OF_REACH = {
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
}

_TABLES = """
create table documents (id integer primary key, name text unique, bytes integer, mtime_ns integer, trouble text);
create table software (id integer primary key, body text unique);
create table runs (document integer primary key, run text, created text, machine text, cpu text, host text,
    made_of text, software integer);
create table series (id integer primary key, case_id text, name text, problem text, implementation text, size text,
    baseline text, unique (case_id, size, baseline));
create table points (series integer, machine text, document integer, outcome text, seconds real, log_ratio real,
    primary key (series, machine, document)) without rowid;
create index points_of_document on points (document);
create table analyses (series integer, machine text, body text,
    primary key (series, machine)) without rowid;
"""

_OUTCOMES = {one.value: one for one in Outcome}

T = TypeVar("T")


def consult(folder: Path, ask: "Callable[[Index], T]", say: Callable[[str], None]) -> T:
    """Return what `ask` gets from the index of a results folder, which is brought up to date before.

    Parameters
    ----------
    folder
        The results folder.
    ask
        Called with the index; a second time if that turns out to be damaged.
    say
        Called with each sentence that a user must know: documents left out, an index made anew.

    Raises
    ------
    ImplbenchError
        If there is no such folder.
    """
    if not folder.is_dir():
        raise ImplbenchError(f"{folder}: no such folder; measure a run into it by: implbench run backprop")
    path = folder / NAME
    try:
        return _asked(str(path), folder, ask, say)
    except (sqlite3.Error, ValueError, TypeError, KeyError) as error:  # a value in a sound file can be damaged, too
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF not in _OUT_OF_REACH:
            say(f"{path}: is damaged ({error}) and made anew")
            path.unlink(missing_ok=True)
            return _asked(str(path), folder, ask, say)
        say(f"{path}: cannot be used ({error}); the index is made in memory, for this time only")
    return _asked(":memory:", folder, ask, say)


def _asked(path: str, folder: Path, ask: "Callable[[Index], T]", say: Callable[[str], None]) -> T:
    # Thousands of runs are many objects and no cycles: the collector would look through them again and again.
    with collector_off(), closing(sqlite3.connect(path, timeout=_PATIENCE_S, isolation_level=None)) as database:
        # Derived data: after a crash of the machine it is made again, so no write need reach the disk at once.
        database.execute("pragma synchronous = off")
        database.execute("begin immediate")  # of two processes the second waits, and finds the work done
        index = Index(database)
        index.refresh(folder, say)
        found = ask(index)
        database.execute("commit")
        return found


class Index:
    """The points of all runs of a folder."""

    def __init__(self, database: sqlite3.Connection) -> None:
        """Take an open database, and make its tables where it has none of this version."""
        self._database = database
        self.added = 0
        """How many documents the last refresh read."""
        if database.execute("pragma user_version").fetchone()[0] != VERSION:
            tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
            for name in tables:
                database.execute(f'drop table "{name}"')
            for statement in _TABLES.split(";"):
                database.execute(statement)
            database.execute(f"pragma user_version = {VERSION}")

    def refresh(self, folder: Path, say: Callable[[str], None]) -> None:
        """Read the documents that are new or changed, forget those that are gone, and say what cannot be read."""
        found, journals, others = _listed(folder)
        known = {
            name: ((size, mtime_ns), identity)
            for identity, name, size, mtime_ns in self._database.execute(
                "select id, name, bytes, mtime_ns from documents"
            )
        }
        for name, (state, identity) in known.items():
            if found.get(name) != state:
                self._forget(identity)
        new = sorted(name for name in found if name not in known or known[name][0] != found[name])
        if len(new) > _ANNOUNCED_FROM:
            say(f"{folder}: reading {len(new)} runs into the index, which takes some milliseconds each")
        for name in new:
            self._add(folder / name, found[name])
        self.added = len(new)
        for (trouble,) in self._database.execute(
            "select trouble from documents where trouble is not null order by name"
        ):
            say(f"left out: {trouble}")
        for name in others:
            say(f"left out: {folder / name}: is a link, no regular file, or of a name that is not UTF-8")
        if journals:
            counted = f"{len(journals)} journal{'s' if len(journals) > 1 else ''}"
            say(f"left out: {counted} of runs that go on or were killed: {', '.join(sorted(journals))}")

    def _forget(self, document: int) -> None:
        self._database.execute(
            "delete from analyses where (series, machine) in (select series, machine from points where document = ?)",
            (document,),
        )
        for table, column in (("points", "document"), ("runs", "document"), ("documents", "id")):
            self._database.execute(f"delete from {table} where {column} = ?", (document,))  # noqa: S608

    def _add(self, path: Path, state: tuple[int, int]) -> None:
        """Read one document; one that cannot be read is remembered with the reason."""
        insert = "insert into documents (name, bytes, mtime_ns, trouble) values (?, ?, ?, ?)"
        try:
            origin, found = points.read(path)
        except ImplbenchError as error:
            self._database.execute(insert, (path.name, *state, str(error)))
            return
        document = self._database.execute(insert, (path.name, *state, None)).lastrowid
        software = self._identity("software", body=json.dumps(dict(origin.software), sort_keys=True))
        self._database.execute(
            "insert into runs values (?, ?, ?, ?, ?, ?, ?, ?)",
            (document, origin.run, origin.created, origin.machine, origin.cpu, origin.host, origin.commit, software),
        )
        for one in found:
            case = one.case
            identity = self._identity(
                "series",
                case_id=case.id,
                name=case.name,
                problem=case.problem,
                implementation=case.implementation,
                size=str(case.size),
                baseline=one.baseline or "",
            )
            self._database.execute(
                "insert or replace into points values (?, ?, ?, ?, ?, ?)",
                (identity, origin.machine, document, one.outcome.value, one.seconds, one.log_ratio),
            )
            self._database.execute("delete from analyses where series = ? and machine = ?", (identity, origin.machine))

    def _identity(self, table: str, **row: str) -> int:
        """Return the id of a row, which is made if it is not there; names of tables and columns are our own."""
        where = " and ".join(f"{column} = ?" for column in row)
        columns, marks = ", ".join(row), ", ".join("?" * len(row))
        found = self._database.execute(f"select id from {table} where {where}", (*row.values(),)).fetchone()  # noqa: S608
        if found is None:
            statement = f"insert into {table} ({columns}) values ({marks}) returning id"  # noqa: S608
            found = self._database.execute(statement, (*row.values(),)).fetchone()
        return int(found[0])

    def stored(self) -> tuple[Stored, ...]:
        """Return all runs, newest first."""
        rows = self._database.execute(
            "select name, bytes, mtime_ns, run, created, machine, cpu, made_of from runs join documents"
            " on runs.document = documents.id order by created desc, name desc"
        )
        names = ("document", "bytes", "mtime_ns", "run", "created", "machine", "cpu", "commit")
        return tuple(Stored(**dict(zip(names, row, strict=True))) for row in rows)

    def series(self) -> tuple[Series, ...]:
        """Return all series that have a run, by problem and case."""
        rows = self._database.execute(
            "select id, case_id, name, problem, implementation, size, baseline from series"
            " where exists (select 1 from points where series = id) order by problem, case_id, id"
        )
        names = ("id", "case_id", "name", "problem", "implementation", "size")
        return tuple(Series(**dict(zip(names, row, strict=False)), baseline=row[6] or None) for row in rows)

    def machines(self) -> tuple[Machine, ...]:
        """Return the machines, that with most runs first."""
        rows = self._database.execute(
            "select machine, max(cpu), max(host), count(*) from runs group by machine order by count(*) desc, machine"
        )
        return tuple(Machine(fingerprint=name, cpu=cpu, host=host, runs=runs) for name, cpu, host, runs in rows)

    def entries(self, series: Series, machine: str) -> tuple[IndexedPoint, ...]:
        """Return the runs of a series on one machine, oldest first."""
        rows = self._database.execute(
            "select run, created, made_of, software, outcome, seconds, log_ratio from points join runs using (document)"
            " where series = ? and points.machine = ? order by created, run",
            (series.id, machine),
        )
        return tuple(
            IndexedPoint(
                run=run, created=created, commit=commit, software=software,
                outcome=_OUTCOMES[outcome], seconds=seconds, log_ratio=log_ratio,
            )
            for run, created, commit, software, outcome, seconds, log_ratio in rows
        )  # fmt: skip

    def software(self, identity: int) -> Mapping[str, str]:
        """Return distribution -> version."""
        (body,) = self._database.execute("select body from software where id = ?", (identity,)).fetchone()
        return dict(json.loads(body))

    def remembered(self, series: Series, machine: str) -> str | None:
        """Return what was remembered of a series that has not changed since."""
        found = self._database.execute(
            "select body from analyses where series = ? and machine = ?", (series.id, machine)
        ).fetchone()
        return None if found is None else str(found[0])

    def remember(self, series: Series, machine: str, body: str) -> None:
        """Keep a text until the series changes."""
        self._database.execute("insert or replace into analyses values (?, ?, ?)", (series.id, machine, body))


def _listed(folder: Path) -> tuple[dict[str, tuple[int, int]], list[str], list[str]]:
    """Return name -> size and time of change of the documents, the journals' names, and those of what is neither."""
    found, journals, others = {}, [], []
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.endswith((JOURNAL, DOCUMENT)):
                continue
            if not entry.is_file(follow_symlinks=False) or speakable(entry.name) != entry.name:
                others.append(entry.name)
            elif entry.name.endswith(JOURNAL):
                journals.append(entry.name)
            else:
                status = entry.stat()
                found[entry.name] = (status.st_size, status.st_mtime_ns)
    return found, journals, sorted(others)
