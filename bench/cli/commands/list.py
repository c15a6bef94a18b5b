"""Print problems and implementations; imports none of them."""

import json
from collections.abc import Mapping
from typing import Any

from ...errors import Exit
from ...problems import implementation, problem
from ...problems.case import USUAL_LAYOUTS
from ...problems.problem import Problem
from ...report import terminal
from ...text import headed
from ..asked import entries
from ..options import Options


class ListOptions(Options, frozen=True, kw_only=True):
    """What `implbench list` can be told."""

    problem: str | None = None
    names: bool = False


def command(options: ListOptions) -> int:
    """Do `implbench list`; see `parser`."""
    words = entries([options.problem]) if options.problem else {}
    if words:
        return _collection(words, options)
    folders = problem.available()
    if options.names:
        for name in implementation.found(problem.find(options.problem)) if options.problem else folders:
            terminal.say(name)
        return Exit.FINE
    names = [options.problem] if options.problem else list(folders)
    listed = []
    for name in names:
        found = problem.find(name)
        listed.append((found, implementation.found(found)))
    if options.json:
        print(json.dumps([_listed(*pair) for pair in listed], indent=2))
    else:
        for found, implementations in listed:
            terminal.say(headed(found.name, found.title))
            sizes = ", ".join(map(_size_text, found.sizes.items()))
            terminal.say(f"  sizes {sizes}; default {found.default_size}", hanging=8)
            for one in implementations.values():
                mark = " (baseline)" if one.name == found.baseline else ""
                trouble = one.unsupported or one.broken or one.unavailable
                told = f"{one.title}{mark}" + (f"; {trouble}" if trouble else "")
                terminal.say(f"  {one.name:20} {told}", hanging=23)
    return Exit.FINE


def _collection(words: Mapping[str, str], options: ListOptions) -> int:
    """List the entries of somebody's collection, by the words that name them."""
    if options.json:
        print(json.dumps([{"problem": word, "title": title} for word, title in words.items()], indent=2))
        return Exit.FINE
    for word, title in words.items():
        terminal.say(word if options.names else f"{word}: {title}")
    return Exit.FINE


def _size_text(size: tuple[str, dict[str, int]]) -> str:
    name, values = size
    return f"{name} ({', '.join(f'{key}={value}' for key, value in values.items())})"


def _listed(found: Problem, implementations: dict[str, implementation.Implementation]) -> dict[str, Any]:
    return {
        "problem": found.name,
        "title": found.title,
        "sizes": found.sizes,
        "default_size": found.default_size,
        "data": found.data,
        "baseline": found.baseline,
        "layouts": found.layouts or USUAL_LAYOUTS,
        "implementations": [
            {
                "name": one.name,
                "title": one.title,
                "requires": one.requires,
                "broken": one.broken,
                "unsupported": one.unsupported,
                "unavailable": one.unavailable,
            }
            for one in implementations.values()
        ],
    }
