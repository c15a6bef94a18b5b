"""What one evaluation does, counted and explained apart from any timing; for a worker whose bursts are over."""

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..machine import threads
from ..problems import sources
from . import input_files, numpy_calls, profiling, unit_costs
from .allocations import counted
from .inputs import Arena
from .line_profiling import profiled_lines
from .protocol import CaseSpec
from .untimed import Counted

#: What takes longer to prepare and to call first is not prepared for another size.
LONGEST_READY_NS = 1_000_000_000

Prepare = Callable[[Mapping[str, Any]], Any]


def explained(
    step: Callable[[], Any],
    renew: Callable[[], None],
    *,
    arena: Arena,
    spec: CaseSpec,
    prepare: Prepare | None,
    ready_ns: int,
    fresh: Callable[[Mapping[str, Any]], tuple[Any, ...]] | None,
) -> Counted:
    """Count, profile, see what NumPy is called for and measure what that costs; None is what cannot be seen.

    Page faults are counted in the bursts; here the calls' times are to be without them. What computes in another
    program, or takes long to get ready, is not prepared again.

    Parameters
    ----------
    step, renew
        One evaluation, and what is done before each.
    arena, spec
        The inputs, and the case.
    prepare
        Makes a step of inputs; None: it computes in another program. Of a call that other code leads to, it is made of
        what that is given.
    ready_ns
        How long that and the first call took.
    fresh
        Gives a call what it may use up.
    """
    threads.retain_memory()
    is_elsewhere = prepare is None
    led = sources.calls.here()
    inputs = led.operands if led else dict(arena.inputs)
    sizes = [value.size for value in inputs.values() if isinstance(value, np.ndarray)]
    if led:
        prepare = led.prepare if sizes else None  # what a closure holds cannot be seen
    calls, functions, by_line, smallest_ns = None, None, None, None
    if prepare is not None:
        with contextlib.suppress(Exception):
            calls = numpy_calls.observed(prepare, inputs, arena.restore, fresh)
        if ready_ns < LONGEST_READY_NS and not fresh and not led:
            with contextlib.suppress(Exception):
                smallest_ns = unit_costs.evaluation_ns(prepare(input_files.smallest_inputs(spec)))
    costs = unit_costs.measured(spec.case.dtype, max(sizes, default=0))
    counts = counted(step, renew)
    if not is_elsewhere:
        with contextlib.suppress(Exception):
            functions = profiling.profiled(step, renew, (spec.folder, *spec.path))
        with contextlib.suppress(Exception):
            by_line = profiled_lines(step, renew, (spec.folder, *spec.path))
    return Counted(
        counts=counts,
        calls=calls,
        functions=functions,
        lines=by_line.lines if by_line else None,
        lines_watched=by_line.watched if by_line else 1.0,
        costs=costs,
        smallest_ns=smallest_ns,
    )
