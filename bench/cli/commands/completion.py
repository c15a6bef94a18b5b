"""Print what a shell needs to complete this command: written by shtab from the parser itself.

What the parser does not know comes from the command when somebody presses Tab: `implbench list --names` for problems
and implementations, and the results folder for runs.
"""

import argparse
from collections.abc import Iterator, Mapping
from typing import Literal

import shtab

from ... import formats
from ...errors import Exit
from ...problems.case import ALLOCATORS, CACHES, DTYPES, ORDERS
from ..options import Options
from ..parser import parser

#: What completes something, by shell; the preamble has the functions that this takes.
Completes = Mapping[str, object]

#: Functions of bash: $1 is the word that is completed; COMP_WORDS has all of them.
_BASH = """
_implbench_last_part() {  # of a list such as a,b: the rest of the arguments may stand behind the last comma
  local before=""
  [[ $1 == *,* ]] && before="${1%,*},"
  compgen -P "$before" -W "${*:2}" -- "${1##*,}"
}
_implbench_words() {  # all but the options
  local word
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do [[ $word == -* ]] || echo "$word"; done
}
_implbench_problems_or_paths() {
  compgen -W "$(implbench list --names 2>/dev/null)" -- "$1"
  compgen -d -- "$1"
  compgen -f -X '!*.py' -- "$1"
}
_implbench_problems() {
  _implbench_last_part "$1" $(implbench list --names 2>/dev/null)
}
_implbench_implementations_at() {  # of the problem that stands at place $2 among the words
  local problem="$(_implbench_words | sed -n "$2p")"
  _implbench_last_part "$1" $(implbench list --names "${problem:-.}" 2>/dev/null)
}
_implbench_implementations() { _implbench_implementations_at "$1" 2; }
_implbench_searched() { _implbench_implementations_at "$1" 4; }
_implbench_revisions() {
  compgen -W "$(git rev-parse --symbolic --branches --tags 2>/dev/null)" -- "$1"
}
_implbench_runs_or_files() {
  local index folder=results
  for (( index = 1; index < COMP_CWORD; index++ )); do
    [[ ${COMP_WORDS[index]} == --results ]] && folder="${COMP_WORDS[index + 1]}"
  done
  compgen -W "$(cd "$folder" 2>/dev/null && ls -r -- *.json 2>/dev/null | sed 's/[.]json$//')" -- "$1"
  [[ $1 == */* ]] && compgen -f -- "$1"
}
"""

_ZSH = """
_implbench_problems_or_paths() {
  compadd -- ${(f)"$(implbench list --names 2>/dev/null)"}
  _files -g '*.py'
}
_implbench_problems() { _values -s , problem ${(f)"$(implbench list --names 2>/dev/null)"} }
_implbench_implementations_at() {
  local -a found=(${(f)"$(implbench list --names ${words[$1]} 2>/dev/null)"})
  (( $#found )) && _values -s , implementation $found
}
_implbench_implementations() { _implbench_implementations_at 2 }
_implbench_searched() { _implbench_implementations_at 4 }
_implbench_revisions() { compadd -- ${(f)"$(git rev-parse --symbolic --branches --tags 2>/dev/null)"} }
_implbench_runs_or_files() {
  compadd -- results/*.json(N:t:r)
  _files
}
"""


#: commandline -opc: the words before the cursor; fish itself knows which of them begin with what was typed.
_FISH = """
function _implbench_problems_or_paths
  implbench list --names 2>/dev/null
  __fish_complete_suffix .py
end
function _implbench_problems
  __fish_complete_list , 'implbench list --names 2>/dev/null'
end
function _implbench_implementations_here
  set -l words (commandline -opc | string match -v -- '-*')
  implbench list --names $words[3] 2>/dev/null
end
function _implbench_implementations
  __fish_complete_list , _implbench_implementations_here
end
function _implbench_searched
  set -l words (commandline -opc | string match -v -- '-*')
  implbench list --names $words[5] 2>/dev/null
end
function _implbench_revisions
  git rev-parse --symbolic --branches --tags 2>/dev/null
end
function _implbench_runs_or_files
  for file in results/*.json
    string replace -r '.*/(.*)[.]json' '$1' $file
  end
  __fish_complete_path (commandline -ct)
end
"""


def _function(name: str) -> Completes:
    """Return what completes by the functions of that name."""
    function = f"_implbench_{name}"
    preamble = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}
    return {"bash": function, "zsh": function, "fish": f"({function})", "preamble": preamble}


def _listed(*names: str) -> Completes:
    """Return what completes one of several names, or a list of them with commas."""
    words = " ".join(names)
    name = f"_implbench_one_of_{'_'.join(names).replace('-', '_')}"
    return {
        "bash": name,
        "zsh": f"_values -s , name {words}",
        "fish": words,
        "preamble": {"bash": f'{_BASH}\n{name}() {{ _implbench_last_part "$1" {words}; }}\n'},
    }


_PROBLEM, _RUN = _function("problems_or_paths"), _function("runs_or_files")
_PROBLEMS, _IMPLEMENTATIONS = _function("problems"), _function("implementations")
_REVISION = _function("revisions")

#: Argument -> what completes it; what is not here has its choices, or nothing.
_BY_ARGUMENT: Mapping[str, Completes] = {
    "problem": _PROBLEM,
    "problems": _PROBLEMS,
    "wanted": _PROBLEM,
    "implementations": _IMPLEMENTATIONS,
    "implementation": _function("searched"),
    "good": _REVISION,
    "bad": _REVISION,
    "baseline": _IMPLEMENTATIONS,
    "run": _RUN,
    "dtypes": _listed(*DTYPES),
    "layouts": _listed(*ORDERS),
    "allocators": _listed(*ALLOCATORS),
    "cache": _listed(*CACHES),
    "sizes": _listed("S", "M", "L"),
    "format": _listed(*formats.names()),
    "results": shtab.DIRECTORY,
    "into": shtab.DIRECTORY,
    "output": shtab.DIRECTORY,
    "against": _PROBLEM,
    "candidates": shtab.FILE,
    "base": shtab.DIRECTORY,
    "head": shtab.DIRECTORY,
    "markdown": shtab.FILE,
    "file": shtab.FILE,
}


class CompletionOptions(Options, frozen=True, kw_only=True):
    """What `implbench completion` can be told."""

    shell: Literal["bash", "zsh", "fish"]


def command(options: CompletionOptions) -> int:
    """Do `implbench completion`; see `parser`."""
    top = parser()
    for action in _actions(top):
        if action.dest in _BY_ARGUMENT and not action.choices:
            action.complete = _BY_ARGUMENT[action.dest]  # type: ignore[attr-defined]  # where shtab looks for it
    print(shtab.complete(top, options.shell))
    return Exit.FINE


def _actions(parsed: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Yield all arguments of a parser and of its commands."""
    for action in parsed._actions:  # noqa: SLF001  # argparse has no public name for it
        yield action
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for one in action.choices.values():
                yield from _actions(one)
