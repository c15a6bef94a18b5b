"""A problem that is one file, read without being run."""

import pytest

from bench.errors import ImplbenchError
from bench.problems import implementation, problem, source_code

ROWS = '''"""Sum of squares.

s = sum x^2
"""
import numpy as np


def inputs(m=1_000, n=64, *, seed):
    return np.random.RandomState(seed).rand(m, n)


def loop(x):
    """Row by row."""


def fast(x): ...


raise SystemExit("a problem that is only read is not run")
'''


@pytest.fixture
def written(tmp_path):
    def write(text=ROWS, name="rows.py"):
        file = tmp_path / name
        file.write_text(text)
        return file

    return write


def test_the_name_is_that_of_the_file_and_the_baseline_its_first_function(written):
    found = problem.read(written())
    assert (found.name, found.title, found.formula) == ("rows", "Sum of squares", "s = sum x^2")
    assert (found.baseline, found.arguments, found.outputs) == ("loop", ("x",), ())
    assert not found.names_baseline
    assert problem.read(written(f"BASELINE = 'blocked'\n{ROWS}")).names_baseline
    assert found.is_one_file
    assert not found.has_dtype
    assert {name: one.title for name, one in implementation.found(found).items()} == {
        "loop": "Row by row",
        "fast": "fast",
    }


def test_the_defaults_of_inputs_are_the_usual_size(written):
    found = problem.read(written())
    assert (found.sizes, found.default_size) == ({"m=1000,n=64": {"m": 1000, "n": 64}}, "m=1000,n=64")


def test_the_arguments_of_an_imported_baseline_are_called_as_the_next_function_does(written):
    text = "from mine import slow\ndef inputs(*, seed): ...\ndef fast(x, y): ...\n__all__ = ['slow', 'fast']\n"
    found = problem.read(written(text))
    assert (found.baseline, found.arguments) == ("slow", ("x", "y"))


@pytest.mark.parametrize(
    ("more", "sizes", "usual"),
    [
        ('SIZES = {"S": {"m": 10}}', {"m=1000,n=64": {"m": 1000, "n": 64}, "S": {"m": 10, "n": 64}}, "m=1000,n=64"),
        ('SIZES = {"S": {"m": 10}}\nDEFAULT_SIZE = "S"', {"S": {"m": 10, "n": 64}}, "S"),
    ],
)
def test_named_sizes_need_to_say_only_what_differs_from_the_defaults(written, more, sizes, usual):
    found = problem.read(written(ROWS.replace("import numpy", f"{more}\nimport numpy")))
    assert (found.sizes, found.default_size) == (sizes, usual)


def test_inputs_without_any_number_are_one_size(written):
    found = problem.read(written("def inputs(): ...\ndef loop(x): ...\n"))
    assert (found.sizes, found.default_size, found.data) == ({"fixed": {}}, "fixed", ("usual",))


def test_constants_may_stand_in_the_file_as_well(written):
    more = 'BASELINE = "fast"\nOUTPUTS = ("sums",)\nINOUT = "x"\nDATA = ("far", "near")'
    found = problem.read(written(ROWS.replace("import numpy", f"{more}\nimport numpy")))
    assert (found.baseline, found.outputs, found.inout, found.data) == ("fast", ("sums",), ("x",), ("far", "near"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("def inputs(*, seed): ...\n", "has no function to measure"),
        ("def inputs(*, seed): ...\nclass Loop: ...\n_loop = lambda x: x\n", "has no function to measure"),
        (
            "def inputs(m, n, *, seed): ...\ndef loop(x): ...\n",
            r"no default for m, n: .* inputs\(m=1_000, n=1_000, \*, seed\)",
        ),
        (
            "def inputs(size, dtype, data, seed): ...\ndef loop(x): ...\n",
            r"has no literal constant SIZES, and no function",
        ),
        ("def inputs(m=f()): ...\ndef loop(x): ...\n", "write a whole number, as 1_000 or"),
        (f"def inputs(m={'-' * 900}f()): ...\ndef loop(x): ...\n", "the default of m in inputs.. is no literal"),
        ("def loop(x):\n  return (\n", r"rows\.py: cannot be read as Python: line 2: '\(' was never closed"),
        (
            "def inputs(): ...\ndef loop(x): ...\nSIZES = {'S': {'m': 1.5}}\n",
            r"SIZES\['S'\] must be whole numbers by name",
        ),
    ],
)
def test_what_a_file_lacks_is_one_sentence(written, text, told):
    with pytest.raises(ImplbenchError, match=told):
        problem.read(written(text))


