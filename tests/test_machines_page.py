"""docs/machines.md: its examples for other systems are short, and what they type of implbench can be typed."""

import re
import shlex

import pytest

from bench.cli import parser
from tests import documented
from tests.test_docs import CHECKOUT

PAGE = (CHECKOUT / "docs" / "machines.md").read_text()
EXAMPLES = [block for block in documented.blocks(PAGE) if block.language in ("yaml", "bash")]


def test_there_is_a_matrix_an_array_and_a_cluster():
    assert len(EXAMPLES) == 3


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda block: f"line {block.line}")
def test_an_example_is_short_and_its_commands_are_commands(example):
    assert len(example.text.splitlines()) < 20
    text = re.sub(r"\\\n\s*", "", example.text)
    filled = re.sub(r"\$\{\{ matrix\.part \}\}|\$SLURM_ARRAY_TASK_ID", "1", text)
    commands = re.findall(r"(?:^|run: )(implbench .*)$", filled, re.MULTILINE)
    assert commands
    for command in commands:
        _program, first, *others = shlex.split(command)
        assert parser.parser().parse_args([first, *others]).command == first
