"""In which order an array's numbers lie in memory, told from its shape and strides. Pure."""


def longer_axes(shape: tuple[int, ...]) -> int:
    """Return the number of axes that are longer than 1."""
    return sum(length > 1 for length in shape)


def memory_order(shape: tuple[int, ...], strides: tuple[int, ...], itemsize: int) -> str:
    """Return C, F or strided, from shape and strides; axes of length 1 do not count."""
    steps = [(length, step) for length, step in zip(shape, strides, strict=True) if length != 1]
    for order, axes in (("C", steps[::-1]), ("F", steps)):
        expected = itemsize
        for length, step in axes:
            if step != expected:
                break
            expected *= length
        else:
            return order
    return "strided"
