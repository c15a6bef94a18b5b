"""How often each word stands in a text.

    counts[word] = how many times    for the words of a text, between which there is one space

Words are drawn with a probability that falls with their rank r as 1 / r, as it does in natural texts (Zipf's law). What
is timed begins with the text, a `str`, and ends with a `dict`: no array is needed, and how much of the work is done by
the interpreter, by its own C code or by C of one's own is what tells the implementations apart.
"""

import numpy as np

SIZES = {
    "S": {"words": 10_000, "vocabulary": 1_000},
    "M": {"words": 100_000, "vocabulary": 10_000},
    "L": {"words": 1_000_000, "vocabulary": 50_000},
}
DEFAULT_SIZE = "M"
BASELINE = "loop"
OUTPUTS = ("counts",)
LADDER = ("loop", "default_dict", "counter", "c_table")

LETTERS = np.array(list("abcdefghijklmnopqrstuvwxyz"))


def inputs(words: int, vocabulary: int, *, seed: int) -> dict[str, str]:
    """Return the text, of so many words of 2 to 11 letters, drawn from a vocabulary of so many."""
    random = np.random.RandomState(seed)
    lengths = random.randint(2, 12, vocabulary)
    known = ["".join(LETTERS[random.randint(0, len(LETTERS), length)]) for length in lengths]
    ranks = (vocabulary ** random.random_sample(words)).astype(int) - 1  # its logarithm is uniform: density 1 / r
    return {"text": " ".join([known[rank] for rank in ranks])}
