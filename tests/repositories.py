"""Two versions of a small problem in a git repository, for tests of comparisons."""

import shutil
import subprocess
from pathlib import Path

FAKES = Path(__file__).parent / "fakes" / "product"


def git(folder, *arguments):
    """Run git in a folder, as nobody in particular."""
    who = ("-c", "user.name=test", "-c", "user.email=test@example.invalid", "-c", "maintenance.auto=false")
    done = subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def repository(folder, *names):
    """Make a repository with the problem and these implementations in its folder product, in one commit."""
    (folder / "product").mkdir(parents=True)
    for name in ("problem", *names):
        shutil.copy(FAKES / f"{name}.py", folder / "product")
    git(folder, "init", "--quiet", "--template=", "--initial-branch=main")
    commit(folder, "first")
    return folder


def commit(folder, message):
    """Commit everything."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", message)


def edit(folder, name, before, after):
    """Change the text of an implementation."""
    file = folder / "product" / f"{name}.py"
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after))


def says(folder, name, **constants):
    """Have an implementation say, for a simulated machine, what is true of it: ``SECONDS=0.002``."""
    file = folder / "product" / f"{name}.py"
    lines = [line for line in file.read_text().splitlines() if line.partition(" = ")[0] not in constants]
    file.write_text("\n".join([*lines, *(f"{key} = {value!r}" for key, value in constants.items()), ""]))
