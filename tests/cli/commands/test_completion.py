"""`implbench completion` in real shells: what Tab would show."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.cli.main import main
from bench.errors import Exit

CHECKOUT = Path(__file__).parents[3]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.machine,
    pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash"),
]


def script(shell):
    command = [sys.executable, "-m", "bench", "completion", shell]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with the scripts, a command implbench, a problem of one's own and results."""
    folder = tmp_path_factory.mktemp("completion")
    for shell in ("bash", "zsh", "fish"):
        (folder / f"implbench.{shell}").write_text(script(shell))
    command = folder / "bin" / "implbench"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{CHECKOUT}" exec "{sys.executable}" -m bench "$@"\n')
    command.chmod(0o755)
    (folder / "results").mkdir()
    (folder / "results" / "20260101T000000Z-backprop-12345678.json").write_text("{}")
    (folder / "old").mkdir()
    (folder / "old" / "20250101T000000Z-matmul-12345678.json").write_text("{}")
    assert main(["new", "problem", "my_rows", "--into", str(folder)]) == Exit.FINE
    return folder


@pytest.fixture
def completed(place):
    """Return what bash completes the last of some words to."""

    def completed(*words):
        quoted = " ".join(f"'{word}'" for word in ("implbench", *words))
        code = (
            "source ./implbench.bash\n"
            f"COMP_WORDS=({quoted}); COMP_CWORD={len(words)}\n"
            "_shtab_implbench\n"
            'printf "%s\\n" "${COMPREPLY[@]}"\n'
        )
        path = f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}"
        command = ["bash", "--noprofile", "--norc", "-c", code]
        done = subprocess.run(
            command, cwd=place, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=True, timeout=300
        )
        assert done.stderr == ""
        return done.stdout.split()

    return completed


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_that_the_shell_can_read(place, shell):
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")
    subprocess.run([shell, "-n", f"implbench.{shell}"], cwd=place, check=True, timeout=300)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["ru"], ["run"]),
        (["run", "back"], ["backprop"]),
        (["run", "my_"], ["my_rows.py"]),
        (["run", "backprop", "--allo"], ["--allocator"]),
        (["run", "backprop", "--allocator", ""], ["default", "retain"]),
        (["run", "backprop", "--allocator", "default,r"], ["default,retain"]),
        (["run", "backprop", "--impl", "vect"], ["vectorized"]),
        (["run", "--threads", "1", "backprop", "--watch", "--json", "--swe"], ["--sweep"]),
        (["check", "./my_rows.py", "--impl", "loop,v"], ["loop,vectorised"]),
        (["explain", "backprop", "loop_h"], ["loop_hoisted"]),
        (["new", "impl", "mat"], ["matmul"]),
        (["compare", "main", "--problem", "matmul,ba"], ["matmul,backprop"]),
        (["bisect", "main", "main", "./my_rows.py", "lo"], ["loop"]),
        (["report", "2026"], ["20260101T000000Z-backprop-12345678"]),
        (["report", "--results", "old", "20"], ["20250101T000000Z-matmul-12345678"]),
        (["export", "--format", "py"], ["pyperf", "pytest-benchmark"]),
        (["completion", "z"], ["zsh"]),
    ],
)
def test_bash_completes(completed, words, found):
    assert completed(*words) == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("ru", ["run"]),
        ("run back", ["backprop"]),
        ("check ./my_rows.py --impl loop,v", ["loop,vectorised"]),
        ("run backprop --allocator r", ["retain"]),
        ("report 2026", ["20260101T000000Z-backprop-12345678"]),
    ],
)
def test_fish_completes(place, line, found):
    if shutil.which("fish") is None:
        pytest.skip("there is no fish")
    path = f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}"
    command = ["fish", "--no-config", "-c", f"source ./implbench.fish; complete -C 'implbench {line}'"]
    done = subprocess.run(
        command, cwd=place, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=True, timeout=300
    )
    assert [offered.partition("\t")[0] for offered in done.stdout.splitlines()] == found


def test_all_commands_are_offered(completed):
    assert {"run", "compare", "explain", "report", "completion"} <= set(completed(""))


def test_the_names_come_from_list(capsys):
    assert main(["list", "--names"]) == Exit.FINE
    assert capsys.readouterr().out.split() == ["autoencoder", "backprop", "matmul", "stencil", "training", "words"]
    assert main(["list", "backprop", "--names"]) == Exit.FINE
    assert "vectorized" in capsys.readouterr().out.split()


def test_a_shell_that_is_not_known_is_told(capsys):
    assert main(["completion", "csh"]) == Exit.USAGE
    assert "invalid choice: 'csh' (choose from" in capsys.readouterr().err
