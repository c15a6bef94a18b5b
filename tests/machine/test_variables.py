"""Which variables of the environment are recorded, and which bend results."""

import pytest

from bench.machine import variables

HARMLESS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "PYTHONHASHSEED", "OPENBLAS_VERBOSE")


def test_a_name_that_only_begins_like_a_recorded_one_is_left_out():
    assert variables.recorded({"LD_PRELOADED": "x", "PYTHONPATH": "/home/x", "OMPX": "1", "HOME": "/home/x"}) == {}


@pytest.mark.parametrize(
    "name",
    [
        *("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "MALLOC_ARENA_MAX", "MALLOC_TRIM_THRESHOLD_", "GLIBC_TUNABLES"),
        *(
            "LD_PRELOAD",
            "NPY_DISABLE_CPU_FEATURES",
            "OMP_WAIT_POLICY",
            "MKL_DEBUG_CPU_TYPE",
            "MKL_CBWR",
            "PYTHONMALLOC",
        ),
    ],
)
def test_a_variable_that_bends_results_gets_one_sentence_with_its_name_and_what_to_do(name):
    (sentence,) = variables.warnings({name: "7", "HOME": "/home/x"})
    assert sentence.startswith(f"{name}=7 ")
    assert "; unset it" in sentence


def test_every_variable_that_bends_results_is_recorded_too():
    for name in variables.BENDING:
        assert variables.recorded({name: "1"}) == {name: "1"}


def test_thread_counts_and_unset_variables_are_no_cause_for_a_warning():
    assert variables.warnings(dict.fromkeys(HARMLESS, "1")) == ()
    assert variables.warnings({"LD_PRELOAD": "", "OPENBLAS_CORETYPE": ""}) == ()


def test_a_forced_kernel_is_warned_of_with_its_cost():
    (sentence,) = variables.warnings({"OPENBLAS_CORETYPE": "Haswell"})
    assert "may halve NumPy's speed" in sentence
    assert "OPENBLAS_L2_SIZE" in sentence
