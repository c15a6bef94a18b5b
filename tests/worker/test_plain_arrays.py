"""Functions of NumPy, SciPy and Numba do on a worker's inputs what they do on arrays of one's own: no more, no less."""

import numpy as np
import pytest

from bench.worker.allocations import counted
from bench.worker.inputs import Arena
from bench.worker.value_files import load_values, save_values

N = 4096


def made():
    """Return arrays as a program makes them."""
    random = np.random.RandomState(3)
    return {
        "x": random.random_sample(N),
        "y": random.random_sample(N).astype(np.float32),
        "i": random.randint(0, 64, N),
        "s": np.sort(random.random_sample(N)),
        "m": random.random_sample((32, 32)),
        "f": np.asfortranarray(random.random_sample((32, 48))),
        "k": random.random_sample(9),
        "b": random.random_sample(N) < 0.5,
        "z": random.random_sample(N) + 1j,
    }


FUNCTIONS = {
    "bincount": lambda a: np.bincount(a["i"], weights=a["x"], minlength=64),
    "take": lambda a: np.take(a["x"], a["i"]),
    "fancy index": lambda a: a["x"][a["i"]],
    "mask": lambda a: a["x"][a["b"]],
    "put": lambda a: np.put(np.empty(N), a["i"], a["x"]),
    "add.at": lambda a: np.add.at(np.zeros(64), a["i"], a["x"]),
    "interp": lambda a: np.interp(a["x"], a["s"], a["x"]),
    "convolve": lambda a: np.convolve(a["x"], a["k"], "same"),
    "correlate": lambda a: np.correlate(a["x"], a["k"], "same"),
    "sort": lambda a: np.sort(a["x"]),
    "argsort": lambda a: np.argsort(a["x"]),
    "partition": lambda a: np.partition(a["x"], 10),
    "searchsorted": lambda a: np.searchsorted(a["s"], a["x"]),
    "digitize": lambda a: np.digitize(a["x"], a["s"]),
    "histogram": lambda a: np.histogram(a["x"], 32, (0, 1)),
    "unique": lambda a: np.unique(a["i"]),
    "nonzero": lambda a: np.nonzero(a["b"]),
    "where": lambda a: np.where(a["b"], a["x"], 0),
    "einsum": lambda a: np.einsum("ij,jk->ik", a["m"], a["f"]),
    "dot": lambda a: np.dot(a["m"], a["f"]),
    "tensordot": lambda a: np.tensordot(a["m"], a["f"], 1),
    "outer": lambda a: np.outer(a["k"], a["k"]),
    "cumsum": lambda a: np.cumsum(a["x"]),
    "diff": lambda a: np.diff(a["x"]),
    "median": lambda a: np.median(a["x"]),
    "percentile": lambda a: np.percentile(a["x"], 5),
    "roll": lambda a: np.roll(a["x"], 3),
    "ravel": lambda a: np.ravel(a["m"]),
    "ascontiguousarray": lambda a: np.ascontiguousarray(a["m"]),
    "asfortranarray": lambda a: np.asfortranarray(a["f"]),
    "require": lambda a: np.require(a["x"], None, ["C", "A", "W", "O"]),
    "frombuffer": lambda a: np.frombuffer(a["x"]),
    "broadcast_to": lambda a: np.broadcast_to(a["k"], (64, 9)).sum(),
    "astype": lambda a: a["y"].astype(np.float32, copy=False),
    "polyval": lambda a: np.polyval(a["k"], a["x"]),
    "fft": lambda a: np.fft.fft(a["z"]),
    "rfft": lambda a: np.fft.rfft(a["x"]),
    "solve": lambda a: np.linalg.solve(a["m"], a["f"]),
    "eigh": lambda a: np.linalg.eigh(a["m"]),
    "svd": lambda a: np.linalg.svd(a["m"]),
    "packbits": lambda a: np.packbits(a["b"]),
    "nditer": lambda a: [one[...] for one in np.nditer(a["k"], [], [["readwrite"]])],
    "lfilter": lambda a: scipy("signal").lfilter(a["k"], [1.0], a["x"]),
    "sosfilt": lambda a: scipy("signal").sosfilt([[1.0, 0, 0, 1, 0.1, 0]], a["x"]),
    "convolve2d": lambda a: scipy("signal").convolve2d(a["m"], a["f"], "same"),
    "medfilt": lambda a: scipy("signal").medfilt(a["x"], 3),
    "uniform_filter": lambda a: scipy("ndimage").uniform_filter(a["m"], 3),
    "map_coordinates": lambda a: scipy("ndimage").map_coordinates(a["m"], a["m"][:2] * 31, order=1),
    "label": lambda a: scipy("ndimage").label(a["m"] > 0.5),
    "lu_factor": lambda a: scipy("linalg").lu_factor(a["m"]),
    "cho_factor": lambda a: scipy("linalg").cho_factor(a["m"] @ a["m"].T + np.eye(32)),
    "cdist": lambda a: scipy("spatial.distance").cdist(a["m"], a["m"]),
    "cKDTree": lambda a: scipy("spatial").cKDTree(a["m"]).query(a["m"]),
    "csr_matrix": lambda a: scipy("sparse").csr_matrix((a["x"], (a["i"], a["i"]))),
    "scipy fft": lambda a: scipy("fft").fft(a["z"]),
    "simpson": lambda a: scipy("integrate").simpson(a["x"]),
    "CubicSpline": lambda a: scipy("interpolate").CubicSpline(a["s"], a["x"])(a["x"]),
    "rankdata": lambda a: scipy("stats").rankdata(a["x"]),
}


def scipy(name):
    return pytest.importorskip(f"scipy.{name}")


@pytest.fixture
def both(tmp_path):
    """Return arrays of one's own and those that a worker hands to prepare()."""
    save_values(tmp_path / "a" / "inputs", made())
    return made(), Arena(lambda content: load_values(tmp_path / content / "inputs"), {"f": "F"}, first="a").inputs


def test_an_input_has_the_type_the_flags_and_the_alignment_of_an_array_of_ones_own(both):
    for name, own in both[0].items():
        held = both[1][name]
        assert (type(held), held.dtype, held.strides) == (type(own), own.dtype, own.strides)
        assert held.flags.owndata
        for flag in ("C_CONTIGUOUS", "F_CONTIGUOUS", "WRITEABLE", "ALIGNED", "WRITEBACKIFCOPY"):
            assert held.flags[flag] == own.flags[flag]
        assert held.base is None
        assert held.ctypes.data % 16 == own.ctypes.data % 16 == 0


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_allocates_and_calls_as_on_arrays_of_ones_own(both, name):
    """A copy that is made of a read-only or a misaligned array is an allocation that is not there else."""
    function = FUNCTIONS[name]
    counts = []
    for arrays in both:
        function(arrays)
        counts.append(counted(lambda arrays=arrays: function(arrays)))
    plain, held = counts
    assert (held.allocations, held.allocated_bytes) == (plain.allocations, plain.allocated_bytes)
    assert (held.python_calls, held.c_calls) == (plain.python_calls, plain.c_calls)


def test_functions_compiled_by_numba_take_an_input_for_what_an_array_of_ones_own_is(both):
    numba = pytest.importorskip("numba")
    for name, own in both[0].items():
        assert numba.typeof(both[1][name]) == numba.typeof(own)
