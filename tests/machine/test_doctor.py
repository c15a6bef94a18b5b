"""What the doctor says of machines that are made up, and of this one."""

import copy
import signal
from types import SimpleNamespace

import psutil
import pytest

from bench.machine import doctor, environment, hardware, variables
from bench.machine.distributions import EXTRAS
from bench.machine.load import Activity

QUIET = {
    "cpu": {
        "model": "Model 1",
        "logical": 8,
        "caches": {"l1d_bytes": 49152, "l2_bytes": 2**21, "l3_bytes": None},
        "hypervisor": False,
        "governor": "performance",
        "turbo": False,
    },
    "cpus_allowed": list(range(8)),
    "cgroup": {"cpus": None},
    "system": {"transparent_huge_pages": "madvise", "libc": "glibc 2.36"},
    "python": {"implementation": "CPython", "version": "3.13.1"},
}
STACK = {
    "numpy": "2.4.6",
    "blas": {"name": "openblas", "version": "0.3.31", "kernel": "SkylakeX", "threads": 2},
    "simd": {"baseline": ["X86_V2"], "found": ["X86_V4"], "tier": "X86_V4"},
}


def changed(path, value):
    """Return the quiet machine with one fact changed."""
    facts = copy.deepcopy(QUIET)
    *way, last = path.split(".")
    inner = facts
    for key in way:
        inner = inner[key]
    inner[last] = value
    return facts


def activity(busy=(0.0, 0.0), steal=(0.0, 0.0), load=0.0):
    return Activity(load_before=load, load_after=load, busy=busy, steal=steal, frequency_hz=None)


def noisy(findings):
    return [one for one in findings if one.state == "noisy"]


def test_a_quiet_machine_has_nothing_noisy():
    assert noisy([*doctor.noise(QUIET), *doctor.neighbours(activity()), *doctor.support(QUIET)]) == []


@pytest.mark.parametrize(
    ("path", "value", "subject", "told"),
    [
        ("cpus_allowed", [3], "cpus", "1 of 8 CPUs"),
        ("cgroup.cpus", 1.5, "quota", "1.50 of 8 CPUs"),
        ("cpu.hypervisor", True, "hypervisor", "virtual machine"),
        ("cpu.governor", "powersave", "governor", "powersave"),
        ("cpu.turbo", True, "turbo", "turbo is on"),
        ("system.transparent_huge_pages", "always", "huge pages", "always"),
    ],
)
def test_what_makes_a_machine_noisy_is_told_with_a_remedy(path, value, subject, told):
    (found,) = noisy(doctor.noise(changed(path, value)))
    assert found.subject == subject
    assert told in found.text
    assert found.remedy


@pytest.mark.parametrize("path", ["cpu.hypervisor", "cpu.governor", "cpu.turbo", "system.transparent_huge_pages"])
def test_what_the_system_does_not_tell_is_not_held_against_it(path):
    assert noisy(doctor.noise(changed(path, None))) == []


def test_a_quota_for_all_the_cpus_is_no_limit():
    assert noisy(doctor.noise(changed("cgroup.cpus", 8.0))) == []


@pytest.mark.parametrize(
    ("seen", "subject", "told"),
    [
        (activity(load=1.43), "load", "1.43"),
        (activity(busy=(0.02, 0.97)), "other programs", "CPU 1 was 97 % busy over 0.3 s"),
        (activity(steal=(0.25, 0.0)), "steal", "25 % of CPU 0's time"),
    ],
)
def test_neighbours_are_told_with_their_share(seen, subject, told):
    (found,) = noisy(doctor.neighbours(seen))
    assert found.subject == subject
    assert told in found.text


def test_a_machine_that_does_not_count_is_not_called_idle():
    unknown = Activity(load_before=None, load_after=None, busy=(), steal=(), frequency_hz=None)
    assert list(doctor.neighbours(unknown)) == []


def test_numpy_is_told_with_its_blas_and_kernel():
    found = {one.subject: one for one in doctor.installed(QUIET, STACK)}
    assert found["numpy"].state == "good"
    assert found["numpy"].text == "NumPy 2.4.6 uses openblas 0.3.31 with its SkylakeX kernel and SIMD up to X86_V4"
    assert found["cpu"].text == "Model 1, 8 logical CPUs, l1d 48.0 KiB, l2 2.00 MiB"
    assert found["python"].text == "CPython 3.13.1"


def test_a_blas_that_may_be_the_reference_one_is_noted():
    blas = {"name": "blas", "version": "3.11.0", "kernel": None, "threads": None}
    (found,) = [one for one in doctor.installed(QUIET, STACK | {"blas": blas}) if one.subject == "numpy"]
    assert found.state == "note"
    assert "reference BLAS" in found.text
    assert "pip install" in found.remedy


def test_a_missing_framework_is_told_with_the_extra_that_brings_it(monkeypatch):
    monkeypatch.setattr(environment, "version", lambda name: None)
    found = {one.subject: one for one in doctor.frameworks()}
    assert set(found) == {*EXTRAS, "memray"}
    assert {one.state for one in found.values()} == {"missing"}
    assert found["numba"].remedy == "pip install implbench[numba]"


def test_a_framework_that_is_here_is_told_with_its_version(monkeypatch):
    monkeypatch.setattr(environment, "version", lambda name: "1.2.3")
    assert {one.state for one in doctor.frameworks()} == {"good"}
    assert all("1.2.3" in one.text for one in doctor.frameworks())


