"""What each command is asked for: frozen records, whose defaults are those that the help names."""

import argparse
import re
from importlib import import_module
from keyword import iskeyword
from pathlib import Path

import msgspec
import pytest
from msgspec import Struct
from msgspec.structs import fields

from bench.cli.measuring_options import RunOptions
from bench.cli.options import Options, made
from bench.cli.parser import parser
from bench.errors import ImplbenchError
from bench.measure.sweep_plan import SWEEP_BUDGET_S
from bench.stats.sequential import LOOKS

#: Command -> as little as it can be called with.
SHORTEST = {
    "run": ["backprop"],
    "time": ["1"],
    "explain": ["backprop"],
    "roofline": ["backprop"],
    "compare": ["main"],
    "bisect": ["v1", "main", "rows", "loop"],
    "judge": ["rows.py", "candidate.py"],
    "calibrate": ["backprop"],
    "check": ["backprop"],
    "report": [],
    "index": [],
    "history": [],
    "merge": ["node1", "node2"],
    "export": ["--format", "csv"],
    "import": ["benchmark.json"],
    "list": [],
    "new": ["problem", "my_rows"],
    "env": ["list"],
    "doctor": [],
    "completion": ["bash"],
}

#: How a help text names a default in one word, and the words that are no value.
DEFAULT, RULES = re.compile(r"\(default: (\S+)\)|(\S+) \(default\)"), ("all", "here", "stdout")


def options_of(name):
    """Return the class of a command's options, as its function names it."""
    module = import_module(f"bench.cli.commands.{name}{'_' * iskeyword(name)}")
    return module.command.__annotations__["options"]


def asked(*words):
    parsed = parser().parse_args(words)
    return made(options_of(parsed.command), vars(parsed))


def run(*words):
    return asked("run", "backprop", *words)


def values_of(options):
    """Yield name and value of all that was asked for, that of the parts too."""
    for field in fields(options):
        value = getattr(options, field.name)
        yield from values_of(value) if isinstance(value, Struct) else [(field.name, value)]


def arguments_of(parsed):
    """Yield all arguments of a command, those below others too."""
    for action in parsed._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from arguments_of(below)
        if action.dest != "help":
            yield action


(COMMANDS,) = (one.choices for one in parser()._actions if isinstance(one, argparse._SubParsersAction))


def test_every_command_takes_options():
    assert set(COMMANDS) == set(SHORTEST)
    assert all(issubclass(options_of(name), Options) for name in COMMANDS)


@pytest.mark.parametrize("name", SHORTEST)
def test_all_that_can_be_typed_is_known_to_the_options(name):
    typed = {action.dest for action in arguments_of(COMMANDS[name])}
    assert typed <= {field for field, _ in values_of(asked(name, *SHORTEST[name]))}


@pytest.mark.parametrize("name", SHORTEST)
def test_a_default_stands_in_the_options_and_the_help_tells_it(name):
    usual = dict(values_of(asked(name, *SHORTEST[name])))
    for action in arguments_of(COMMANDS[name]):
        assert action.default in (argparse.SUPPRESS, None), action.dest
        named = DEFAULT.search((action.help or "").replace("%%", "%"))
        text = named and (named[1] or named[2])
        if text and text not in RULES:
            read = action.type or type(usual[action.dest])
            assert read(text) == usual[action.dest], f"{action.dest}: {text}"


@pytest.mark.parametrize(
    "line",
    [
        "run p --impl a,b --size S --set m=5 --layout C --layout F --sweep n=1..9 --threads 1,2 --results r --report",
        "explain p a b --roofline --run x --rounds 4 --budget 3s --markdown why.md",
        "compare main head --problem a,b --problems-from v --path x --path y --margin 1% --all --dry-run",
        "bisect v1 main rows loop --problems-from v --path x --size S --margin 1% --budget 90 --var A=1",
        "report a b --margin 5% --html --output o --json",
        "index --output site",
        "import a.json b.json",
        "new impl ./p faster --into here",
        "--quiet completion fish",
    ],
)
def test_what_is_typed_has_the_types_that_the_options_promise(line):
    found = asked(*line.split())
    plain = msgspec.to_builtins(found, enc_hook=str)
    assert msgspec.convert(plain, type(found), dec_hook=lambda kind, value: kind(value)) == found
    assert not any(isinstance(value, list) for _, value in values_of(found))


