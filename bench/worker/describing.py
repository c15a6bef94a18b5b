"""What a worker runs in: its interpreter, what is installed there, and the numerical library that it has loaded."""

from .protocol import Fact, Order, Reply


class Describe(Order, frozen=True, kw_only=True):
    """Tell what the worker runs in."""


class Described(Reply, frozen=True, kw_only=True):
    """What the worker runs in."""

    python: str
    """Implementation and version."""
    packages: dict[str, str]
    """Distribution -> version, of all that are installed."""
    numeric_stack: dict[str, Fact | dict[str, Fact]]
    """As ``environment.numeric_stack`` gives it."""


def described() -> Described:
    """Return what this process runs in."""
    import platform
    from importlib.metadata import distributions

    from ..machine import environment  # no worker that is measured needs what these import
    from ..machine.distributions import normalised

    installed = ((one.metadata["Name"], one.version) for one in distributions())
    return Described(
        python=f"{platform.python_implementation()} {platform.python_version()}",
        packages={normalised(name): version for name, version in sorted(installed) if name},
        numeric_stack=environment.numeric_stack(),
    )
