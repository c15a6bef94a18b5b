"""What two versions are measured in: the same environments, or what each was built into."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from ..measure.environments import levelled
from .environments import building
from .environments.asked import EnvironmentOptions, Wanted, wanted
from .environments.building import BuildFailed, Built, How, Version
from .environments.ready import ready

#: Label of an environment -> what a version is in it.
Places = Mapping[str, Built]

#: That of the harness, where no other was asked for.
_HERE = Wanted(label="", variables={}, here=True)


def places(
    versions: tuple[Version, Version],
    command: Sequence[str],
    environments: EnvironmentOptions,
    *,
    tell: Callable[[str], None],
) -> tuple[Places, Places]:
    """Return what both versions are measured in; what is built is put into their copies.

    Parameters
    ----------
    versions
        BASE and HEAD.
    command
        What builds each, in words; empty: nothing is built.
    environments
        What they are built and measured in.
    tell
        Is told what is being made.

    Raises
    ------
    BuildFailed
        If a version cannot be built, with whether the other one can.
    """
    if not command:
        same = {one.label: Built(environment=one) for one in ready(environments, tell)}
        return same, same
    how = How(command=tuple(command), wanted=wanted(environments) or (_HERE,))
    made: list[tuple[Built, ...]] = []
    failed: list[BuildFailed] = []
    for one in versions:
        try:
            made.append(building.built(one, how, tell=tell))
        except BuildFailed as error:
            failed.append(error)
    if failed:
        failed[-1].add_note("the other version can be built" if made else "nor can the other version")
        failed[-1].add_note("--build none measures what is there without building")
        raise failed[-1]
    return _levelled(made[0], made[1])


def others_that_differ(base: Places, head: Places) -> Iterator[str]:
    """Yield what was built with another version of something else in HEAD than in BASE, one sentence each."""
    for label in base:
        before, after = base[label].others, head[label].others
        where = f" in {label}" if label else ""
        for name in sorted(before.keys() | after.keys()):
            if before.get(name) != after.get(name):
                change = f"{before.get(name, 'none')} in BASE, {after.get(name, 'none')} in HEAD"
                yield f"the versions were built with different {name}{where}: {change}"


def _levelled(base: Sequence[Built], head: Sequence[Built]) -> tuple[Places, Places]:
    """Return what was built, with environments that take the same room; what one version lacks the other lacks too."""
    both = (*base, *head)
    equal = levelled([one.environment for one in both], os.environ)
    broken = {one.label: one.broken for one in equal if one.broken}
    found = [
        replace(one, environment=replace(environment, broken=broken.get(environment.label)))
        for one, environment in zip(both, equal, strict=True)
    ]
    labelled = [(one.environment.label, one) for one in found]
    return dict(labelled[: len(base)]), dict(labelled[len(base) :])
