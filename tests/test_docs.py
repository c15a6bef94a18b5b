"""What README and docs/ show is so: the tutorial prints what it shows, and every other command was typed.

The commands of a page are typed one after the other, in one folder: later ones need what earlier ones made. They
measure on a simulated machine, so that each is typed as it is shown.
"""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from bench.cli import parser
from bench.store.worker_records import Counts, Peak
from tests import documented, noise
from tests.explained import COSTS, passes, products
from tests.repositories import commit, git
from tests.simulated import Simulation
from tests.simulated_reader import SimulatedReader
from tests.truth import Truth, written

CHECKOUT = Path(__file__).parent.parent
PAGES = (CHECKOUT / "README.md", CHECKOUT / "CONTRIBUTING.md", *sorted((CHECKOUT / "docs").glob("*.md")))
TUTORIAL = CHECKOUT / "docs" / "tutorial.md"

#: Beginning of a command that cannot be typed here -> why, and where it is.
NOT_TYPED = {
    "python3 -m venv": "it installs from a package index; .ci/run and .ci/tutorial.py type it",
    "implbench run backprop --env": "it makes environments; tests/versions/environments/test_real_environments.py",
    "implbench run backprop --python": "likewise",
    "implbench env remove": "it removes what is there; tests/versions/environments/test_cache.py types it",
    "implbench compare main --build": "it builds; tests/versions/environments/test_real_environments.py does so",
    "implbench explain backprop --memray": "needs memray; tests/cli/commands/test_explain_memray.py",
    "implbench explain rows.py --memray": "likewise",
    "asv": "needs asv; tests/formats/test_asv.py, in the environment interop",
    "python -m pyperf": "needs pyperf; tests/formats/test_pyperf.py, in the environment interop",
    "OTAVA_CONFIG=": "needs Otava; tests/formats/test_others.py, in the environment interop",
    "python -m tests.exploits": "measures some fifty cheats; tests/exploits, in the environment exploits",
    "python propose.py": "tests/test_judge_page.py runs it on a simulated machine",
    "python .ci/draw_features.py": "trains for minutes; tests/impls/test_training.py trains on few samples",
    "python .ci/change_points_table.py": "takes hours; tests/stats/test_change_points.py has smaller simulations",
}


#: Commands that no later command of a page needs: each is typed once, wherever else it is shown.
ONCE = ("run", "compare", "bisect", "calibrate", "explain", "roofline", "index", "history", "doctor")


def typed():
    """Return page and command for all commands that the pages but the tutorial show, without their comments."""
    found, known = [], set()
    for page in PAGES:
        blocks = documented.blocks(page.read_text()) if page != TUTORIAL else []
        for command in (line for block in blocks if block.language == "sh" for line in block.commands):
            bare = re.sub(r"\s+# .*", "", command)
            where = None if bare.startswith(tuple(f"implbench {name}" for name in ONCE)) else page.name
            if (where, bare) not in known:
                found.append((page.name, bare))
            known.add((where, bare))
    return found


@pytest.fixture
def reader(tmp_path):
    """Return somebody in an empty folder outside the checkout."""
    made = _reader(tmp_path)
    yield made
    made.close()


def _reader(folder):
    empty, tools = folder / "empty", folder / "tools"
    empty.mkdir()
    tools.mkdir()
    shorter = {documented.EXTRA: "--budget 1"}  # for what goes on until it is interrupted, with real workers
    environment = documented.launchers(tools, CHECKOUT, "tests.simulated_plugin")
    return SimulatedReader(empty, environment | shorter)


COUNTS = Counts(allocations=2, allocated_bytes=500_000, peak_bytes=2000, python_calls=1, c_calls=4000)

#: What is true of the implementations of the tutorial.
NEAREST = {
    "loop": Truth(
        seconds=2.1e-3,
        counts=COUNTS,
        calls=(passes(4000, moved=1_000_000, ns=1_400_000), replace(passes(4000, moved=0), kind="index")),
        costs=COSTS,
    ),
    "vectorised": Truth(
        seconds=2.6e-4,
        faults=218,
        counts=replace(COUNTS, allocated_bytes=1_040_000, peak_bytes=1_040_000),
        calls=(passes(3, moved=1_500_000, ns=80_000), products(1, flops=1e5, ns=10_000)),
        costs=COSTS,
    ),
    "blocked": Truth(seconds=1e-4),
    "gram": Truth(seconds=2e-5),
}


def nearest(arm, source, index):
    return NEAREST[arm.case.implementation]


@pytest.mark.slow
@pytest.mark.usefixtures("undrawn")
def test_the_tutorial_is_true_to_the_letter(reader, simulated):
    """On a simulated machine, but for what is right and wrong, and for the watch; .ci/tutorial.py measures the rest."""
    simulated(truth=nearest, noise=noise.QUIET, kernel="SkylakeX")
    file = reader.folder / "nearest.py"
    reader.real = lambda words: words[0] == "check" and "def gram" in file.read_text()
    typed = list(reader.follow(TUTORIAL.read_text()))
    assert {"check", "run", "explain", "report"} <= {command.split()[1] for command in typed}


