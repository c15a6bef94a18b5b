"""What README and docs/ show is so: the tutorial prints what it shows, and every other command was typed.

The commands of a page are typed one after the other, in one folder: later ones need what earlier ones made.
"""

import re
import shlex
import shutil
from pathlib import Path

import documented
import pytest
from versions import commit, git

from bench import arguments
from bench.machine import allowed_cpus

CHECKOUT = Path(__file__).parent.parent
PAGES = (CHECKOUT / "README.md", CHECKOUT / "CONTRIBUTING.md", *sorted((CHECKOUT / "docs").glob("*.md")))
TUTORIAL = CHECKOUT / "docs" / "tutorial.md"

#: Beginning of an implbench command that measures -> options that are put behind it here, so that it takes a second or
#: two and not minutes. Each of them is typed once, wherever else it is shown.
REDUCED = {
    "run backprop --sweep": "--sweep m=10..20 --impl vectorized --budget 2",
    "run backprop": "--set m=50 --impl vectorized --rounds 1 --budget 1",
    "run matmul": "--size S --impl dot --rounds 1 --budget 1",
    "run": "--size S --rounds 1 --budget 1",
    "check backprop": "--set m=50",
    "explain": "--set m=50 --rounds 1 --budget 1",
    "roofline": "--set m=50 --impl vectorized --rounds 1 --budget 1",
    "calibrate backprop": "--set m=50 --impl vectorized --budget 2",
    "calibrate matmul": "--size S --impl dot --layout CC --budget 2",
    "compare": "--size S --budget 2",
}

#: What a command may end with; 0 where it is not named. Whether something is decided in so few rounds, nobody knows.
ENDS = {"compare": (0, 3), "calibrate": (0, 3), "run": (0, 3)}

#: Beginning of a command that cannot be typed here -> why, and where it is.
NOT_TYPED = {
    "python3 -m venv": "it installs from a package index; .ci/run and .ci/tutorial.py type it",
    "asv": "needs asv; tests/formats/test_format_asv.py, in the environment interop",
    "python -m pyperf": "needs pyperf; tests/formats/test_format_pyperf.py, in the environment interop",
    "OTAVA_CONFIG=": "needs Otava; tests/formats/test_format_others.py, in the environment interop",
    "python .ci/change_points_table.py": "takes hours; tests/test_change_points.py has smaller simulations",
}


def typed():
    """Return page and command for all commands that the pages but the tutorial show, without their comments."""
    found, measuring = [], set()
    for page in PAGES:
        blocks = documented.blocks(page.read_text()) if page != TUTORIAL else []
        for command in (line for block in blocks if block.language == "sh" for line in block.commands):
            bare = re.sub(r"\s+# .*", "", command)
            if bare not in measuring:
                found.append((page.name, bare))
            if reduced(bare):
                measuring.add(bare)
    return found


def reduced(command):
    """Return the options that are put behind a command."""
    asked = command.removeprefix("implbench ")
    return next((extra for beginning, extra in REDUCED.items() if asked.startswith(beginning)), "")


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
    return documented.Reader(empty, documented.launchers(tools, CHECKOUT))


def test_the_tutorial_is_true_to_the_letter(reader):
    typed = list(reader.follow(TUTORIAL.read_text()))
    assert {"check", "run", "explain", "report"} <= {command.split()[1] for command in typed}


@pytest.fixture(scope="module")
def readers(tmp_path_factory):
    """Return page -> somebody who reads it, made when it is asked for."""

    class Readers(dict):
        def __missing__(self, page):
            return self.setdefault(page, project(tmp_path_factory.mktemp("project")))

    return Readers()


def project(place):
    """Return somebody in a repository with two versions of a problem, and with the committed runs."""
    made = _reader(place)
    folder = made.folder
    shutil.copytree(CHECKOUT / "bench" / "templates", folder / "rows", ignore=shutil.ignore_patterns("__pycache__"))
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
    shutil.copytree(CHECKOUT / "results" / "baseline", folder / "results")
    return made


@pytest.mark.parametrize(("shown_in", "command"), typed())
def test_every_command_shown_was_typed(readers, shown_in, command):
    for beginning, why in NOT_TYPED.items():
        if command.startswith(beginning):
            pytest.skip(why)
    if "--threads 1,2" in command and len(allowed_cpus()) < 2:
        pytest.skip("needs two CPUs")
    readers[shown_in].type(command, ENDS.get(" ".join(command.split()[1:2]), (0,)), extra=reduced(command))


def test_no_exception_is_left_over():
    commands = {command for _page, command in typed()}
    for beginning in (*NOT_TYPED, *(f"implbench {beginning}" for beginning in REDUCED)):
        assert any(command.startswith(beginning) for command in commands), beginning


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_every_command_within_a_sentence_is_one_that_there_is(file):
    for text in re.findall(r"(?<!`)`(implbench [^`]+|python \.ci/[^`]+)`(?!`)", file.read_text()):
        program, first, *others = shlex.split(text)
        if program == "python":
            assert (CHECKOUT / first).exists()
        elif others:
            assert arguments.parser().parse_args([first, *others]).command == first
        else:
            assert f" {first} " in arguments.parser().format_help()


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
