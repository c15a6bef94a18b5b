"""The static site: what it lists, what it links to, what is made again and what is kept."""

import json
import os
import re
from html import unescape
from urllib.parse import unquote

import pytest
from msgspec.structs import replace

from bench.analyse.findings import findings
from bench.html import publishing
from bench.html import site as sites
from bench.report.sections import answer
from bench.store import documents
from tests.builders import Spec, make_run
from tests.histories import ELSEWHERE, HERE, machine, write

HOSTILE = "<img src=x onerror=alert(1)>"


def publish(results, output=None):
    told = []
    output = output or results.parent / "site"
    done = publishing.publish(results, output, tell=told.append, commits=lambda _found: {})
    return done, told


def page(site, name="index.html"):
    return (site / name).read_text(encoding="utf-8")


def rows(text, kind="runs"):
    """Return the cells' texts of the rows of a table."""
    (body,) = re.findall(rf'<table class="{kind}[^"]*">.*?<tbody>(.*?)</tbody>', text, re.DOTALL)
    cells = (
        re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    )
    return [[unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in row] for row in cells]


def links(text):
    return [unescape(one) for one in re.findall(r'href="([^"]*)"', text)]


@pytest.fixture(scope="module")
def several(tmp_path_factory):
    """Return the folder of results of two problems on two machines, and its site."""
    results = tmp_path_factory.mktemp("several") / "results"
    write(results, 3, environment=lambda at: machine(HERE if at else ELSEWHERE))
    write(results, 2, problem="matmul", first=3)
    publish(results)
    return results


@pytest.fixture
def few(tmp_path):
    results = tmp_path / "results"
    write(results, 2)
    return results


def test_runs_are_listed_newest_first_with_the_answer_that_each_gives(several):
    found = rows(page(several.parent / "site"))
    assert [row[0] for row in found] == [f"2026-01-01 0{hour}:00" for hour in (4, 3, 2, 1, 0)]
    assert [row[1] for row in found] == ["matmul", "matmul", "backprop", "backprop", "backprop"]
    for row, path in zip(found, sorted(several.glob("*.json"), reverse=True), strict=True):
        run = documents.read(path)
        said = answer.sentence(run, findings(run)[0])
        assert row[2].replace("`", "").replace("\N{NO-BREAK SPACE}", " ") == said.replace("`", "")
        assert row[4] == f"CPU {run.environment['fingerprint'][:2]} {run.environment['fingerprint']}"
        assert row[5] == "aaaaaaaa"


def test_every_link_is_relative_and_leads_to_a_file_or_a_part_that_is_there(several):
    site = several.parent / "site"
    pages = list(site.rglob("*.html"))
    assert len(pages) == 1 + 5 + 3
    for file in pages:
        text = file.read_text(encoding="utf-8")
        ids = set(re.findall(r'id="([^"]+)"', text))
        assert links(text)
        for link in links(text):
            target, _mark, part = link.partition("#")
            assert ":" not in target
            assert not target.startswith("/")
            assert (file.parent / unquote(target)).is_file() if target else part in ids


def test_no_page_names_anything_outside_itself_and_each_forbids_the_network(several):
    for file in (several.parent / "site").rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        assert "default-src &#39;none&#39;" in text.split("<title>")[0]
        assert not re.search(r"<(?:link|iframe|object|embed|img)\b|<script[^>]+src=|@import|url\(", text)


def test_each_problem_has_a_history_on_each_machine(several):
    text = page(several.parent / "site")
    assert [row[:4] for row in rows(text, "histories")] == [
        ["backprop", f"CPU 01 ({HERE})", "2", "3"],
        ["backprop", f"CPU ba ({ELSEWHERE})", "1", "3"],
        ["matmul", f"CPU 01 ({HERE})", "2", "3"],
    ]
    history = page(several.parent / "site", f"history/backprop-{HERE}.html")
    assert f"<title>History of backprop on CPU 01 ({HERE})</title>" in history
    assert 'href="../index.html"' in history


def test_changes_of_level_are_told_newest_first(tmp_path):
    write(tmp_path / "results", 30)
    done, _told = publish(tmp_path / "results")
    text = page(done.index.parent)
    assert rows(text, "histories")[0][4:] == ["2", "2026-01-01"]
    (changes,) = re.findall(r'<section id="changes".*?</section>', text, re.DOTALL)
    assert changes.count("20260101T150000Z-backprop") == 2
    data = re.search(r'id="data">(.*?)</script>', page(done.index.parent, f"history/backprop-{HERE}.html"))
    assert any(chart["rules"] for chart in json.loads(data[1])["charts"].values())


def test_what_is_there_already_is_not_made_again(few):
    first, _told = publish(few)
    site = few.parent / "site"
    before = {file: file.stat().st_mtime_ns for file in site.rglob("*") if file.is_file()}
    second, _told = publish(few)
    assert (first.made, second.made, second.runs) == (2, 0, 2)
    assert {file: file.stat().st_mtime_ns for file in before} == before
    write(few, 1, first=5)
    third, _told = publish(few)
    assert (third.made, third.runs) == (1, 3)
    assert len(rows(page(site))) == 3


@pytest.mark.parametrize("harm", ["document", "page", "note", "version"])
def test_a_page_is_made_again_where_the_run_the_page_the_note_or_the_version_changed(few, harm, monkeypatch):
    publish(few)
    (document, _other), folder = sorted(few.glob("*.json")), few.parent / "site"
    place = folder / document.stem
    if harm == "document":
        os.utime(document, ns=(1, 1))
    elif harm == "version":
        monkeypatch.setattr(publishing, "_made_by", lambda: "another version")
    else:
        (place / {"page": "report.html", "note": "page.json"}[harm]).unlink()
    done, _told = publish(few)
    assert done.made == (2 if harm == "version" else 1)
    assert (place / "report.html").is_file()


