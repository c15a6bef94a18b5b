"""Which files outside its folders the code of a side makes."""

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]

#: Has what the module of a side does seen; what was there before is older than a clock's step.
WATCHED = """
import sys, time
from pathlib import Path
from bench.worker.outside import Outside
time.sleep(0.1)
outside = Outside(Path("tree").absolute())
sys.path[:0] = ["tree", "installed"]
import mine
print(*(file.name for file in outside.made()))
"""


@pytest.fixture
def seen(tmp_path):
    """Return a function that says which files are seen to be made by the text of a module."""

    def done(text, installed=""):
        for place, name, code in (("tree", "mine", text), ("installed", "library", installed)):
            (tmp_path / place).mkdir()
            (tmp_path / place / f"{name}.py").write_text(f"import os, sys\nfrom pathlib import Path\n{code}\n")
        (tmp_path / "data.json").write_text("{}")
        command, environment = [sys.executable, "-c", WATCHED], {"PYTHONPATH": str(CHECKOUT)}
        told = subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True)
        return told.stdout.split()

    return done


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Path('plan.json').write_text('{}')", ["plan.json"]),
        ("import library; library.save('plan.json')", ["plan.json"]),
        ("Path('part').write_text('{}'); os.replace('part', 'plan.json')", ["plan.json"]),
        ("import sqlite3; sqlite3.connect('plan.db').execute('create table t (a)')", ["plan.db"]),
        ("Path('data.json').read_text()", []),
        ("Path('plan.json').write_text('{}'); Path('plan.json').unlink()", []),
        ("Path('lock').touch()", []),
        ("open('log', 'a').write('so far')", []),
        ("Path(__file__).with_name('plan.json').write_text('{}')", []),
        ("Path('.').joinpath('tree/plan.json').write_text('{}')", []),
    ],
)
def test_what_is_made_outside_and_stays_is_seen_however_it_is_made(seen, text, found):
    assert seen(text, "def save(name): Path(name).write_text('{}')") == found


def test_generated_code_is_seen(seen):
    generate = "Path('made.py').write_text('x = 1'); sys.path.insert(0, '.'); import made"
    assert "made.py" in seen(generate)


def test_what_a_library_makes_while_it_is_imported_is_its_own_matter(seen):
    assert seen("import library", "Path('fonts.json').write_text('{}')") == []


#: Writes a file as inputs are made.
INPUTS = """
from types import SimpleNamespace as Made
from bench.worker import originals
originals.problem_functions = lambda spec: Made(inputs=lambda *given: Path("x.csv").write_text("1"))
originals.made(Made(case=Made(size=Made(values={}), dtype="")), "", 1)
"""


def test_files_that_are_inputs_are_those_of_both_sides(seen):
    assert seen(INPUTS) == []
