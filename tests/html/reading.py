"""Reads a page as a browser does, so that tests see elements, attributes and text rather than strings."""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

#: Elements that have no end.
EMPTY = {"meta", "link", "br", "wbr", "img", "input"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    text: str = ""
    path: tuple[str, ...] = field(default=())


class Reader(HTMLParser):
    """Collects all elements in their order; `text` is all that stands within one, its own elements' text too."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(page)
        self.close()
        assert not self._open, [one.tag for one in self._open]

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        made = Element(tag=tag, attributes=dict(attrs), path=tuple(one.tag for one in self._open))
        self.elements.append(made)
        if tag not in EMPTY:
            self._open.append(made)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for one in self._open:
            one.text += data

    def all(self, tag: str, **attributes: str) -> list[Element]:
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            one
            for one in self.elements
            if one.tag == tag and all(one.attributes.get(name) == value for name, value in wanted.items())
        ]

    def one(self, tag: str, **attributes: str) -> Element:
        (found,) = self.all(tag, **attributes)
        return found

    @property
    def data(self) -> Any:
        return json.loads(self.one("script", id="data").text)