@pytest.fixture(scope="module")
def readers(tmp_path_factory):
    """Return page -> somebody who reads it, made when it is asked for."""

    class Readers(dict):
        def __missing__(self, page):
            made = self.setdefault(page, project(tmp_path_factory.mktemp("project")))
            text = next(file for file in PAGES if file.name == page).read_text()
            for block in documented.blocks(text):
                if "file" in block.marks:
                    file = made.folder / block.marks["file"]
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_text(block.text)
            return made

    return Readers()


def project(place):
    """Return somebody in a repository with two versions of a problem, and with the committed run of backprop."""
    made = _reader(place)
    folder = made.folder
    shutil.copytree(
        CHECKOUT / "bench" / "templates" / "folder", folder / "rows", ignore=shutil.ignore_patterns("__pycache__")
    )
    (folder / ".gitignore").write_text("/old/\n/new/\n/results/\n/reports/\n")
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, "first")
    git(folder, "tag", "v1.2")
    shutil.copytree(folder / "rows", folder / "old" / "rows")
    vectorised = folder / "rows" / "vectorised.py"
    vectorised.write_text(vectorised.read_text().replace("(x * x)", "(x**2)"))
    shutil.copytree(folder / "rows", folder / "new" / "rows")
    commit(folder, "second")
    git(folder, "tag", "v1.3")
    vectorised.write_text(vectorised.read_text().replace("(x**2)", "(x * x)"))
    (folder / "results").mkdir()
    for run in (CHECKOUT / "results" / "baseline").glob("*-backprop-*.json"):
        shutil.copy(run, folder / "results")
    return made


def shown(arm, source, index):
    """Return what an implementation says of itself, and some memory; a candidate that a page shows is faster."""
    said = replace(written(arm, source, index), peak=Peak(resident_bytes=8_000_000))
    return replace(said, seconds=said.seconds / 2) if source.implementation.apart else said


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(("shown_in", "command"), typed())
def test_every_command_shown_was_typed(readers, monkeypatch, shown_in, command):
    for beginning, why in NOT_TYPED.items():
        if command.startswith(beginning):
            pytest.skip(why)
    Simulation(noise=noise.QUIET, truth=shown).everywhere(monkeypatch)
    readers[shown_in].type(command)


def test_no_exception_is_left_over():
    commands = {command for _page, command in typed()}
    for beginning in NOT_TYPED:
        assert any(command.startswith(beginning) for command in commands), beginning


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_every_command_within_a_sentence_is_one_that_there_is(file):
    for text in re.findall(r"(?<!`)`(implbench [^`]+|python \.ci/[^`]+)`(?!`)", file.read_text()):
        program, first, *others = shlex.split(text)
        if program == "python":
            assert (CHECKOUT / first).exists()
        elif others:
            assert parser.parser().parse_args([first, *others]).command == first
        else:
            assert f" {first} " in parser.parser().format_help()


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_every_file_that_is_linked_exists(file):
    text = re.sub(r"```.*?```|`[^`\n]*`", "", file.read_text(), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)]+)\)", text):
        name, _, anchor = target.partition("#")
        if "://" not in name:
            linked = file.parent / name if name else file
            assert linked.exists(), target
            assert not anchor or anchor in anchors(linked), target


def anchors(page):
    """Return the anchors that a git host gives the headings of a page."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_page_is_in_the_index():
    index = (CHECKOUT / "docs" / "index.md").read_text()
    for page in (CHECKOUT / "docs").glob("*.md"):
        assert page.stem == "index" or f"]({page.name})" in index
        assert page.stem == "index" or f"\n{page.stem}\n" in index


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("`a` takes 3.1 ms", "`a` takes 0.27 us", True),
        ("`a` is 8.30 times [8.13, 8.49] as fast", "so `a` is\n12 times [11, 1,300.5] as fast as", True),
        ("`a` is faster", "`a` is slower", False),
        ("one\n...\nthree", "one\ntwo\nthree", True),
        ("one\n...\nthree", "three\ntwo\none", False),
        ("float64-1t", "float32-1t", False),
        ("(OpenBLAS SkylakeX kernel, 6 rounds)", "(OpenBLAS Haswell kernel, 12 rounds)", True),
        (
            "written: results/20261123T182003Z-rows-c4291a2f.json",
            "written: results/20270101T000000Z-rows-0.json",
            False,
        ),
        (
            "written: results/20261123T182003Z-rows-c4291a2f.json",
            "written: results/20270101T000000Z-rows-aaaaaaaa.json",
            True,
        ),
    ],
)
def test_an_output_is_alike_if_only_its_numbers_differ(shown, printed, same):
    assert documented.alike(shown, printed) is same


@pytest.mark.parametrize(
    "text",
    [
        "```sh\nfalse\n```",
        "<!-- exit: 4 -->\n```sh\ntrue\n```",
        "```sh\necho one\n```\n```text\ntwo\n```",
        "<!-- until: ready -->\n```sh\necho steady\n```",
        "<!-- file: missing/one.py -->\n```python\n```",
    ],
)
def test_a_page_that_is_not_true_is_found_out(reader, text):
    with pytest.raises(AssertionError):
        list(reader.follow(text))
