"""From text and data to one HTML file that asks nothing of any network: templates, embedded scripts, safe text.

Everything is escaped by the templates. What comes from users' files goes through `parts.plain` in the sections, and
sources through `visible`. A page runs no script and no style but those whose SHA-256 its own policy names.
"""

import hashlib
import json
import re
import unicodedata
from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..report.parts import ARROW, CODE, plain

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_FOLDER = Path(__file__).parent

#: The script that runs a page; it comes after all others, which do nothing but define what they are called.
_LAST = "page.js"

#: What could end a script's element, begin a comment in it, or break a line of JavaScript.
_UNSAFE = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}

#: What is not broken at the end of a line: a number and its unit.
_UNIT = re.compile(r"(?<=\d) (?=(?:%|[kMGT]?i?B|[kMGT]?FLOP/s|[mun]?s)(?![^\W_]))")

#: What is in brackets and shorter than this stays as large as the answer.
_LONG = 12

#: Control, format (as those that turn the writing direction), surrogate and private characters, and line separators.
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def render(template: str, title: str, data: object, **context: Any) -> str:
    """Return a page.

    Parameters
    ----------
    template
        Name of a file in templates/ that extends ``page.html.j2``.
    title
        Of the page.
    data
        What the scripts work on: anything that is JSON, all numbers finite.
    context
        What the template needs beside that. ``entries`` are the links of its navigation: (id, text).
    """
    from markupsafe import Markup

    style, script = Markup(together("css")), Markup(together("js"))  # noqa: S704  # our own files
    return (
        _environment()
        .get_template(template)
        .render(
            title=plain(title), style=style, script=script, policy=policy(style, script), data=embedded(data), **context
        )
    )


def fragment(template: str, **context: Any) -> str:
    """Return what a file in templates/ makes of its context: no page, but a part of one."""
    return _environment().get_template(template).render(**context)


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"name": name, "prose": prose, "sentence": sentence, "visible": visible}
    return made


@cache
def together(kind: str) -> str:
    """Return the text of all our own files of a kind, ``css`` or ``js``, as it stands in a page."""
    files = sorted((_FOLDER / "assets").glob(f"*.{kind}"), key=lambda file: (file.name == _LAST, file.name))
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def policy(style: str, script: str) -> str:
    """Return the Content-Security-Policy of a page with this style and this script, and nothing else."""
    return (
        f"default-src 'none'; script-src {_source(script)}; style-src {_source(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _source(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def embedded(data: object) -> "Markup":
    """Return data as JSON that can stand within a script element.

    Raises
    ------
    ValueError
        If a number is not finite.
    """
    from markupsafe import Markup

    text = json.dumps(data, allow_nan=False, separators=(",", ":")).translate(_UNSAFE)
    return Markup(text)  # noqa: S704  # nothing in it can end the element


def prose(text: str) -> "Markup":
    """Return a sentence of a section as HTML: code between single backticks as code, all else as it is.

    A line is not broken between a number and its unit.
    """
    from markupsafe import Markup, escape

    parts = CODE.split(_UNIT.sub("\N{NO-BREAK SPACE}", plain(text)))
    made = [
        Markup("<code>{}</code>").format(part[1:-1]) if i % 2 else escape(part.replace(*ARROW))
        for i, part in enumerate(parts)
    ]
    return Markup("").join(made)


def name(text: str) -> "Markup":
    """Return what a row is called as HTML: where it is too long for its column it is broken behind an underscore."""
    from markupsafe import Markup

    return Markup(str(prose(text)).replace("_", "_<wbr>"))  # noqa: S704  # of escaped text, in which it ends nothing


def sentence(text: str) -> "Markup":
    """Return the answer as HTML: in small what stands in brackets; at its end, as the condition, in its own line."""
    from markupsafe import Markup

    parts = [part for part in _bracketed(text) if part]
    ends = parts[-1].startswith("(") and parts[-1].endswith(").") and len(parts) > 1
    look = ["condition" if ends and part is parts[-1] else "aside" for part in parts]
    small = Markup('<small class="{}">{}</small>')
    made = [
        small.format(kind, prose(part)) if kind == "condition" or _is_aside(part) else prose(part)
        for kind, part in zip(look, parts, strict=True)
    ]
    return Markup(" ").join(made)


def _is_aside(part: str) -> bool:
    return part.startswith("(") and len(part) >= _LONG


def _bracketed(text: str) -> list[str]:
    """Return a sentence in parts: what stands in brackets, brackets in it included, and what stands between such."""
    parts, depth, begin = [], 0, 0
    for place, character in enumerate(text):
        if character == "(":
            if depth == 0 and text[place - 1 : place] == " ":
                parts.append(text[begin:place].strip())
                begin = place
            depth += 1
        elif character == ")" and depth:
            depth -= 1
            if depth == 0 and text[begin] == "(":
                end = place + 1 + len(text[place + 1 : place + 2].strip())  # with the mark behind it
                parts.append(text[begin:end])
                begin = end
    return [*parts, text[begin:].strip()]


def visible(text: str) -> str:
    """Return the whole text of a file with its lines; a character that nobody would see becomes ``<U+001B>``."""
    lines = re.sub(r"\r\n?", "\n", text)
    return "".join(
        f"<U+{ord(one):04X}>" if one not in "\n\t" and unicodedata.category(one) in _INVISIBLE else one for one in lines
    )
