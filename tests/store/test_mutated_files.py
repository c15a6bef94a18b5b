"""Documents and journals of which something was changed at random: read, or refused in one sentence; nothing else."""

import copy
import json
import random

import pytest

from bench.analyse.analysis import Analysis
from bench.errors import ImplbenchError
from bench.report import sections
from bench.store import documents, points
from tests.builders import journal_of, make_run

pytestmark = [pytest.mark.slow, pytest.mark.faults]

#: What is put in the place of a value, mostly one of its own type.
ODD = (
    *(None, True, -1, 0, 1, 2**63 - 1, 2**63, 10**30, 1e308, -1e308, 5e-324, -0.0),
    *("", "x", "\0", "\u202e", "9" * 50, [], {}, [[]], {"a": None}),
)


def places(tree, at=()):
    """Yield the way to each value in a tree of JSON."""
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield (*at, key)
        yield from places(value, (*at, key))


def change(tree, at, dice):
    """Put something else in one place of a tree."""
    *way, last = at
    for key in way:
        tree = tree[key]
    likely = [odd for odd in ODD if type(odd) is type(tree[last])] or ODD
    match dice.randrange(10):
        case 0:
            del tree[last]
        case 1 if isinstance(tree, list):
            tree.append(copy.deepcopy(tree[last]))
        case _:
            tree[last] = copy.deepcopy(dice.choice(likely if dice.random() < 0.8 else ODD))


def used(path):
    """Do with a file what commands do; return whether it was taken for a run."""
    try:
        run = documents.read(path)
    except ImplbenchError:
        return False
    points.read(path)
    if run.rounds:
        sections.brief(Analysis(run))
    return True


def test_a_document_with_a_value_changed_is_read_or_refused(tmp_path):
    dice = random.Random(15)
    tree = json.loads(journal_of(make_run(rounds=2, passes=2), tmp_path).close()[1].read_bytes())
    file, ways, taken = tmp_path / "changed.json", list(places(tree)), 0
    for _ in range(2000):
        changed = copy.deepcopy(tree)
        change(changed, dice.choice(ways), dice)
        file.write_text(json.dumps(changed))
        taken += used(file)
    assert 100 < taken < 1900


@pytest.mark.parametrize("kind", [documents.DOCUMENT, documents.JOURNAL])
def test_a_file_with_bytes_changed_or_cut_off_is_read_or_refused(tmp_path, kind):
    dice = random.Random(16)
    begun = journal_of(make_run(rounds=2, passes=2), tmp_path)
    data = begun.path.read_bytes() if kind == documents.JOURNAL else begun.close()[1].read_bytes()
    begun._file.close()
    file = tmp_path / f"changed{kind}"
    for _ in range(1000):
        changed = bytearray(data[: dice.choice([len(data), dice.randrange(len(data))])])
        for _ in range(dice.randrange(4)):
            changed[dice.randrange(len(changed))] = dice.randrange(256)
        file.write_bytes(changed)
        used(file)
