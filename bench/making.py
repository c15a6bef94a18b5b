"""What a worker makes for the others: inputs, references and tolerances, in files."""

from pathlib import Path

import numpy as np

from . import environment, exchange, implementation
from .case import Size
from .exchange import Message
from .judging import judged


def write_inputs(order: Message) -> Message:
    """Make inputs, references and tolerances of two contents, A and B, and write them to a folder for the workers.

    B is of the problem's last kind of data, where the first may have more than chance in common (as x = a1 in patches).
    """
    case = order["case"]
    folder = Path(order["inputs"])
    with judged():
        problem = implementation.load(Path(order["folder"]), "problem")
        unit_roundoff = float(np.finfo(case["dtype"]).eps) / 2
        for content, data, seed in (("a", case["data"], order["seed"]), ("b", order["other_data"], order["seed"] + 1)):
            inputs = problem.inputs(case["size"], case["dtype"], data, seed)
            exchange.save_values(folder / content / "inputs", inputs)
            exchange.save_values(folder / content / "reference", problem.reference(inputs))
            exchange.save_values(folder / content / "tolerance", problem.tolerance(inputs, unit_roundoff))
        work = {key: float(value) for key, value in problem.work(case["size"], case["dtype"]).items()}
    return {
        "matrices": [name for name, value in inputs.items() if np.ndim(value) == 2],
        "work": work,
        "numeric_stack": environment.numeric_stack(),
    }


def smallest_inputs(order: Message) -> dict[str, "np.ndarray | float"]:
    """Return inputs of the case with 1 in the place of the largest number of its size (`Size.smallest`)."""
    case = order["case"]
    problem = implementation.load(Path(order["folder"]), "problem")
    inputs: dict[str, np.ndarray | float] = problem.inputs(
        Size(name="", values=case["size"]).smallest.values, case["dtype"], case["data"], 1
    )
    return inputs
