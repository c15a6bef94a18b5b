"""What the text of an argument means; ArgumentTypeError says what was found and what was expected."""

import argparse

#: Decimal prefix of an amount of memory -> its power of ten.
_PREFIXES = {"k": 3, "M": 6, "G": 9, "T": 12}

#: A sweep has at most so many sizes.
MOST_STEPS = 50


def names(text: str) -> tuple[str, ...]:
    """Return the parts of a list, as ``vectorized,row_major``; at least one."""
    parts = tuple(part for part in (piece.strip() for piece in text.split(",")) if part)
    if not parts:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected one or more, separated by commas")
    return parts


def positive(text: str) -> int:
    """Return a whole number of at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a whole number of at least 1")
    return int(text)


def whole(text: str) -> int:
    """Return a whole number of at least 0, as NumPy takes it for a seed."""
    if not text.isdecimal() or int(text) >= 2**32 - 1:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a whole number from 0 to {2**32 - 2}")
    return int(text)


def counts(text: str) -> tuple[int, ...]:
    """Return whole numbers of at least 1, as ``1,2``."""
    return tuple(positive(part) for part in names(text))


def shard(text: str) -> tuple[int, int]:
    """Return which part of how many, as ``2/3``."""
    part, _, count = text.partition("/")
    if not (part.isdecimal() and count.isdecimal() and 1 <= int(part) <= int(count)):
        raise argparse.ArgumentTypeError(f"found {text!r}, expected part and number of parts, from 1/3 to 3/3 of three")
    return int(part), int(count)


def number(text: str, *, suffix: str = "", example: str = "2") -> float:
    """Return a finite number above 0, which may have `suffix` behind it."""
    try:
        value = float(text.removesuffix(suffix))
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a number above 0, as {example}")
    return value


def seconds(text: str) -> float:
    """Return seconds, as ``30`` or ``30s``."""
    return number(text, suffix="s", example="90 or 90s")


def percentage(text: str) -> float:
    """Return a fraction, of ``3%`` or ``3``."""
    return number(text, suffix="%", example="3 or 3%") / 100


def memory(text: str) -> int:
    """Return bytes, as ``8G`` or ``500M``; 0 for ``none``."""
    if text == "none":
        return 0
    power = _PREFIXES.get(text[-1:], 0)
    return int(number(text[:-1] if power else text, example="8G or 500M, or none") * 10**power)


def steps(text: str) -> tuple[str, tuple[int, ...]]:
    """Return name and values of a sweep, ascending, of ``m=100..1e6``, ``m=100..1e6:N`` or ``m=10,20,50``."""
    name, equals, span = text.partition("=")
    if not (name.strip() and equals and ("," in span or ".." in span)):
        raise argparse.ArgumentTypeError(
            f"found {text!r}, expected NAME=LOW..HIGH, NAME=LOW..HIGH:N or a list, as m=100..1e6 or m=10,20,50"
        )
    return name.strip(), _listed(text, span) if "," in span else _between(name, text, span)


def _listed(text: str, span: str) -> tuple[int, ...]:
    """Return the sizes of a list, each once."""
    values = tuple(sorted({whole_number(part) for part in names(span)}))
    if not 2 <= len(values) <= MOST_STEPS:
        raise argparse.ArgumentTypeError(f"found {len(values)} in {text!r}, expected 2 to {MOST_STEPS} different sizes")
    return values


def _between(name: str, text: str, span: str) -> tuple[int, ...]:
    """Return both ends, and between them 1, 2, 5, 10, ... or N equal ratios."""
    ends, colon, count = span.partition(":")
    low, high = (whole_number(end.strip()) for end in ends.split("..", 1))
    if low >= high:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected the smaller end first, as {name}=100..1e6")
    if not colon:
        ladder = (digit * 10**power for power in range(len(str(high))) for digit in (1, 2, 5))
        return low, *(step for step in ladder if low < step < high), high
    steps_wanted = positive(count.strip())
    if not 2 <= steps_wanted <= MOST_STEPS:
        raise argparse.ArgumentTypeError(f"found {steps_wanted} sizes in {text!r}, expected 2 to {MOST_STEPS}")
    ratio = (high / low) ** (1 / (steps_wanted - 1))
    return tuple(dict.fromkeys([*(round(low * ratio**step) for step in range(steps_wanted - 1)), high]))


def whole_number(text: str) -> int:
    """Return a whole number of at least 1, which may be written as 1e6."""
    value = number(text, example="1000 or 1e3")
    if value != int(value):
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a whole number of at least 1, as 1000 or 1e3")
    return int(value)


def changes(text: str) -> dict[str, int]:
    """Return name -> number, of ``m=500,n=64``."""
    pairs = [part.partition("=") for part in names(text)]
    if not pairs or not all(equals for _, equals, _ in pairs):
        raise argparse.ArgumentTypeError(f"found {text!r}, expected NAME=NUMBER pairs such as m=500,n=64")
    return {name.strip(): whole_number(value.strip()) for name, _, value in pairs}


def words(text: str) -> tuple[str, ...]:
    """Return what is separated by spaces, as ``numpy==2.3.5 scipy``; quotes hold together what has spaces in it."""
    import shlex

    try:
        found = tuple(shlex.split(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"found {text!r}: {str(error).lower()}") from error
    if not found:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected one or more, separated by spaces")
    return found


def requirement_file(text: str) -> tuple[str, ...]:
    """Return a file of requirements, as pip takes it."""
    return "-r", text


def build(text: str) -> tuple[str, ...] | None:
    """Return a command in words; None for ``none``."""
    return None if text == "none" else words(text)
