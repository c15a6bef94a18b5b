"""Tokens planted in the environment, on the command line and in the user's paths are in nothing that is written."""

import os
from pathlib import Path

import pytest

from bench import formats
from bench.cli.main import main
from bench.errors import Exit
from bench.machine import environment
from tests.simulated import Simulation

FAKES = Path(__file__).parent / "fakes" / "product"

#: Each holds a token of its own; some begin like what is recorded, or end like it.
NAMES = (
    *("NUMBA_PAT", "XLA_KEY", "MKL_LICENSE", "NUMPY_BEARER", "JAX_SERVICE_TOKEN", "TORCH_HUB_AUTH", "CUDA_API_KEY"),
    *("OMP_PASSWORD", "OPENBLAS_SECRET", "PYTORCH_HF_PAT", "ATEN_CREDENTIALS", "DNNL_LOGIN", "MALLOC_TRACE"),
    *("GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "HF_TOKEN", "PYPI_PASSWORD", "NETRC", "PGPASSWORD"),
    *(
        "PYTHONSTARTUP",
        "PYTHONHOME_X",
        "GOMP_X",
        "KMP_X",
        "NPY_X",
        "TBB_X",
        "BLIS_X",
        "GLIBC_TUNABLES_X",
        "LD_PRELOAD_X",
    ),
)

#: These are recorded, but not the logins and folders in them.
RECORDED = {
    "XLA_FLAGS": "--xla_dump_to={home}/dump",
    "JAX_PLATFORMS": "https://user:planted-password@host/cpu",
    "OMP_PLACES": "{token}",
}


@pytest.fixture
def planted(tmp_path, monkeypatch):
    """Return the folder of a user's own, whose name is planted too, with all tokens in the environment."""
    home = tmp_path / "planted-home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for place, name in enumerate(NAMES):
        monkeypatch.setenv(name, f"planted-{place}")
    for name, value in RECORDED.items():
        monkeypatch.setenv(name, value.format(home=home, token=os.environ["GITHUB_TOKEN"]))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return home


@pytest.mark.usefixtures("undrawn")
def test_no_token_is_in_results_reports_pages_exports_or_messages(planted, capsys, monkeypatch):
    problem = planted / "product"
    problem.symlink_to(FAKES)
    monkeypatch.setattr("sys.argv", ["implbench", "run", str(problem), f"--results={planted.parent}/here/results"])
    Simulation(facts=environment.capture(FAKES)).everywhere(monkeypatch)
    where = ["--size", "S", "--rounds", "6", "--impl", "honest_too"]
    assert main(["run", str(problem), *where, "--report", "--html"]) in (Exit.FINE, Exit.UNDECIDED)
    assert main(["index"]) == main(["history", "--json"]) == Exit.FINE
    for name in formats.names():
        assert main(["export", "--format", name, "--output", f"exported/{name}"]) == Exit.FINE
    written = [file for file in (planted.parent / "here").rglob("*") if file.is_file()]
    assert len(written) > 20
    for file in written:
        assert b"planted" not in file.read_bytes(), file
    printed = capsys.readouterr()
    assert "planted" not in printed.out + printed.err
