"""Results that are there only once somebody waits for them: the clock waits."""

import sys
from types import ModuleType, SimpleNamespace

import pytest

from bench.worker.forcing import forced


class _Device:
    """A device that has computed only once somebody has waited for it."""

    def __init__(self, *, is_there=True):
        self.waits, self._is_there = 0, is_there

    def synchronize(self):
        self.waits += 1

    def is_available(self):
        return self._is_there


def _torch(device):
    return {"torch": SimpleNamespace(cuda=device)}


def _cupy(device):
    return {
        "cupy": SimpleNamespace(cuda=SimpleNamespace(runtime=SimpleNamespace(deviceSynchronize=device.synchronize)))
    }


def _numba(device):
    return {"numba": ModuleType("numba"), "numba.cuda": device}


LIBRARIES = {"torch": _torch, "cupy": _cupy, "numba": _numba}


def _of(library):
    """Return an array of a library's own class."""
    return type("Array", (), {"__module__": f"{library}.arrays"})()


@pytest.fixture
def install(monkeypatch):
    def installed(library, device):
        for name in ("torch", "cupy", "numba", "numba.cuda", "jax"):
            monkeypatch.delitem(sys.modules, name, raising=False)
        for name, module in LIBRARIES[library](device).items():
            monkeypatch.setitem(sys.modules, name, module)

    return installed


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("shape", [lambda one: one, lambda one: (1, [one]), lambda one: {"a": one}])
def test_the_clock_stops_when_the_device_is_done(library, shape, install):
    device = _Device()
    install(library, device)
    result = shape(_of(library))
    step, told = forced(lambda: result, result)
    assert told == "the clock stops when the device is done"
    assert step() is result
    assert device.waits == 1


@pytest.mark.parametrize("library", ["torch", "numba"])
def test_without_a_device_nobody_waits(library, install):
    install(library, _Device(is_there=False))
    assert forced(lambda: None, _of(library)) is None


@pytest.mark.parametrize("library", LIBRARIES)
def test_for_what_is_none_of_a_devices_nobody_waits(library, install):
    install(library, _Device())
    assert forced(lambda: None, [1.0, {"a": "b"}]) is None