@pytest.mark.parametrize(
    ("text", "told", "example"),
    [
        (
            "import numpy as np\ndef loop(x): ...\ndef fast(x): ...\n",
            "what loop and fast are called with",
            ("def inputs(n=1_000, *, seed):", "    return np.random.RandomState(seed).rand(n)  # x"),
        ),
        (
            "from data import inputs\ndef loop(x): ...\n",
            "imports inputs from data",
            ("import data", "def inputs(n=1_000, *, seed):", "    return data.inputs(n, seed=seed)"),
        ),
        (
            "from rows import loop, fast as quick, _no\nfrom numpy import ones\ndef inputs(*, seed): return ones(3)\n",
            "no function to measure: loop and quick are imported, and what is imported counts only where __all__",
            ('__all__ = ["loop", "quick"]',),
        ),
        (
            "import data as d\ninputs = d.inputs\ndef loop(x): ...\n",
            "has inputs = d.inputs, and its sizes are read here without running the file",
            ("def inputs(n=1_000, *, seed):", "    return d.inputs(n, seed=seed)"),
        ),
        (
            "def only(a, b, width=15, limit=3.5): ...\n",
            "what only is called with",
            (
                "def inputs(n=1_000, *, seed):",
                "    return numpy.random.RandomState(seed).rand(n), numpy.random.RandomState(seed).rand(n)  # a, b",
            ),
        ),
    ],
)
def test_for_functions_without_inputs_the_lines_to_add_are_shown(written, text, told, example):
    with pytest.raises(ImplbenchError, match=told) as raised:
        problem.read(written(text))
    assert raised.value.example == example


def test_a_file_whose_name_cannot_be_imported_is_told_with_another(written):
    with pytest.raises(ImplbenchError, match=r"there is a dot in its name; rename it rows_v2\.py"):
        problem.read(written(name="rows.v2.py"))


def test_what_the_file_imports_from_beside_it_belongs_to_it_and_nothing_else(written, tmp_path):
    (tmp_path / "mine").mkdir()
    for name in ("mine/__init__", "mine/kernels", "_helper", "deeper", "other"):
        (tmp_path / f"{name}.py").write_text("import deeper\n" if name == "_helper" else "")
    found = problem.read(written(f"from ._helper import *\nimport mine.kernels, os\n{ROWS.replace('raise', '# ')}"))
    names = [file.relative_to(tmp_path).as_posix() for file in found.files]
    assert names == ["_helper.py", "deeper.py", "mine/__init__.py", "mine/kernels.py", "rows.py"]
    before = source_code.digests(found, implementation.found(found))
    (tmp_path / "other.py").write_text("changed = 1\n")
    assert source_code.digests(found, implementation.found(found)) == before
    (tmp_path / "deeper.py").write_text("changed = 1\n")
    after = source_code.digests(found, implementation.found(found))
    assert all(after[name] != before[name] for name in ("loop", "fast"))


def test_the_text_of_a_function_is_that_of_its_file_without_the_others(written):
    loop, fast = "@a.b(\n    1\n)\ndef loop(x):\n    return 1\n", "def fast(x):\n    return loop(x)\n"
    text = f"import a\n\n\ndef inputs(): ...\n\n\n{loop}\n\n{fast}"
    found = problem.read(written(text))
    texts = source_code.texts_of(found, implementation.found(found))
    assert texts["fast"] == {"rows.py": text}
    assert texts["loop"] == {"rows.py": text[: text.index("\n\ndef fast")]}
    alone = {"loop": implementation.found(found)["loop"]}  # as where --impl has chosen it
    assert source_code.texts_of(found, alone) == {"loop": texts["loop"]}
    other = text.replace("return loop(x)", "return 2")
    found = problem.read(written(other))
    texts = source_code.texts_of(found, implementation.found(found))
    assert texts["fast"] == {"rows.py": "import a\n\n\ndef inputs(): ...\n\n\ndef fast(x):\n    return 2\n"}


