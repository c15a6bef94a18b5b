"""Measure as `implbench run` does, this machine's limits in the same rounds."""

from .run import command

__all__ = ["command"]