def test_without_compiler_and_octave_both_are_missing(monkeypatch):
    monkeypatch.setattr(doctor.shutil, "which", lambda program: None)
    assert [(one.subject, one.state) for one in doctor.tools()] == [("c compiler", "missing"), ("octave", "missing")]


def test_the_compiler_that_cc_names_comes_first(monkeypatch):
    monkeypatch.setenv("CC", "mycc -O3")
    monkeypatch.setattr(doctor.shutil, "which", lambda program: f"/bin/{program}")
    monkeypatch.setattr(hardware, "printed", lambda program, *_, **__: f"{program} 14.2\nlicence")
    assert next(doctor.tools()).text == "mycc 14.2"


def test_octave_without_its_command_line_program_is_missing(monkeypatch):
    monkeypatch.setattr(doctor.shutil, "which", lambda program: None if program == "octave-cli" else f"/bin/{program}")
    assert doctor.octave().state == "missing"


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("OpenBLAS (config: OpenBLAS 0.3.21 DYNAMIC_ARCH Haswell)", "good"),
        ("unknown or reference", "noisy"),
        (None, "noisy"),
    ],
)
def test_octave_is_judged_by_its_blas(monkeypatch, said, state):
    monkeypatch.setattr(doctor.shutil, "which", lambda program: f"/bin/{program}")
    monkeypatch.setattr(hardware, "printed", lambda *_, **__: said)
    assert doctor.octave().state == state


def test_a_system_without_affinity_stopping_and_glibc_is_told_so(monkeypatch):
    monkeypatch.delattr(doctor.os, "sched_setaffinity", raising=False)
    monkeypatch.delattr(signal, "SIGSTOP", raising=False)
    found = list(doctor.support(changed("system.libc", None)))
    assert [(one.subject, one.state) for one in found] == [
        ("affinity", "noisy"),
        ("stopping", "noisy"),
        ("allocator", "note"),
    ]


@pytest.mark.parametrize(("plugged", "subjects"), [(False, ["power"]), (True, []), (None, [])])
def test_a_machine_on_its_battery_is_noisy(monkeypatch, plugged, subjects):
    battery = SimpleNamespace(percent=40.0, secsleft=1, power_plugged=plugged)
    monkeypatch.setattr(psutil, "sensors_battery", lambda: battery, raising=False)
    assert [one.subject for one in doctor.power()] == subjects


def test_a_machine_without_battery_has_nothing_to_say_of_power(monkeypatch):
    monkeypatch.setattr(psutil, "sensors_battery", lambda: None, raising=False)
    assert list(doctor.power()) == []


def test_every_variable_that_bends_results_is_told_with_its_remedy():
    found = list(doctor.bending(dict.fromkeys(variables.BENDING, "1")))
    assert len(found) == len(variables.BENDING)
    assert all(one.state == "noisy" and one.remedy.startswith("unset it") for one in found)
    assert all(one.subject in one.text for one in found)


def test_a_results_folder_that_can_be_written_need_not_exist_and_is_left_alone(tmp_path):
    found = doctor.results(tmp_path / "a" / "results")
    assert found.state in ("good", "note")  # a note where the disk is nearly full
    assert "GiB are free" in found.text
    assert list(tmp_path.iterdir()) == []


def test_a_results_folder_below_a_file_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    found = doctor.results(tmp_path / "file" / "results")
    assert found.state == "missing"
    assert "Not a directory" in found.text


def test_a_results_folder_without_permission_is_told(tmp_path, monkeypatch):
    def refuse(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", refuse)
    found = doctor.results(tmp_path)
    assert (found.state, found.remedy) == ("missing", "choose another folder with --results")
    assert "Permission denied" in found.text


def test_little_room_is_noted(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "ROOM_BYTES", float("inf"))
    assert doctor.results(tmp_path).state == "note"


def test_the_whole_examination_of_this_machine_gives_one_sentence_a_finding(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    found = doctor.examine(tmp_path)
    assert {"python", "cpu", "numpy", "scipy", "c compiler", "octave", "cpus", "OPENBLAS_CORETYPE", "results"} <= {
        one.subject for one in found
    }
    assert {one.state for one in found} <= {"good", "missing", "noisy", "note"}
    assert all(one.text and "\n" not in one.text for one in found)
    assert all(one.remedy for one in found if one.state in ("missing", "noisy"))


def test_the_verdict_is_one_line_and_parts_noise_from_what_is_missing():
    remarks = [
        doctor.Remark(subject="numpy", state="good", text="NumPy 2"),
        doctor.Remark(subject="jax", state="missing", text="jax is not installed"),
        doctor.Remark(subject="turbo", state="noisy", text="turbo is on"),
    ]
    assert doctor.verdict(remarks) == "Expect noise, from: turbo; optional, and not installed: jax."
    assert [one.subject for one in doctor.ordered(remarks)] == ["turbo", "jax", "numpy"]
    assert doctor.verdict(remarks[:1]) == "Quiet: nothing here disturbs what is measured."
    full = doctor.Remark(subject="results", state="missing", text="results: cannot be written")
    assert doctor.verdict([full]) == "Quiet: nothing here disturbs what is measured; runs cannot be kept."
