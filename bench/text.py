"""Text that may be anything, as it can be written everywhere, and as a heading."""


def speakable(text: str) -> str:
    """Return text with an escape for what is no character, as half a surrogate pair or a byte that is not UTF-8."""
    return text.encode(errors="backslashreplace").decode()


def headed(name: str, title: str) -> str:
    """Return as in ``rows: Sums of squares``; the name alone where the title says no more than that."""
    return name if title.strip().rstrip(".").casefold() in ("", name.casefold()) else f"{name}: {title}"


def article(name: str) -> str:
    """Return a word with "a" or "an" before it."""
    return f"{'an' if name[:1].lower() in tuple('aeiou') else 'a'} {name}"
