"""The box that says what to do."""

import re

import pytest
from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.report.sections import advice, answer, brief
from bench.store.worker_records import Outcome
from tests.builders import USUAL, Spec, make_run, make_sizes
from tests.explained import make_explained
from tests.limited import limited, working

BASE = Spec(name="base", ms=10.0, baseline=True)
SOURCES = {
    "base": {"base.py": "def prepare(inputs):\n    return sum\n"},
    "rows": {"rows.py": "import numpy as np\n\n\ndef prepare(inputs):\n    return np.sum\n"},
    "jit": {"jit.py": "import numba\n\n\ndef prepare(inputs):\n    return numba.njit(sum)\n"},
}
ARMS = [BASE, Spec(name="rows", ms=3.0), Spec(name="jit", ms=1.0)]


def told(run, **how):
    return [line.text for line in advice.lines(Analysis(run, **how))]


def test_what_to_take_has_its_gain_its_interval_and_its_length():
    numpy, numba, explain = told(make_run(ARMS, sources=SOURCES))
    gain = r"[\d.]+ times \[[\d.]+, [\d.]+\] as fast as `base`, in 3 lines of code instead of 2\."
    assert re.fullmatch(rf"Use `rows`, with NumPy alone: {gain}", numpy), numpy
    assert re.fullmatch(rf"Faster still: `jit`, with numba: {gain}", numba), numba
    assert explain == "What `base` spends its time on, and what to change: `implbench explain backprop`."


def test_a_gain_is_told_as_the_answer_tells_it():
    run = make_run([BASE, Spec(name="rows", ms=8.0)], sources=SOURCES)
    gain = re.search(r"1\.[\d]+ times \[[\d., ]+\] as fast", told(run)[0])[0]
    assert gain in answer.section(Analysis(run)).paragraphs[0]


def test_text_says_how_the_difference_is_seen_where_sources_are_kept():
    last = "The sources side by side, and the charts: `implbench report --html --open`."
    assert advice.section(Analysis(make_run(ARMS, sources=SOURCES))).paragraphs[-1] == last
    assert last not in advice.section(Analysis(make_run(ARMS))).paragraphs
    run = make_run(ARMS, sources=SOURCES)
    of_program = replace(run, settings=replace(run.settings, command=("implbench.compare", "base", "rows")))
    assert last not in advice.section(Analysis(of_program)).paragraphs
    assert not [one for one in answer.section(Analysis(of_program)).paragraphs if "code is" in one or "code of" in one]


def test_a_baseline_that_nothing_beats_is_to_be_kept_in_one_sentence():
    keep = told(make_run([BASE, Spec(name="rows", ms=25.0)]))[0]
    assert keep == "Keep `base`, the fastest: everything else is slower."


def test_where_nothing_is_decided_that_is_the_advice():
    keep = told(make_run([BASE, Spec(name="other", ms=9.7, noise=0.05)]))[0]
    assert keep.startswith("Keep `base`: nothing else was shown to be faster by more than ")
    assert keep.endswith(" More rounds may decide about `other` (`--budget` gives them time).")


def test_what_is_wrong_at_another_size_is_not_to_be_taken():
    good = make_run([BASE, Spec(name="rows", ms=3.0)], sizes=make_sizes(1, 5))
    rounds = tuple(
        replace(one, workers=tuple(wrong(worker) if "rows" in worker.arm else worker for worker in one.workers))
        if "m=5" in one.group
        else one
        for one in good.rounds
    )
    found = told(replace(good, rounds=rounds))
    assert "Use `rows`" not in "".join(found)
    assert "Keep `base`: nothing right everywhere was shown to be faster" in found[0]
    assert "Not `rows`, though it is faster here: it is wrong at m=5" in found[1]


def wrong(worker):
    return replace(worker, outcome=Outcome.WRONG, reason="off by 2 tolerances", bursts=())


def test_what_is_equal_is_not_worth_the_trouble():
    keep, leave, _explain = told(make_run([BASE, Spec(name="other", ms=10.01)]))
    assert keep.startswith("Keep `base`")
    assert leave == "Not worth the trouble, equal within 3 %: `other` instead of `base`."


def test_near_the_limit_of_the_machine_little_is_left_to_gain():
    run = limited(working(make_run([BASE, Spec(name="rows", ms=1.0)]), flops=9.5e7, moved=1.0))
    assert told(run)[0].endswith("as fast as `base`. Little is left to gain on this machine.")


def test_the_step_that_pays_most_says_what_changed_and_the_baseline_what_its_time_goes_into():
    arms = [USUAL[0], Spec(name="vectorized", ms=5.0), Spec(name="inplace", ms=4.0)]
    text = "\n".join(told(make_explained(arms)))
    assert "The step that pays most: from `loop_hoisted` to `vectorized`, 1" in text
    assert "NumPy calls 140,000 -> 17" in text
    assert "`loop_hoisted` is overhead-bound" in text


def test_what_changed_since_the_last_run_is_told():
    here = {"environment": {"fingerprint": "0123456789ab"}}
    before = replace(make_run(ARMS, **here), created="2026-11-20T08:30:00Z")
    now = make_run([BASE, Spec(name="rows", ms=2.0), ARMS[2]], seed=3, **here)
    (text,) = [line.text for line in advice.lines(Analysis(now, earlier=before)) if line.kind == "since"]
    assert text.startswith("Since your last run (2026-11-20 08:30 UTC): `rows` is faster beside the baseline, ")
    assert text.endswith("; nothing else changed by more than 3 %.")
    (text,) = [line.text for line in advice.lines(Analysis(before, earlier=before)) if line.kind == "since"]
    assert text == "Since your last run (2026-11-20 08:30 UTC): nothing changed by more than 3 %."


