"""The charts of a run's page, one module a subject.

Each has ``charts(analysis) -> tuple[Chart, ...]``, empty where the run has nothing to show of it.
"""
