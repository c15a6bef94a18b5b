"""The checkout's root: puts it on the path and loads the pytest plugin from it."""

pytest_plugins = ["bench.pytest_plugin", "pytester"]
