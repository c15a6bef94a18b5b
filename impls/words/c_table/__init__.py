"""C: a hash table over the text's bytes, which makes no object for a word before it is known how often it stands there.

table.c says how it counts; it is compiled and kept as the kernel of backprop is. Python makes one string for each
distinct word, where `split` makes one for each word.
"""

import ctypes
from pathlib import Path

import numpy as np

from . import building

REQUIRES = ("numpy",)
SOURCES = (Path(__file__).with_name("table.c"),)


def unavailable():
    """Return why nothing can be compiled here, None if it can."""
    return None if building.compiler() else "needs a C compiler (cc)"


def prepare(inputs):
    """Return the step over the inputs of problem.py."""
    (text,) = inputs.values()
    library = building.cached([*building.compiler(), *building.COMMON], SOURCES)
    library.count_words.restype = ctypes.c_ssize_t
    library.count_words.argtypes = (ctypes.c_char_p, ctypes.c_ssize_t, *[ctypes.c_void_p] * 4, ctypes.c_ssize_t)

    def step():
        data = text.encode()
        most = data.count(b" ") + 1
        slots = 1 << (2 * most).bit_length()
        table = np.zeros(slots, np.int32)
        starts, lengths, counts = (np.empty(most, np.int64) for _ in range(3))
        places = [array.ctypes.data for array in (table, starts, lengths, counts)]
        found = library.count_words(data, len(data), *places, slots)
        ends = (starts[:found] + lengths[:found]).tolist()
        words = [data[start:end].decode() for start, end in zip(starts[:found].tolist(), ends, strict=True)]
        return dict(zip(words, counts[:found].tolist(), strict=True))

    return step
