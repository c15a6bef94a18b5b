"""Evaluations apart from any timing: of the problem's reference, or of the baseline where there is none."""

import contextlib
import copy
import math
import os
import resource
import signal
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..problems.sources.calls import Call
from .forcing import forced
from .inputs import is_plain
from .loading import ProblemFunctions, loaded
from .memory_order import is_strided, strided
from .outputs import Outputs, leaves_of, named
from .protocol import CaseSpec, Start
from .steps import Calling, Tell, untold
from .values.leaves import Leaf, Numbers
from .values.stored import load_leaves, save_leaves

Values = Mapping[str, Any]


class Baseline:
    """The baseline as a function of the inputs, which leaves these alone."""

    def __init__(self, spec: CaseSpec, problem: ProblemFunctions, name: str, tell: Tell = untold) -> None:
        """Get ready; nothing is loaded yet."""
        self._tell, self._here = tell, os.getpid()
        self._spec = spec
        self._problem = problem
        self._name = name
        self._prepare: Callable[[dict[str, Any]], Callable[..., Any]] | None = None

    def of_operands(self, call: Call) -> "Baseline":
        """Return it as a function of what a call is given that other code leads to."""
        found = Baseline(self._spec, self._problem, self._name, self._tell)
        found._prepare = call.prepare
        return found

    def __call__(self, inputs: Values) -> Outputs:
        """Return the outputs of one evaluation, name -> value; what it raises passes through."""
        tell = self._tell if os.getpid() == self._here else untold  # a fork has a limit of its own
        tell(Calling(begins=True))
        try:
            return self._evaluated(inputs)
        finally:
            tell(Calling(begins=False))

    def _evaluated(self, inputs: Values) -> Outputs:
        if self._prepare is None:
            self._prepare = loaded(Start(spec=self._spec, implementation=self._name, layout={})).prepare
        own = {name: copied(value) for name, value in inputs.items()}
        step = self._prepare(own)
        given = self._problem.fresh(own) if self._problem.fresh else ()
        result = step(*given)
        lazy = forced(lambda *_: result, result)
        result = lazy[0]() if lazy else result
        return named(result, self._spec.outputs, {name: own[name] for name in self._spec.inout if name in own})


def copied(value: Any) -> Any:
    """Return a value of one's own; what cannot be copied is shared."""
    if is_plain(value):
        return strided(value, value.strides) if is_strided(value) else np.array(value, order="K", copy=True)
    try:
        found = copy.deepcopy(value)
        if isinstance(value, np.ndarray) and hasattr(value, "__dict__"):
            vars(found).update(copy.deepcopy(vars(value)))  # of a subclass, whose attributes NumPy leaves out
    except Exception:  # noqa: BLE001  # what foreign classes raise is not known
        return value
    return found


def detached(leaves: Mapping[str, Leaf]) -> dict[str, Leaf]:
    """Return leaves that no later call can change."""
    return {
        path: Numbers(array=leaf.array.copy(), typed=leaf.typed) if isinstance(leaf, Numbers) else leaf
        for path, leaf in leaves.items()
    }


def elsewhere(
    evaluate: Callable[[], Outputs], folder: Path, most_cpu_s: float, longest_s: float
) -> dict[str, Leaf] | None:
    """Evaluate in a fork, which may take too long or die; return the leaves of the outputs, None if none came of it.

    Parameters
    ----------
    evaluate
        What to do there.
    folder
        A new one, for what comes of it.
    most_cpu_s, longest_s
        How much CPU time it may take, and how long.
    """
    with _quietly():
        child = os.fork()
    if child == 0:
        code = 1
        with contextlib.suppress(BaseException):
            resource.setrlimit(resource.RLIMIT_CPU, (_cpu_limit(most_cpu_s), resource.RLIM_INFINITY))
            save_leaves(folder, leaves_of(evaluate(), judged=False))
            code = 0
        os._exit(code)
    deadline = time.monotonic() + longest_s
    while (ended := os.waitpid(child, os.WNOHANG))[0] == 0 and time.monotonic() < deadline:
        time.sleep(0.002)
    if ended[0] == 0:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return None
    return load_leaves(folder) if ended[1] == 0 else None


def _cpu_limit(more_s: float) -> int:
    """Return the CPU seconds after which a fork that has just begun ends, which counts those of its own alone."""
    return math.ceil(time.process_time() + more_s)


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Have nothing said of a fork beside other threads: it computes, writes a file and ends."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
