"""The names of `import implbench`."""

from importlib import metadata

from bench import toplevel


def test_it_knows_its_version():
    assert toplevel.__version__ == metadata.version("implbench")
    assert "__version__" in dir(toplevel)
