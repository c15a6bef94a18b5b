"""How many planted slowdowns does a gate find, and how often does it raise a false alarm? An experiment, not a test.

Five kernels of other kinds (a loop over a dictionary, a groupby of pandas, a call of NumPy of 1 us, a stencil, an FFT)
are made slower by 5, 10 and 30 % of real extra work, calibrated beforehand; `implbench compare` judges each with its
defaults, and each unchanged, again and again, calm and beside one busy loop:

    python .ci/gate_experiment/planted.py --log planted.jsonl
    python .ci/gate_experiment/planted.py --log planted.jsonl --conditions calm --percents 0 30 --times 1
    python .ci/gate_experiment/planted.py --table planted.jsonl

A log that has some of the gates already is gone on with. The same random order serves every call with the same options.
"""

import argparse
import random
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from amounts import PERCENTS, Amounts, measured_amounts
from kinds import KINDS
from load import busy_loops
from msgspec import to_builtins
from records import Record, append, go_on, read
from repository import Repository

#: Condition -> busy loops beside the gate.
CONDITIONS = {"calm": 0, "loaded": 1}

#: Verdicts of implbench that let a change pass.
PASSED = ("faster", "equivalent", "not slower")

#: Exit code of an answer that is undecided.
UNDECIDED = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Gate:
    """One gate to be held."""

    condition: str
    percent: int
    """0 for identical code."""
    kind: str
    repeat: int


def plan(options: argparse.Namespace) -> list[Gate]:
    """Return the gates in shuffled order: of each condition, slowdown and kind so many."""
    gates = [
        Gate(condition=condition, percent=percent, kind=kind, repeat=repeat)
        for condition in options.conditions
        for percent in options.percents
        for kind in options.kinds
        for repeat in range(options.times)
    ]
    random.Random(options.seed).shuffle(gates)
    return gates


def judged(percent: int, verdict: str, code: int) -> str:
    """Return how a gate did that was given such a slowdown: ``found``, ``missed``, ..., ``wrong`` for no answer.

    The exit code counts too: 3 beside a verdict that passes is a machine too noisy for it.
    """
    if verdict == "undecided" or (verdict in PASSED and code == UNDECIDED):
        return "undecided"
    if verdict == "slower":
        return "found" if percent else "false alarm"
    if verdict in PASSED:
        return "missed" if percent else "quiet"
    return "wrong"


def known_amounts(records: Iterable[Record]) -> Amounts:
    """Return the amounts of extra work that the log's gates had, so that all are of the same code."""
    found: Amounts = {}
    for one in records:
        if one["percent"]:
            found.setdefault(one["kind"], {})[one["percent"]] = (one["amount"], one["planted_ratio"])
    return found


def measure(options: argparse.Namespace) -> None:
    """Hold the gates that the log does not have yet."""
    records = read(options.log)
    done = {Gate(**{one.name: record[one.name] for one in fields(Gate)}) for record in records}
    left = [one for one in plan(options) if one not in done]
    amounts = known_amounts(records)
    missing = [kind for kind in options.kinds if len(amounts.get(kind, {})) < len(PERCENTS)]
    amounts |= measured_amounts(missing) if left and missing else {}
    print(f"{len(left)} gates left; extra work and the ratio it makes: {amounts}", flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        repositories = {name: Repository(Path(temporary) / name, kind) for name, kind in KINDS.items()}
        for number, gate in enumerate(left, start=1):
            planted = amounts[gate.kind][gate.percent] if gate.percent else (0, 1.0)
            with busy_loops(CONDITIONS[gate.condition]):
                said = repositories[gate.kind].gate(planted[0], options.seed + gate.repeat)
            extra = {"amount": planted[0], "planted_ratio": round(planted[1], 4)}
            append(options.log, asdict(gate) | extra | to_builtins(said))
            words = f"{gate.condition:6} {gate.percent:2} % {gate.kind:9} {said.wall_s:4.0f} s"
            print(f"{number:3} {words} {judged(gate.percent, said.verdict, said.exit)}", flush=True)


def table(records: Sequence[Record]) -> str:
    """Return the Markdown table of the gates: a row a condition and slowdown."""
    counts: Counter[tuple[str, int, str]] = Counter()
    seconds: dict[tuple[str, int], list[float]] = {}
    for one in records:
        counts[one["condition"], one["percent"], judged(one["percent"], one["verdict"], one["exit"])] += 1
        seconds.setdefault((one["condition"], one["percent"]), []).append(one["wall_s"])
    words = ("found", "undecided", "missed", "false alarm", "wrong")
    lines = [
        "| machine | slowdown | gates | found | undecided | missed | false alarms | wrong | longest [s] |",
        "| :--- | :--- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for condition, percent in sorted(seconds):
        walls = seconds[condition, percent]
        told = [str(counts[condition, percent, word]) for word in words]
        what = f"{percent} %" if percent else "none"
        lines.append(f"| {' | '.join([condition, what, str(len(walls)), *told, f'{max(walls):.0f}'])} |")
    return "\n".join(lines)


def main() -> None:
    """Measure, or print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--conditions", nargs="+", choices=CONDITIONS, default=tuple(CONDITIONS))
    parser.add_argument("--percents", nargs="+", type=int, choices=(0, *PERCENTS), default=(0, *PERCENTS))
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=tuple(KINDS), help="kernels to plant in")
    parser.add_argument("--times", type=int, default=5, help="gates of each condition, slowdown and kernel")
    parser.add_argument("--seed", type=int, default=1)
    go_on(parser, "planted.jsonl", measure, table)


if __name__ == "__main__":
    main()
