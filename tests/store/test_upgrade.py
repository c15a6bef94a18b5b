"""Documents of older schemas: those that are committed are read, and hold what they held."""

import json
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from bench.errors import ImplbenchError
from bench.store import documents, upgrade
from bench.store.records import SCHEMA, Role

COMMITTED = sorted((Path(__file__).parents[1] / "data" / "schema_1").glob("*.json"))

#: How schema 1 said the role of an arm: (baseline, again).
ROLES_OF_1 = {(False, False): Role.CASE, (True, False): Role.BASELINE, (True, True): Role.AGAIN}


def assert_holds(found, written, where="$"):
    """Assert that all that is written is found, but for what schema 2 says otherwise; more may be found."""
    if isinstance(written, dict):
        for key in written.keys() - {"schema", "baseline", "again"}:
            assert_holds(found[key], written[key], f"{where}.{key}")
    elif isinstance(written, list):
        assert len(found) == len(written), where
        for place, (one, other) in enumerate(zip(found, written, strict=True)):
            assert_holds(one, other, f"{where}[{place}]")
    else:
        assert found == written, where


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_a_committed_document_is_read_and_holds_what_it_held(path):
    written, found = json.loads(path.read_bytes()), documents.read(path)
    assert (written["schema"], found.schema) == (1, SCHEMA)
    assert_holds(msgspec.to_builtins(found), written)
    assert [arm.role for arm in found.arms] == [ROLES_OF_1[arm["baseline"], arm["again"]] for arm in written["arms"]]
    assert Counter(arm.role for arm in found.arms)[Role.AGAIN] == 1
    assert {limit.arm.role for limit in found.limits} <= {Role.LIMIT}
    assert len(found.limits) == len(written.get("limits", []))


def test_a_committed_document_has_limits_too():
    assert any(documents.read(path).limits for path in COMMITTED)


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_a_journal_of_schema_1_is_read(path, tmp_path):
    written = json.loads(path.read_bytes())
    rounds = written.pop("rounds")
    journal = tmp_path / f"killed{documents.JOURNAL}"
    journal.write_text("".join(json.dumps(line) + "\n" for line in (written, *rounds)))
    found, whole = documents.read(journal), documents.read(path)
    assert (found.arms, found.limits, found.rounds) == (whole.arms, whole.limits, whole.rounds)
    assert found.interrupted


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_what_was_read_is_written_as_a_document_of_today(path, tmp_path):
    found = documents.read(path)
    copy = tmp_path / "copy.json"
    copy.write_bytes(msgspec.json.encode(found))
    assert documents.read(copy) == found
    assert not {"baseline", "again"} & json.loads(copy.read_bytes())["arms"][0].keys()


@pytest.mark.parametrize(
    ("arms", "told"),
    [
        ("7", r"Expected `array`, got `int` - at `\$\.arms`"),
        ("[{}]", r"missing required field `name` - at `\$\.arms\[0\]`"),
        ("[7]", r"Expected `object`, got `int` - at `\$\.arms\[0\]`"),
    ],
)
def test_arms_that_are_none_are_told(tmp_path, arms, told):
    path = tmp_path / "damaged.json"
    path.write_text(f'{{"schema":1,"arms":{arms}}}')
    with pytest.raises(ImplbenchError, match=told):
        documents.read(path)


def test_an_arm_of_schema_1_that_was_not_measured_again_need_not_say_so():
    arm = '{"name":"a","case":{},"title":"","baseline":true}'
    (made,) = json.loads(upgrade.from_1(f'{{"schema":1,"arms":[{arm}]}}'.encode()))["arms"]
    assert made == {"name": "a", "case": {}, "title": "", "role": "baseline"}
