"""Made-up runs in two environments."""

from bench.store.records import EnvironmentRecord
from bench.store.worker_records import Outcome
from tests.builders import Spec, make_run

OLD, NEW = "old", "new"


def _record(label, numpy, blas, variables, **more):
    return EnvironmentRecord(
        label=label,
        asked=(f"numpy=={numpy}",),
        python="CPython 3.12.1",
        packages={"numpy": numpy, "threadpoolctl": "3.6", **more},
        variables=variables,
        numeric_stack={
            "numpy": numpy,
            "blas": {"name": "openblas", "version": blas, "kernel": "SkylakeX", "threads": 1},
            "simd": {"tier": "AVX512_SKX"},
        },
    )


RECORDS = (
    _record(OLD, "2.3.5", "0.3.29", {"OPENBLAS_CORETYPE": "Haswell"}),
    _record(NEW, "2.4.6", "0.3.30", {"OPENBLAS_CORETYPE": None}, scipy="1.16"),
)


def two_environments(ms=(2.0, 1.8), outcome=Outcome.OK):
    """Return a run of two implementations, whose calls take so long in the old and in the new environment.

    Parameters
    ----------
    ms
        Milliseconds.
    outcome
        How the second implementation ends in the new one.
    """
    arms = [
        Spec(name=name, ms=factor * each, environment=label, baseline=(name, label) == ("loop", OLD), **how)
        for name, factor in (("loop", 4.0), ("rows", 1.0))
        for label, each in zip((OLD, NEW), ms, strict=True)
        for how in ({"outcome": outcome, "reason": "it says so"} if (name, label) == ("rows", NEW) else {},)
    ]
    return make_run(arms, environments=RECORDS)
