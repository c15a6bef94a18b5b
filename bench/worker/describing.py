"""What a worker runs in: its interpreter, what is installed there, and the numerical library that it has loaded."""

import platform
from importlib.metadata import distributions

from ..machine import environment
from ..machine.distributions import normalised
from .protocol import Described


def described() -> Described:
    """Return what this process runs in."""
    installed = ((one.metadata["Name"], one.version) for one in distributions())
    return Described(
        python=f"{platform.python_implementation()} {platform.python_version()}",
        packages={normalised(name): version for name, version in sorted(installed) if name},
        numeric_stack=environment.numeric_stack(),
    )
