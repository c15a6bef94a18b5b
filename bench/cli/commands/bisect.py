"""Find the first commit between GOOD and BAD in which an implementation is slower than in GOOD."""

from collections.abc import Mapping

from msgspec import field
from msgspec.structs import replace

from ...machine import exclusive
from ...report import json_bisection, terminal
from ...report.sections import bisected
from ...versions import ancestry, revisions
from ...versions.environments.asked import AS_HERE, EnvironmentOptions
from ...versions.margins import Margins
from ...versions.sides import Asked
from ..answering import answer
from ..bisecting import Bisector
from ..exit_codes import exit_code_of_bisection
from ..measuring_options import GateSelection, Timing
from ..options import Options


class BisectOptions(Options, frozen=True, kw_only=True):
    """What `implbench bisect` can be told."""

    good: str
    bad: str
    problem: str
    implementation: str
    problems_from: str | None = None
    paths: tuple[str, ...] = ()
    selection: GateSelection
    timing: Timing
    own_margins: Mapping[str, float] = field(default_factory=dict)
    """Of single benchmarks, by their names, as a project asks for them."""
    build: tuple[str, ...] | None = ()
    environments: EnvironmentOptions = AS_HERE


def command(options: BisectOptions) -> int:
    """Do `implbench bisect`; see `parser`."""
    settings = options.timing.settings
    repository = revisions.repository_here(options.good)
    good, _ = revisions.pair(repository, options.good, options.bad)
    bad = revisions.resolved(repository, options.bad)
    path = ancestry.between(repository, good, bad)
    if repository.git("status", "--porcelain", "--untracked-files=no").strip():
        terminal.note("the working tree has changes that no commit has: they are not measured")
    asked = Asked(
        base=good.commit,
        head=bad.commit,
        problems=(options.problem,),
        paths=options.paths,
        problems_from=options.problems_from,
        build=options.build,
        environments=options.environments,
    )
    margins = Margins(usual=settings.margin, own=options.own_margins)
    wanted = replace(options.selection, implementations=(options.implementation,))
    with exclusive.alone(settings.command, wait=options.timing.wait, say=terminal.note):
        found = Bisector(asked, wanted, settings, path=path, margins=margins).search(good.label, bad.label)
    answer(bisected.sections(found), json_bisection.of(found), as_json=options.json)
    return exit_code_of_bisection(found)
