"""Functions that keep their answers."""

import functools

import pytest

from bench.worker.caches import Caches


@functools.cache
def remembered(n):
    return n if n < 2 else remembered(n - 1) + remembered(n - 2)


def plain(n):
    return n


def asking(n):
    return remembered(n)


@functools.wraps(plain)
def wrapped(n):
    return plain(n)


@pytest.fixture(autouse=True)
def _forgotten():
    yield
    type(remembered).cache_clear(remembered)


@pytest.mark.parametrize("step", [functools.partial(remembered, 9), remembered], ids=["partial", "function"])
def test_a_step_that_is_cached_can_be_made_to_forget_and_that_is_told(step):
    remembered(9)
    caches = Caches(step)
    caches.forget()
    assert remembered.cache_info().currsize == 0
    assert caches.told() == "its cache is cleared before each call"


def test_a_step_cannot_say_what_it_is_to_forget(monkeypatch):
    monkeypatch.setattr(remembered, "cache_clear", lambda: remembered(9))
    caches = Caches(functools.partial(remembered, 9))
    remembered(9)
    caches.forget()
    assert remembered.cache_info().currsize == 0


def test_a_function_beside_the_step_that_has_only_looked_up_since_is_told():
    step = functools.partial(asking, 9)
    caches = Caches(step)
    assert caches.forget is None
    step()
    caches.look()
    assert caches.told() is None
    step()
    assert caches.told() == "remembered kept its answers from call to call"


def test_what_still_computes_or_is_not_asked_at_all_is_no_matter():
    caches = Caches(functools.partial(asking, 9))
    caches.look()
    asking(9)  # this one computes, and looks up what it has computed
    assert caches.told() is None
    caches.look()
    plain(9)
    assert caches.told() is None


@pytest.mark.parametrize("step", [len, functools.partial(sum, [1]), wrapped, type("Step", (), {"__call__": plain})()])
def test_a_step_of_any_kind_may_keep_nothing(step):
    caches = Caches(step)
    caches.look()
    assert (caches.forget, caches.told()) == (None, None)
