"""Text that may be anything, as it can be written everywhere, and as a heading."""


def speakable(text: str) -> str:
    """Return text with an escape for what is no character, as half a surrogate pair or a byte that is not UTF-8."""
    return text.encode(errors="backslashreplace").decode()


def repeats(title: str, name: str) -> bool:
    """Return whether a title says no more than the name, as ``Row major.`` of ``row_major``."""
    words = title.strip().rstrip(".").replace("_", " ").casefold()
    return words in ("", name.replace("_", " ").casefold())


def headed(name: str, title: str) -> str:
    """Return as in ``rows: Sums of squares``; the name alone where the title says no more than that."""
    return name if repeats(title, name) else f"{name}: {title}"


def article(name: str) -> str:
    """Return a word with "a" or "an" before it."""
    return f"{'an' if name[:1].lower() in tuple('aeiou') else 'a'} {name}"
