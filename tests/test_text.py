"""Text that may be anything, and headings."""

import pytest

from bench.text import headed, speakable


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Sums of squares.", "nbody: Sums of squares."),
        ("nbody", "nbody"),
        ("Nbody.", "nbody"),
        ("N body.", "n_body"),
        ("", "nbody"),
        ("nbody in two dimensions", "nbody: nbody in two dimensions"),
    ],
)
def test_a_title_that_is_but_the_name_is_not_repeated(title, shown):
    assert headed(shown.partition(":")[0], title) == shown


def test_what_is_no_character_is_escaped():
    assert speakable("a\udcff") == "a\\udcff"
