"""Check every entry of a real collection, each by itself, and print the tables of docs/collections.md.

    python .ci/check_collection.py npbench PATH -- --impl numpy
    python .ci/check_collection.py algotune PATH --timeout 120 -- --impl solve

Asks `implbench check SCHEME:PATH#NAME --json` for each; what stands behind ``--`` is handed on to it. An entry is
verified if all that is asked for is right, refused if it needs what is not here, else failed. `--into` keeps what was
found, one line of JSON an entry; what is there already is not checked again, so that a long list can be gone through in
pieces (`--most`).
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

sys.path.insert(0, str(ROOT))

from bench.problems import sources  # noqa: E402

VERIFIED, REFUSED, FAILED = "verified", "refused", "failed"

#: Outcomes that are no fault of the entry.
NOT_HERE = {"unavailable", "unsupported"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What came of an entry."""

    name: str
    outcome: str
    check: str
    """How it was verified."""
    reason: str
    implementations: dict[str, str]
    """Name -> outcome."""


def main() -> int:
    """Check all that is not known yet, print the tables; return 1 if an entry failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scheme", choices=sources.names())
    parser.add_argument("path", type=Path)
    parser.add_argument("--only", default="", metavar="NAME,...", help="these entries (default: all)")
    parser.add_argument("--timeout", type=float, default=300, metavar="SECONDS", help="for one entry")
    parser.add_argument("--most", type=int, metavar="N", help="so many entries at once")
    parser.add_argument("--into", type=Path, metavar="FILE", help="where what is found is kept")
    options, more = parser.parse_known_args()
    options.more = [word for word in more if word != "--"]
    origin = sources.origin_of(f"{options.scheme}:{options.path}")
    if origin is None:
        raise ValueError(f"{options.scheme} is no kind of collection")
    names = options.only.split(",") if options.only else list(sources.entries(origin))
    known = {one.name: one for one in _kept(options.into)}
    for name in [name for name in names if name not in known][: options.most]:
        known[name] = _checked(f"{origin}#{name}", name, options)
        print(f"{name}: {known[name].outcome} {known[name].reason}".rstrip(), file=sys.stderr, flush=True)
        if options.into:
            with options.into.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(known[name])) + "\n")
    found = [known[name] for name in names if name in known]
    print("\n".join(_tables(found)))
    return int(any(one.outcome == FAILED for one in found))


def _kept(file: Path | None) -> Iterator[Entry]:
    """Yield what an earlier call has kept."""
    if file is not None and file.exists():
        yield from (Entry(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines())


def _checked(word: str, name: str, options: argparse.Namespace) -> Entry:
    """Return what `implbench check` says of an entry."""
    command = [sys.executable, "-m", "bench", "check", word, "--json", "--quiet", *options.more]
    try:
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=options.timeout, check=False)
    except subprocess.TimeoutExpired:
        reason = f"took longer than {options.timeout:g} s"
        return Entry(name=name, outcome=FAILED, check="", reason=reason, implementations={})
    if not ended.stdout.strip():
        said = " ".join(ended.stderr.split()).removeprefix("implbench: ").replace(f"{word}: ", "")
        outcome = REFUSED if said.startswith("needs ") else FAILED
        return Entry(name=name, outcome=outcome, check="", reason=said, implementations={})
    return _judged(name, json.loads(ended.stdout))


def _judged(name: str, checks: list[dict[str, Any]]) -> Entry:
    """Return what the checks of an entry's implementations amount to."""
    outcomes = {one["implementation"]: one["outcome"] for one in checks}
    bad = [one for one in checks if one["outcome"] not in {"ok", *NOT_HERE}]
    right = [one for one in checks if one["outcome"] == "ok"]
    outcome = FAILED if bad else VERIFIED if right else REFUSED
    told = bad or ([] if right else checks)
    reason = "; ".join(f"{one['implementation']}: {one['outcome']}, {one['reason']}" for one in told)
    check = right[0]["check"] if right else ""
    return Entry(name=name, outcome=outcome, check=check, reason=reason, implementations=outcomes)


def _tables(found: list[Entry]) -> Iterator[str]:
    """Yield the lines of the tables: how many ended how, and why what is not verified is not."""
    outcomes = Counter(one.outcome for one in found)
    yield f"| of {len(found)} entries | |\n| :--- | ---: |"
    checks = Counter(one.check for one in found if one.outcome == VERIFIED)
    yield from (f"| verified: {check} | {count} |" for check, count in checks.most_common())
    yield from (f"| {outcome} | {outcomes[outcome]} |" for outcome in (REFUSED, FAILED))
    implementations = Counter((name, outcome) for one in found for name, outcome in one.implementations.items())
    if len({name for name, _ in implementations}) > 1:
        yield "\n| implementation | outcome | entries |\n| :--- | :--- | ---: |"
        yield from (f"| {name} | {outcome} | {n} |" for (name, outcome), n in sorted(implementations.items()))
    others = [one for one in found if one.outcome != VERIFIED]
    if others:
        yield "\n| not verified | outcome | reason |\n| :--- | :--- | :--- |"
    yield from (f"| {one.name} | {one.outcome} | {one.reason} |" for one in others)


if __name__ == "__main__":
    sys.exit(main())
