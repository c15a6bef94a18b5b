"""Text in Markdown."""

import pytest

from bench.report.markdown import escaped


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a_name within", "a_name within"),
        ("_emphasis_ *too*", r"\_emphasis\_ \*too\*"),
        ("`code_here` and ` alone", "`code_here` and &#96; alone"),
        ("`a|b` | c", r"`a\|b` \| c"),
        ("[24.0, 24.5]", "[24.0, 24.5]"),
        ("[x](y) [x][y] [x]: y", r"[x\](y) [x\][y] [x\]: y"),
        ("<b> & $x$ ~s~ \\", r"&lt;b&gt; &amp; \$x\$ \~s\~ \\"),
    ],
)
def test_markdown_shows_text_as_it_is(text, shown):
    assert escaped(text) == shown