def since(now, before):
    """Return what is said of the changes."""
    here = {"environment": {"fingerprint": "0123456789ab"}}
    runs = [replace(run, created="2026-11-20T08:30:00Z", **here) for run in (now, before)]
    analysis = Analysis(runs[0], earlier=runs[1])
    texts = [line.text for line in advice.lines(analysis) if line.kind == "since"]
    return "".join(re.split(r"UTC\):? ", text)[1] for text in texts)


#: One that changed for certain, beside others of which no small change can be told.
BEFORE = [*(replace(one, noise=0.05) for one in ARMS), Spec(name="mended", ms=9.0)]
NOW = [*BEFORE[:-1], Spec(name="mended", ms=0.1)]


def test_of_runs_that_are_not_exact_enough_it_is_told_how_large_a_change_would_not_be_seen():
    text = since(make_run(NOW, seed=2), make_run(BEFORE))
    found = re.search(r" then\. `\w+` and `\w+`: too noisy to tell a change below ([\d.]+) %\.", text)
    assert found, text
    assert 3 < float(found[1]) <= 30


def test_that_only_a_very_large_change_could_be_told_is_not_worth_a_word():
    noisy = [replace(one, noise=0.4) for one in ARMS]
    text = since(make_run([*noisy, NOW[-1]], seed=2), make_run([*noisy, BEFORE[-1]]))
    assert "`mended` is faster" in text
    assert "rows" not in text


def test_where_nothing_can_be_told_of_any_nothing_is_said():
    assert since(make_run(BEFORE[:-1], seed=2), make_run(BEFORE[:-1])) == ""


def test_where_other_work_disturbed_a_run_that_is_the_reason():
    before, now = make_run(BEFORE), make_run(NOW, seed=2)
    busy, stolen = ({"load_before": 3.5}, {"steal": (0.0, 0.08)})
    assert since(with_load(now, **busy), with_load(before, **stolen)).endswith(
        " % (load up to 3.5 now, steal up to 8.0 % then)."
    )


def with_load(run, **changes):
    rounds = tuple(replace(one, load=replace(one.load, **changes)) for one in run.rounds)
    return replace(run, rounds=rounds)


def test_too_few_rounds_tell_of_no_change_but_what_was_decided_then():
    assert since(make_run(ARMS, rounds=3), make_run(ARMS)) == (
        "had enough rounds to decide: `jit` 10.00x [9.98, 10.01] and `rows` 3.331x [3.329, 3.334]."
    )
    assert since(make_run(ARMS, rounds=3), make_run(ARMS, rounds=3)) == ""


def test_what_the_baselines_time_goes_into_is_told_though_nothing_is_decided():
    text = told(make_explained(rounds=3))[0]
    assert text.startswith("`loop_hoisted` is overhead-bound")
    several = told(make_explained(rounds=3, dtypes=("float64", "float32")))[0]
    assert several == f"m=10000, n=64, p=25, float64, 1 thread: {text}"


def test_what_was_only_explained_is_decided_by_a_run_of_the_same():
    run = make_explained([Spec(name="loop", ms=90.0, baseline=True), Spec(name="fast", ms=9.0)], rounds=1)
    said = {
        ("explain", "mine.py", "--set", "n=50"): "`implbench run mine.py --set n=50`.",
        ("explain", "mine.py", "--rounds", "1"): "measure more rounds: `--rounds 6`",
        ("run", "mine.py"): "measure more rounds: `--rounds 6`",
    }
    for words, how in said.items():
        settings = replace(run.settings, command=("implbench", *words))
        (text,) = [line for line in told(replace(run, settings=settings)) if line.startswith("To decide it")]
        assert how in text


def test_several_conditions_are_named_and_no_more_than_three():
    run = make_run(ARMS, dtypes=("float64", "float32"), threads=(1, 2), rounds=6)
    found = told(run)
    assert [text.startswith("m=") for text in found] == [True, True, True, False]
    assert found[0].startswith("m=10000, n=64, p=25, float64, 1 thread: ")


def test_the_box_stands_behind_the_answer():
    assert [section.title for section in brief(Analysis(make_run(ARMS)))][:2] == ["Answer", "What to do"]
    assert advice.section(Analysis(make_run([BASE]))) is None


def test_too_few_rounds_say_how_long_enough_take():
    assert told(make_run(ARMS, rounds=3)) == ["To decide it, measure more rounds: `--rounds 6`, about 54 s."]


@pytest.mark.parametrize(
    ("seconds", "told_so"),
    [
        (1, "`--rounds 12`, about 12 s."),
        (20, "`--rounds 6`, about 120 s; a smaller size takes less (`--set m=2500`)."),
    ],
)
def test_where_rounds_take_long_the_fewest_are_named_and_a_smaller_size(seconds, told_so):
    run = make_run(ARMS, rounds=3)
    rounds = tuple(replace(one, duration_ns=seconds * 10**9) for one in run.rounds)
    assert told(replace(run, rounds=rounds)) == [f"To decide it, measure more rounds: {told_so}"]


def test_a_run_that_was_interrupted_says_how_to_go_on_with_it():
    run = replace(make_run(ARMS, rounds=2), interrupted=True)
    command = ("implbench", "run", "backprop", "--results", "my runs")
    run = replace(run, settings=replace(run.settings, command=command))
    assert told(run)[0] == "To go on where it was interrupted: `implbench run --resume --results 'my runs'`."


def test_no_command_is_given_for_a_problem_whose_place_was_not_kept():
    run = make_run([BASE, Spec(name="rows", ms=3.0)])
    run = replace(run, settings=replace(run.settings, command=("implbench", "run", ".../rows.py")))
    assert not [text for text in told(run) if "explain" in text]
