"""Build the wheel, install it alone in a fresh environment, and use it from an empty folder.

Exits with the first failing command's code. The folders lie outside the checkout, whose configuration pytest would
find.
"""

import json
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


def run(*command: object, cwd: Path) -> str:
    """Run a command, show it, and return its stdout; end here if it fails."""
    words = [str(word) for word in command]
    print("+", " ".join(Path(words[0]).name if index == 0 else word for index, word in enumerate(words)), flush=True)
    done = subprocess.run(words, cwd=cwd, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        print(done.stdout)
        sys.exit(done.returncode)
    return done.stdout


def expect(condition: bool, what: str) -> None:  # noqa: FBT001
    """End with a sentence unless the condition holds."""
    if not condition:
        sys.exit(f"the wheel is not as it should be: {what}")


def main(folder: Path) -> None:
    """Do it all in a folder."""
    empty = folder / "empty"
    empty.mkdir(parents=True)
    run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, CHECKOUT, cwd=empty)
    (wheel,) = folder.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    expect(tops == {"implbench"}, f"it claims {sorted(tops)}, expected implbench alone")
    folders = CHECKOUT / "impls", CHECKOUT / "bench"
    for file in sorted(file for folder in folders for file in folder.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            name = f"implbench/{file.relative_to(CHECKOUT).as_posix()}".replace("/bench/toplevel/", "/")
            expect(name in names, f"{name} is missing")

    venv.create(folder / "venv", with_pip=True)
    binaries = folder / "venv" / "bin"
    run(binaries / "pip", "install", "--quiet", wheel, cwd=empty)
    small = ("run", "backprop", "--impl", "vectorized", "--size", "S", "--rounds", "2", "--budget", "20", "--json")
    for command in ([binaries / "implbench"], [binaries / "python", "-m", "implbench"]):
        found = json.loads(run(*command, *small, cwd=empty))
        outcomes = {case["implementation"]: case["outcome"] for case in found["groups"][0]["cases"]}
        expect(outcomes == {"vectorized": "ok", "loop_hoisted": "ok"}, f"the run ended as {outcomes}")
    run(binaries / "implbench", "report", cwd=empty)
    expect(len(list(empty.glob("reports/*/report.md"))) == 1, "the report was not written")
    run(binaries / "implbench", "new", "problem", "rows", "--folder", cwd=empty)
    run(binaries / "implbench", "new", "impl", "./rows", "faster", cwd=empty)
    run(binaries / "implbench", "check", "./rows", cwd=empty)
    run(binaries / "implbench", "new", "columns.py", cwd=empty)
    run(binaries / "implbench", "check", "columns.py", cwd=empty)
    run(
        binaries / "python", "-m", "pytest", "--pyargs", "implbench.bench", "--benchmark-only", "-q",
        "-p", "no:cacheprovider", "-k", "backprop and vectorized and not octave", "--implbench=--size S --rounds 2",
        "--benchmark-json=o.json", cwd=empty,
    )  # fmt: skip
    benchmarks = json.loads((empty / "o.json").read_text())["benchmarks"]
    expect(
        [one["name"] for one in benchmarks] == ["backprop[vectorized-S-float64-C-1t]"], "pytest measured something else"
    )
    print("the wheel is as it should be")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(Path(temporary))
