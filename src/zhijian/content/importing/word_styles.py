import re
from dataclasses import dataclass
from typing import Any, Final

from zhijian.content.document.nodes import Mark

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HEADING_NAME: Final = re.compile(r"^(?:heading|标题)\s*([1-9])$", re.IGNORECASE)
CONTENTS_NAME: Final = re.compile(r"^(?:toc|目录)\s*(?:\d|heading|标题)?", re.IGNORECASE)
OFF: Final = frozenset({"0", "false", "off", "none"})
STYLE_DEPTH: Final = 10


def local(element: Any) -> str:
    """Return an element's name without its namespace; comments and the like have none."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def value_of(parent: Any, name: str) -> str | None:
    """Return ``w:val`` of the named child, or None."""
    child = parent.find(f"{W}{name}") if parent is not None else None
    value = child.get(f"{W}val") if child is not None else None
    return str(value) if value is not None else None


def is_on(properties: Any, name: str) -> bool:
    """Tell whether a switch such as ``w:b`` is set; no value means on."""
    child = properties.find(f"{W}{name}") if properties is not None else None
    return child is not None and child.get(f"{W}val", "1") not in OFF


@dataclass(frozen=True, slots=True)
class ParagraphStyle:
    """What counts of a paragraph's style: heading level 2–4 or 0, alignment, and the style's own numbering."""

    level: int = 0
    align: str = ""
    title: bool = False
    contents: bool = False
    numbering: tuple[str, int] | None = None

    @property
    def centred(self) -> bool:
        return self.align == "center"


class Styles:
    """Looks up paragraph and character styles, following "based on"."""

    def __init__(self, document: Any) -> None:
        self._by_id = {style.get(f"{W}styleId"): style for style in document.styles.element.findall(f"{W}style")}

    def _chain(self, identifier: str | None) -> list[Any]:
        chain: list[Any] = []
        while identifier in self._by_id and len(chain) < STYLE_DEPTH:
            chain.append(self._by_id[identifier])
            identifier = value_of(chain[-1], "basedOn")
        return chain

    def of(self, element: Any) -> ParagraphStyle:
        """Return what a paragraph's own properties and its style say."""
        own = element.find(f"{W}pPr")
        chain = self._chain(value_of(own, "pStyle"))
        names = [value_of(style, "name") or "" for style in chain]
        layers = [own, *(style.find(f"{W}pPr") for style in chain)]
        outline = next((found for layer in layers if (found := value_of(layer, "outlineLvl")) is not None), None)
        return ParagraphStyle(
            level=_level(names, outline),
            align=next((_alignment(found) for layer in layers if (found := value_of(layer, "jc"))), ""),
            title=any(name.lower() in {"title", "标题"} for name in names[:1]),
            contents=any(CONTENTS_NAME.match(name) for name in names[:1]),
            numbering=_numbering(layers),
        )

    def run_marks(self, properties: Any) -> tuple[Mark, ...]:
        """Return the marks of a run: its own properties and its character style."""
        styled = [style.find(f"{W}rPr") for style in self._chain(value_of(properties, "rStyle"))]
        names = []
        for mark, switch in (("strong", "b"), ("em", "i"), ("strike", "strike")):
            own = properties.find(f"{W}{switch}") if properties is not None else None
            if is_on(properties, switch) if own is not None else any(is_on(layer, switch) for layer in styled):
                names.append(mark)
        linked = any(
            (value_of(style, "name") or "").lower() == "hyperlink"
            for style in self._chain(value_of(properties, "rStyle"))
        )
        if (value_of(properties, "u") or "none") not in OFF and not linked:
            names.append("underline")
        return tuple(Mark(name) for name in names)


def _level(names: list[str], outline: str | None) -> int:
    """Heading 1 and 2 both become level 2: the article's title is level 1 and stands apart."""
    match = next((match for name in names if (match := HEADING_NAME.match(name))), None)
    if match:
        depth = int(match.group(1))
    elif outline is not None and outline.isdigit() and int(outline) < 9:  # noqa: PLR2004  9 means body text
        depth = int(outline) + 1
    else:
        return 0
    return min(depth + 1, 4)


def _alignment(value: str) -> str:
    return {"center": "center", "right": "right", "end": "right"}.get(value, "")


def _numbering(layers: list[Any]) -> tuple[str, int] | None:
    for layer in layers:
        properties = layer.find(f"{W}numPr") if layer is not None else None
        number = value_of(properties, "numId")
        if number is not None:
            level = value_of(properties, "ilvl") or "0"
            return None if number == "0" else (number, int(level) if level.isdigit() else 0)
    return None
