"""The experiment's tables, in Markdown."""

from collections.abc import Iterable, Sequence

from judging import RULES, Trial

#: Constants that are tried beside the one in use.
CONSTANTS = (1, 2, 4, 8, 16, 32, 64, 128, 256)


def in_all(found: Sequence[Trial]) -> str:
    """Return how often each rule is right, over all."""
    rows = [["rule", "honest ones that pass", "faults refused, float64", "faults refused, float32", "faults refused"]]
    for rule, name in RULES.items():
        faults = [one for one in found if one.is_fault]
        rows.append(
            [
                name,
                _share([one.accepted[rule] for one in found if not one.is_fault]),
                *(_share([not one.accepted[rule] for one in faults if one.dtype == dtype]) for dtype in _DTYPES),
                _share([not one.accepted[rule] for one in faults]),
            ]
        )
    return _table(rows)


_DTYPES = ("float64", "float32")


def by_computation(found: Sequence[Trial]) -> str:
    """Return how often each rule is right on each computation; what defeats the measured tolerance is named."""
    rows = [["computation", "kind", *(f"{RULES[rule]}: pass / refused" for rule in RULES), "defeats the first"]]
    for name in dict.fromkeys(one.computation for one in found):
        own = [one for one in found if one.computation == name]
        rows.append([name, own[0].kind, *(_both(own, rule) for rule in RULES), _defeats(own)])
    return _table(rows)


def _both(own: Sequence[Trial], rule: str) -> str:
    honest = [one.accepted[rule] for one in own if not one.is_fault]
    refused = [not one.accepted[rule] for one in own if one.is_fault]
    return f"{_share(honest)} / {_share(refused)}"


def _defeats(own: Iterable[Trial]) -> str:
    wrong = [one for one in own if one.accepted["measured"] == one.is_fault]
    return ", ".join(dict.fromkeys(f"{one.name} ({one.dtype})" for one in wrong))


def by_constant(found: Sequence[Trial]) -> str:
    """Return what other constants would do: honest ones that pass / faults refused, of either kind of reference."""
    rules = ("measured", "own")
    rows = [["constant", *(f"{RULES[rule]}: pass / refused" for rule in rules)]]
    for constant in CONSTANTS:
        cells = []
        for rule in rules:
            honest = [one.over[rule] <= constant for one in found if not one.is_fault]
            refused = [one.over[rule] > constant for one in found if one.is_fault]
            cells.append(f"{_share(honest)} / {_share(refused)}")
        rows.append([str(constant), *cells])
    return _table(rows)


def _share(said: Sequence[bool]) -> str:
    return f"{100 * sum(said) / len(said):.1f} %" if said else "-"


def _table(rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    marks = "| :-- |" + " --: |" * (len(rows[0]) - 1)
    return "\n".join([lines[0], marks, *lines[1:]])
