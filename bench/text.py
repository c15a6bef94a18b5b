"""Text that may be anything, as text that can be written everywhere."""


def speakable(text: str) -> str:
    """Return text with an escape for what is no character, as half a surrogate pair or a byte that is not UTF-8."""
    return text.encode(errors="backslashreplace").decode()
