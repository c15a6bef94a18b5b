"""Estimates, intervals, the gate, change points: numbers in, numbers out; no clock, no file."""
