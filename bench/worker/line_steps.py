"""How much the interpreter does in each line of some functions, by their instructions. Pure."""

import dis
from collections import Counter
from collections.abc import Iterable, Mapping
from types import CodeType, MappingProxyType

from .line_sampling import Place

#: Instructions of the interpreter that take as long as several others, as measured here: calls of built-in functions.
_STEPS: Mapping[str, int] = MappingProxyType({"CALL": 8, "CALL_FUNCTION_EX": 8, "CALL_KW": 8})


def steps_of(codes: Iterable[CodeType]) -> Mapping[Place, int]:
    """Return what the interpreter does each time a line begins; of several functions in it, the most of one.

    What a loop goes through is made once; a call counts as some instructions.
    """
    found: Counter[Place] = Counter()
    for code in codes:
        of_code: Counter[Place] = Counter()
        for one in dis.get_instructions(code):
            line = one.positions.lineno if one.positions else None
            if line is not None:
                place = code.co_filename, line
                of_code[place] = 0 if one.opname == "GET_ITER" else of_code[place] + _STEPS.get(one.opname, 1)
        found |= of_code
    return found
