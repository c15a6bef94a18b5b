"""Wants a device that is not there."""


def unavailable():
    return "no such device"


def prepare(inputs):
    raise AssertionError("not called")
