"""Environments that workers run in: asked for by packages, interpreter and variables, made once, and kept."""
