"""One picture looked at: its lines, its codes, its metadata, and what could not be looked at."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from PIL import ExifTags

from zhijian.screening.pictures.machine import USUAL, Machine, NotLooked
from zhijian.screening.pictures.metadata import Metadata, read_metadata
from zhijian.screening.pictures.opening import BadPicture, opened

Box = tuple[tuple[float, float], ...]
"""Four corners in pixels of the picture set upright: top left, top right, bottom right, bottom left."""
_SIDEWAYS = frozenset({5, 6, 7, 8})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text as read; `confidence` is the model's own, 0 to 1. `frame` counts from 0."""

    text: str
    box: Box
    confidence: float
    frame: int = 0


@dataclass(frozen=True, slots=True)
class Code:
    """One QR or bar code with what it says. `kind` is the name of its format."""

    kind: str
    text: str
    box: Box
    frame: int = 0


@dataclass(frozen=True, slots=True)
class PictureReading:
    """What a picture holds. `width` and `height` are upright, in pixels.

    `not_looked` tells why text and codes were not looked at: then empty `lines` and `codes` mean nothing. `partly`
    tells what was left out.
    """

    format: str
    width: int
    height: int
    frames: int
    lines: tuple[Line, ...]
    codes: tuple[Code, ...]
    metadata: Metadata
    not_looked: str = ""
    partly: str = ""

    def as_data(self) -> dict[str, Any]:
        """Return what was read as JSON values, for keeping: without metadata and without `not_looked`."""
        data = asdict(self)
        del data["metadata"], data["not_looked"]
        return data


def reading_from_data(data: dict[str, Any], *, not_looked: str = "") -> PictureReading:
    """Read back what `as_data` gave; what is missing counts as empty. There is no metadata any more."""
    return PictureReading(
        format=data.get("format", ""),
        width=data.get("width", 0),
        height=data.get("height", 0),
        frames=data.get("frames", 1),
        lines=tuple(_line(line) for line in data.get("lines", ())),
        codes=tuple(_code(code) for code in data.get("codes", ())),
        metadata=Metadata(),
        not_looked=not_looked,
        partly=str(data.get("partly", "")),
    )


def read_picture(data: bytes, *, machine: Machine = USUAL, seconds: float | None = None) -> PictureReading:
    """Look at a picture. Size and metadata are read here; pixels are unpacked in the machine's process.

    `seconds` shortens the machine's time for it. Raises `BadPicture` for bytes that are no picture or beyond the
    limits of `opened`; a fault of the machine itself is told in `not_looked`.
    """
    with opened(data) as image:
        sideways = image.getexif().get(ExifTags.Base.Orientation) in _SIDEWAYS
        width, height = image.size[::-1] if sideways else image.size
        kind, frames, metadata = str(image.format), getattr(image, "n_frames", 1), read_metadata(image, data)
    seen = _seen(data, machine, seconds)
    if "bad" in seen:
        raise BadPicture(str(seen["bad"]))
    read = reading_from_data(seen, not_looked=str(seen.get("not_looked", "")))
    return replace(read, format=kind, width=width, height=height, frames=frames, metadata=metadata)


def _seen(data: bytes, machine: Machine, seconds: float | None) -> dict[str, Any]:
    try:
        return machine.look(data, seconds=seconds)
    except NotLooked as reason:
        return {"not_looked": str(reason)}


def _line(line: dict[str, Any]) -> Line:
    return Line(line["text"], _box(line["box"]), line["confidence"], line["frame"])


def _code(code: dict[str, Any]) -> Code:
    return Code(code["kind"], code["text"], _box(code["box"]), code["frame"])


def _box(corners: list[list[float]]) -> Box:
    return tuple((x, y) for x, y in corners)