FUNCTIONS = """import numpy as np
SCALE = 1
BASELINE = "loop"
__all__ = ["loop", "fast", "third"]


def inputs(*, seed):
    return seed


def _helper(x):
    return x


def loop(x):
    return _helper(x)


def fast(x):
    return 1


def third(x):
    return 3
"""


def changed(written, before, after, text=FUNCTIONS):
    """Return the functions whose code is another after an edit."""
    digests = []
    for edited in (text, text.replace(before, after)):
        found = problem.read(written(edited))
        digests.append(source_code.digests(found, implementation.found(found)))
    assert text != text.replace(before, after)
    return {name for name in digests[0] if digests[0][name] != digests[1][name]}


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        ("return 1", "return 2", {"fast"}),
        ("return _helper(x)", "return x", {"loop"}),
        ("def fast(x):", "def fast(x, y=2):", {"fast"}),
        ("def fast(x):", "def fast(x, y=inputs(seed=1)):", {"loop", "fast", "third"}),
        ("def third", "def fourth(x):\n    return 4\n\n\ndef third", set()),
        ("    return x\n", "    return 2 * x\n", {"loop"}),
        ("    return x\n", "    return fast(x)\n", {"loop"}),
        ("SCALE = 1", "SCALE = 2", {"loop", "fast", "third"}),
        ("return seed", "return 2", {"loop", "fast", "third"}),
        ("import numpy as np", "import numpy as np  # a comment", set()),
    ],
)
def test_an_edit_counts_for_the_functions_that_can_have_part_in_it(written, before, after, names):
    assert changed(written, before, after) == names


def test_what_a_decorated_function_calls_is_taken_for_reached_by_all(written):
    text = FUNCTIONS.replace("def third", "@registered\ndef third").replace("return 3", "return fast(x)")
    assert changed(written, "return 1", "return 2", text) == {"loop", "fast", "third"}


def test_a_function_that_a_file_beside_it_mentions_is_taken_for_reached_by_all(written, tmp_path):
    (tmp_path / "helper.py").write_text("def help(rows):\n    return rows.fast\n")
    assert changed(written, "return 1", "return 2", f"import helper\n{FUNCTIONS}") == {"loop", "fast", "third"}


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("return 3", "return fast(x)"),
        ("return 3", "return loop(x)"),
        ("return 3", 'return getattr(__import__("rows"), "fa" + "st")(x)'),
        ("return 3", 'return globals()["fa" + "st"](x)'),
        ("return 3", 'import rows\n    return getattr(rows, "fa" + "st")(x)'),
        ("return 3", 'return operator.attrgetter("fast")(rows)(x)'),
        ("return 3", "return rows.fast(x)"),
        ("SCALE = 1", "SCALE = 1\nTABLE = [fast]"),
        ("def fast", "@registered\ndef fast"),
        ("def third(x)", "def third(x, then=fast)"),
        ("import numpy as np", "import numpy as np  #\n# cython: cdivision=True"),
    ],
)
def test_a_function_that_may_call_another_has_part_in_its_edits(written, first, then):
    text = FUNCTIONS.replace(first, then).replace("return _helper(x)", "return fast(_helper(x))")
    assert changed(written, "return 1", "return 2", text) == {"loop", "fast", "third"}


def test_an_import_whose_name_is_longer_than_any_file_s_is_of_nothing_beside_it(written):
    file = written(f"import n{'9' * 400}\ndef inputs(m=3): ...\ndef loop(m): ...\n")
    assert problem.read(file).files == (file,)