def test_folders_are_paths():
    found = run("--results", "r", "--output", "o")
    assert (found.results, found.output) == (Path("r"), Path("o"))


def test_options_cannot_be_changed():
    with pytest.raises(AttributeError):
        run().watch = True


def test_the_last_of_two_sweeps_counts_as_with_every_option():
    assert run("--sweep", "m=1..2", "--sweep", "n=1..2").selection.sweep == ("n", (1, 2))


def test_several_allocators_can_be_named():
    assert run("--allocator", "default,retain").selection.allocators == ("default", "retain")


def test_a_gate_keeps_freed_memory_unless_it_is_told_otherwise():
    assert run().selection.allocators == ("default",)
    assert asked("compare", "main").selection.allocators == ("retain",)
    assert asked("calibrate", "backprop", "--allocator", "default").selection.allocators == ("default",)


@pytest.mark.parametrize(
    ("more", "budget_s", "rounds"),
    [((), SWEEP_BUDGET_S, None), (("--budget", "20"), 20.0, None), (("--rounds", "3"), None, 3)],
)
def test_a_sweep_has_a_budget_unless_budget_or_rounds_are_named(more, budget_s, rounds):
    settings = run("--sweep", "m=1..9", *more).settings
    assert (settings.sweep, settings.budget_s, settings.rounds, settings.looks) == ("m", budget_s, rounds, ())


def test_without_a_sweep_there_is_none_in_the_settings():
    assert run().settings.sweep is None
    assert run().settings.budget_s is None


def test_decided_pairs_end_early_only_where_rounds_may_be_added():
    assert run().settings.looks == asked("explain", "backprop").settings.looks == LOOKS
    assert run("--rounds", "8").settings.looks == run("--precision", "1%").settings.looks == ()
    assert asked("check", "backprop").timing.settings.looks == ()
    assert asked("compare", "main").timing.settings.looks == ()


def test_a_precision_is_a_fraction_and_none_unless_it_is_asked_for():
    assert run("--precision", "0.5%").settings.precision == 0.005
    assert run().settings.precision is None


def test_all_problems_are_checked_or_one_is():
    assert asked("check", "--all").all
    with pytest.raises(ImplbenchError, match="backprop and --all: give one of the two"):
        asked("check", "backprop", "--all")


@pytest.mark.parametrize("words", [("a", "b"), ("--impl", "a,b"), ("a", "--impl", "b")])
def test_what_is_explained_may_be_named_in_two_ways(words):
    assert asked("explain", "backprop", *words).selection.implementations == ("a", "b")


def test_roofline_measures_the_limits_and_explain_counts():
    assert asked("roofline", "backprop").settings.roofline
    assert asked("explain", "backprop").settings.explains
    assert not run().settings.roofline
    assert not run().settings.explains


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--watch", "--sweep", "m=1..9"], "--watch and --sweep: give one of the two"),
        (["--watch", "--roofline"], "--watch and --roofline: give one of the two"),
        (["--roofline", "--sweep", "m=1..9"], "a sweep has no roofline"),
        (["--precision", "1", "--rounds", "9"], "--precision and --rounds: give one of the two"),
        (["--precision", "1", "--sweep", "m=1..9"], "--precision and --sweep: give one of the two"),
        (["--precision", "1", "--watch"], "--precision and --watch: give one of the two"),
        (["--best", "--rounds", "9"], "--best and --rounds: give one of the two"),
        (["--best", "--precision", "1"], "--best and --precision: give one of the two"),
        (["--best", "--sweep", "m=1..9"], "--best and --sweep: give one of the two"),
        (["--best", "--error", "100"], "expected less than 100%"),
    ],
)
def test_what_cannot_be_had_together_is_refused_before_anything_is_read(words, told):
    parsed = parser().parse_args(["run", "no-such-problem", *words])
    with pytest.raises(ImplbenchError, match=told):
        made(RunOptions, vars(parsed))
