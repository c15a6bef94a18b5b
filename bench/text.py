"""Text that may be anything, as text that can be written everywhere."""


def speakable(text: str) -> str:
    """Return text with an escape for what is no character: half a surrogate pair, a byte of a name that is not UTF-8."""
    return text.encode(errors="backslashreplace").decode()
