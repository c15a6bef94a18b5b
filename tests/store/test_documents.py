"""The only reader and writer of results/."""

import os

import msgspec
import pytest
from msgspec.structs import replace

from bench.errors import ImplbenchError
from bench.store import documents
from bench.store.profile_records import Profiled
from tests.builders import journal_of, make_run


@pytest.fixture
def run():
    return make_run(rounds=3)


def test_a_document_comes_back_as_it_was_written_and_the_journal_is_gone(tmp_path, run):
    written, path = journal_of(run, tmp_path).close()
    assert documents.read(path) == written
    assert written.rounds == run.rounds
    assert list(tmp_path.iterdir()) == [path]
    assert path.stem == written.id


def test_a_document_from_before_sources_were_kept_is_read_and_has_none(tmp_path, run):
    written, path = journal_of(replace(run, sources={"a": {"a.py": "1\n"}}), tmp_path).close()
    assert documents.read(path) == written
    lines = path.read_bytes().splitlines()
    assert lines[-2].startswith(b'"sources":')
    path.write_bytes(b"\n".join([*lines[:-3], lines[-3].rstrip(b","), lines[-1]]))
    assert documents.read(path) == replace(written, sources={})


def test_a_document_from_before_functions_were_told_is_read_and_has_none(tmp_path, run):
    functions = (Profiled(name="pairs", file="rows.py", calls=100.0, own_ns=5000),)
    workers = tuple(replace(one, functions=functions) for one in run.rounds[0].workers)
    first = replace(run.rounds[0], workers=workers)
    written, path = journal_of(replace(run, rounds=(first, *run.rounds[1:])), tmp_path).close()
    assert documents.read(path) == written
    known = msgspec.json.encode(functions)
    assert known in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(b'"functions":' + known + b",", b"").replace(b'"functions":null,', b""))
    assert documents.read(path) == replace(written, rounds=run.rounds)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda data: data[:-100], "truncated"),
        (lambda data: data.replace(b'"index":1', b'"index":"1"'), r"Expected `int`, got `str` - at `\$\.rounds"),
        (lambda data: data.replace(b'"margin":0.03', b'"margin":NaN'), "malformed"),
        (lambda data: data.replace(b'"schema":2', b'"schema":7'), "schema 7"),
        (lambda data: b"\xff\xfe", "malformed|invalid"),
        (lambda data: data.replace(b'"created":"', b'"created":"\xff'), "can't decode byte 0xff"),
        (
            lambda data: data.replace(b'"environment":{', b'"environment":{"a":' + b"[" * 9**6),
            "nested too deeply|malformed",
        ),
    ],
)
def test_a_damaged_document_is_named_with_what_is_wrong(tmp_path, run, change, told):
    _, path = journal_of(run, tmp_path).close()
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(ImplbenchError, match=told) as caught:
        documents.read(path)
    assert str(path) in str(caught.value)


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    target = tmp_path / "a.json"
    target.write_text("before")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(documents.os, "fsync", full)
    with pytest.raises(ImplbenchError, match="No space left on device"):
        documents.write_atomically(target, b"after")
    assert [file.name for file in tmp_path.iterdir()] == ["a.json"]
    assert target.read_text() == "before"


def test_a_folder_that_is_a_file_is_no_results_folder(tmp_path):
    (tmp_path / "results").write_text("")
    with pytest.raises(ImplbenchError, match="cannot be written"):
        documents.require_writable(tmp_path / "results")


def test_a_run_is_found_by_path_by_the_beginning_of_its_id_and_as_the_latest(tmp_path):
    for name in ("20260101T000000Z-a-1", "20260102T000000Z-a-2", "20260102T000001Z-a-3"):
        (tmp_path / f"{name}.json").write_text("{}")
    assert documents.find(tmp_path, None).name == "20260102T000001Z-a-3.json"
    assert documents.find(tmp_path, "20260101").name == "20260101T000000Z-a-1.json"
    assert documents.find(tmp_path, str(tmp_path / "20260101T000000Z-a-1.json")).is_file()
    with pytest.raises(ImplbenchError, match="begins 2 runs"):
        documents.find(tmp_path, "20260102")
    with pytest.raises(ImplbenchError, match="no run 'x'"):
        documents.find(tmp_path, "x")


def test_a_problem_or_its_file_names_its_latest_run(tmp_path, monkeypatch):
    for name in ("20260101T000000Z-my-rows-1a", "20260103T000000Z-my-rows-2b", "20260104T000000Z-rows-3c"):
        (tmp_path / f"{name}.json").touch()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my-rows.py").touch()
    for named in ("my-rows", "my-rows.py", "./my-rows.py", "elsewhere/my-rows"):
        assert documents.find(tmp_path, named).name == "20260103T000000Z-my-rows-2b.json"
    assert documents.find(tmp_path, "rows").name == "20260104T000000Z-rows-3c.json"


def test_a_document_is_plain_json_with_a_line_for_each_round(tmp_path, run):
    _, path = journal_of(run, tmp_path).close()
    assert len(msgspec.json.decode(path.read_bytes())["rounds"]) == 3
    assert sum(line.startswith(b'{"index"') for line in path.read_bytes().splitlines()) == 3


def test_names_that_are_not_utf_8_become_escapes_and_the_document_is_read_again(tmp_path, run):
    odd = os.fsdecode(b"p\xff")
    settings = replace(run.settings, command=("implbench", "run", odd))
    changed = replace(run, settings=settings, sources={"a": {odd: "1"}}, environment={odd: [odd, (odd,), {"x": odd}]})
    found = documents.read(journal_of(changed, tmp_path).close()[1])
    assert found.settings.command == ("implbench", "run", "p\\udcff")
    assert found.sources == {"a": {"p\\udcff": "1"}}
    assert found.environment == {"p\\udcff": ["p\\udcff", ["p\\udcff"], {"x": "p\\udcff"}]}


def test_what_is_a_link_or_no_file_is_no_run(tmp_path):
    (tmp_path / "a.json").write_text("{}")
    (tmp_path / "b.json").symlink_to(tmp_path / "a.json")
    os.mkfifo(tmp_path / "c.json")
    (tmp_path / "d.json").mkdir()
    assert [path.name for path in documents.documents(tmp_path)] == ["a.json"]
