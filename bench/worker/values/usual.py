"""What the class of an object gives it: an attribute where the other side has it as one, and else nothing. Pure.

Of two equal polynomials one may have its domain itself, the other that of all polynomials.
"""

from msgspec.structs import replace

from .leaves import Holder, Leaves


def usual_paths(leaves: Leaves) -> set[str]:
    """Return the paths of what classes give."""
    return {
        path + step for path, leaf in leaves.items() if isinstance(leaf, Holder) and leaf.usual for step in leaf.usual
    }


def settled(one: Leaves, other: Leaves) -> tuple[Leaves, Leaves]:
    """Return both with what their classes give as attributes where the other side has these, and without the rest."""
    return _settled(one, other), _settled(other, one)


def _settled(leaves: Leaves, others: Leaves) -> Leaves:
    given = usual_paths(leaves)
    if not given:
        return leaves
    found = dict(leaves)
    for path, leaf in leaves.items():
        if isinstance(leaf, Holder) and leaf.usual:
            right = others.get(path)
            asked = [step for step in leaf.usual if isinstance(right, Holder) and step in right.paths]
            found[path] = replace(leaf, paths=(*leaf.paths, *asked), usual=())
            given.difference_update(path + step for step in asked)
    for path in given:
        found.pop(path, None)
    return found
