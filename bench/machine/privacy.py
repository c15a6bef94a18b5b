"""What is nobody's business, kept out of what is recorded: credentials, and where the user's files lie."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

MASK = "***"

#: A variable whose name has one of these in it, or is made of one of those words among others, holds a secret.
_PARTS = ("TOKEN", "SECRET", "PASSW", "CREDENTIAL", "AUTH", "APIKEY", "BEARER", "COOKIE")
_WORDS = frozenset({"KEY", "KEYS", "PAT", "PASS", "DSN", "LICENSE"})

#: What is shorter is no secret, and would be found everywhere.
_SHORTEST = 6

#: User and password in an address, as in ``https://user:password@host``.
_LOGIN = re.compile(r"(?<=://)[^/\s@]+@")


def masked(text: str, environment: Mapping[str, str]) -> str:
    """Return text without what secret variables of the environment hold and without logins, the home folder as ~."""
    for value in sorted(_secrets(environment), key=len, reverse=True):
        text = text.replace(value, MASK)
    return _LOGIN.sub("", _without_home(text, environment.get("HOME", "")))


def _secrets(environment: Mapping[str, str]) -> set[str]:
    return {value for name, value in environment.items() if len(value) >= _SHORTEST and _is_secret(name.upper())}


def _is_secret(name: str) -> bool:
    return any(part in name for part in _PARTS) or not _WORDS.isdisjoint(name.split("_"))


def _without_home(text: str, home: str) -> str:
    """Return text with ~ in the place of the home folder, where that stands as a whole name."""
    folder = home.rstrip(os.sep)
    return re.sub(rf"(?<![\w.-]){re.escape(folder)}(?![\w.-])", "~", text) if folder else text


def command(words: Sequence[str], environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return a command line as it may be shown: its absolute paths from here, else from home, else only their ends."""
    return tuple(_shown(word, environment) for word in words)


def _shown(word: str, environment: Mapping[str, str]) -> str:
    option, equals, value = word.partition("=") if word.startswith("-") else ("", "", word)
    here, home, path = Path.cwd(), environment.get("HOME", ""), Path(value)
    if not path.is_absolute():
        return masked(word, environment)
    if path.is_relative_to(here):
        shown = str(path.relative_to(here))
    elif home.strip(os.sep) and path.is_relative_to(home):
        shown = str(Path("~", path.relative_to(home)))
    else:
        shown = f"...{os.sep}{path.name}"
    return f"{option}{equals}{masked(shown, environment)}"