def test_a_note_that_cannot_be_read_is_written_anew(few):
    publish(few)
    note = few.parent / "site" / sorted(few.glob("*.json"))[0].stem / "page.json"
    good = note.read_bytes()
    note.write_bytes(good.replace(b'"listed"', b'"\xff"'))
    done, _told = publish(few)
    assert done.made == 1
    assert note.read_bytes() == good


def test_pages_of_runs_that_are_gone_are_removed_and_other_files_stay(few):
    publish(few)
    site = few.parent / "site"
    gone, kept = sorted(few.glob("*.json"))
    (site / "CNAME").write_text("example")
    (site / kept.stem / "own.txt").write_text("mine")
    gone.unlink()
    done, _told = publish(few)
    assert done.runs == 1
    assert not (site / gone.stem).exists()
    assert (site / "CNAME").read_text() == "example"
    kept.unlink()
    write(few, 1, first=9)
    publish(few)
    assert sorted(path.name for path in (site / kept.stem).iterdir()) == ["own.txt"]


def test_what_cannot_be_read_is_named_and_left_out(few):
    (few / "20260101T230000Z-broken.json").write_text('{"schema": 1')
    (few / "20260101T230000Z-backprop-1.journal.jsonl").write_text("")
    done, told = publish(few)
    assert done.runs == 2
    assert [sentence.split(": ")[0] for sentence in told] == ["left out", "left out"]
    assert "20260101T230000Z-broken.json: is no whole result" in told[0]
    (left,) = re.findall(r'<section id="left-out".*?</section>', page(done.index.parent), re.DOTALL)
    assert "20260101T230000Z-broken.json: is no whole result" in left
    assert str(few) not in left


def test_a_run_that_no_page_can_be_made_of_is_named_and_stops_no_other(few, monkeypatch):
    made = publishing.report_page

    def failing(analysis, **more):
        if analysis.run.id == "20260101T000000Z-backprop":
            raise ValueError("a number that is none")
        return made(analysis, **more)

    monkeypatch.setattr(publishing, "report_page", failing)
    done, told = publish(few)
    assert (done.runs, done.made) == (1, 1)
    assert [sentence.endswith("no page can be made of it (a number that is none)") for sentence in told] == [True]


def test_hostile_names_are_text(tmp_path):
    run = make_run(
        (Spec(name=HOSTILE, baseline=True), Spec(name="../../up", ms=0.5)),
        problem=HOSTILE,
        environment=machine(HOSTILE, commit=HOSTILE) | {"cpu": {"model": HOSTILE}},
    )
    document = tmp_path / "results" / "20260101T000000Z-a'b\"c.json"
    documents.write_atomically(document, documents.whole(replace(run, created=HOSTILE)))
    done, told = publish(tmp_path / "results")
    assert (done.runs, told) == (1, [])
    files = [file for file in done.index.parent.rglob("*") if file.is_file()]
    assert {file.relative_to(done.index.parent).parts[0] for file in files} <= {
        "index.html", "history", "20260101T000000Z-a-b-c",
    }  # fmt: skip
    for file in files:
        if file.suffix == ".html":
            assert "<img" not in file.read_text(encoding="utf-8")


def test_many_runs_are_listed_on_several_pages(several, monkeypatch, tmp_path):
    monkeypatch.setattr(sites, "_RUNS_A_PAGE", 2)
    publish(several, tmp_path)
    names = ["index.html", "runs-2.html", "runs-3.html"]
    assert [len(rows(page(tmp_path, name))) for name in names] == [2, 2, 1]
    found = [{link for link in links(page(tmp_path, name)) if link in names} for name in names]
    assert found == [{"runs-2.html"}, {"index.html", "runs-3.html"}, {"index.html", "runs-2.html"}]
    assert "2 of 3" in page(tmp_path, names[1])


def test_an_empty_folder_gives_a_list_without_runs(tmp_path):
    (tmp_path / "results").mkdir()
    done, told = publish(tmp_path / "results")
    assert (done.runs, told) == (0, [])
    assert "0 runs of 0 problems" in page(done.index.parent)


def test_two_histories_never_share_a_page(tmp_path):
    write(tmp_path / "results", 1, environment=lambda _at: machine("a b"))
    write(tmp_path / "results", 1, first=1, environment=lambda _at: machine("a/b"))
    done, _told = publish(tmp_path / "results")
    pages = [link for link in links(page(done.index.parent)) if link.startswith("history/")]
    assert sorted(pages) == ["history/backprop-a-b-1.html", "history/backprop-a-b.html"]


def test_a_run_that_was_decided_is_listed_by_who_is_the_fastest_and_by_how_much(tmp_path):
    for problem in ("backprop", "matmul"):
        run = replace(make_run(problem=problem), id=f"20261123T120000Z-{problem}-0123abcd")
        documents.write_atomically(tmp_path / "results" / f"{run.id}.json", documents.whole(run))
    publish(tmp_path / "results")
    text = page(tmp_path / "site")
    assert [row[2:4] for row in rows(text)] == [["row_major", "23.99x [23.97, 24.01]"]] * 2
    assert [row[4] for row in rows(text)] == ["row_major 24.0x, inplace 22.5x"] * 2  # to who cannot see the picture
    assert text.count('<circle cx="115.0" cy="9" r="3.2" class="fastest">') == 2
    assert [row[:2] for row in rows(text, "matrix")] == [
        ["row_major", "24.0x"], ["inplace", "22.5x"], ["loop_hoisted", "1.00x"],
    ]  # fmt: skip
