"""A problem of two functions that add numbers up, for scripts to which it does not matter what is measured."""

#: Text of a file.
SUMS = """
def inputs(n=2_000, *, seed):
    return [(seed * number) % 7919 for number in range(n)]


def summed(values):
    return sum(values)


def added(values):
    total = 0
    for value in values:
        total += value
    return total
"""
