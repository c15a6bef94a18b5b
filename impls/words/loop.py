"""A loop that looks each word up in a dict, and adds one or begins."""


def prepare(inputs):
    """Return the step over the inputs of problem.py."""
    (text,) = inputs.values()

    def step():
        counts: dict[str, int] = {}
        for word in text.split():
            if word in counts:
                counts[word] += 1
            else:
                counts[word] = 1
        return counts

    return step
