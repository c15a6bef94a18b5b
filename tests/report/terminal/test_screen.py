"""What is known of the stream that is written to."""

from io import StringIO

import pytest

from bench.report.terminal.screen import Screen, screen_in


class Terminal(StringIO):
    def __init__(self, encoding="utf-8"):
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self):
        return self._encoding

    def isatty(self):
        return True


def test_a_file_or_pipe_has_no_width_whatever_the_variables_say(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert screen_in(StringIO(), {"TERM": "xterm", "FORCE_COLOR": "1"}) == Screen()


@pytest.mark.parametrize(
    ("environment", "encoding", "colour", "blocks"),
    [
        ({"TERM": "xterm-256color"}, "utf-8", True, True),
        ({"TERM": "xterm"}, "UTF8", True, True),
        ({"TERM": "xterm"}, "iso-8859-1", True, False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, "utf-8", False, True),
        ({"TERM": "dumb"}, "utf-8", False, False),
        ({}, "utf-8", False, False),
    ],
)
def test_colours_and_blocks_need_a_terminal_that_shows_them(environment, encoding, colour, blocks, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    found = screen_in(Terminal(encoding), environment)
    assert found == Screen(width=120, colour=colour, blocks=blocks)
    assert not screen_in(Terminal(encoding), environment, colour=False).colour
