"""What a picture's file tells besides the picture: where, when and with what it was taken (EXIF 2.3, CIPA DC-008)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import ExifTags

if TYPE_CHECKING:
    from PIL import Image

_LONGEST = 100
_XMP_PLACE = (b"exif:GPSLatitude", b"GPSLatitude=")


@dataclass(frozen=True, slots=True)
class Metadata:
    """`location` is latitude and longitude in degrees; `has_location` without it: a place that cannot be read."""

    has_location: bool = False
    location: tuple[float, float] | None = None
    camera: str = ""
    software: str = ""
    taken_at: str = ""
    has_thumbnail: bool = False

    @property
    def place(self) -> str:
        """Return the place in words, "" when it cannot be read."""
        return f"{self.location[0]:.4f}，{self.location[1]:.4f}" if self.location else ""


def read_metadata(image: Image.Image, data: bytes) -> Metadata:
    """Return the metadata of an opened picture of these bytes. Broken metadata counts as none."""
    exif = image.getexif()
    place: dict[int, Any] = dict(exif.get_ifd(ExifTags.IFD.GPSInfo))
    location = _location(place)
    return Metadata(
        has_location=any(tag in place for tag in (ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLongitude))
        or any(mark in data for mark in _XMP_PLACE),
        location=location,
        camera=" ".join(part for part in (_words(exif.get(271)), _words(exif.get(272))) if part)[:_LONGEST],
        software=_words(exif.get(305)),
        taken_at=_words(exif.get_ifd(ExifTags.IFD.Exif).get(36867) or exif.get(306)),
        has_thumbnail=bool(exif.get_ifd(ExifTags.IFD.IFD1)),
    )


def _words(value: object) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")
    return " ".join("".join(sign for sign in text if sign.isprintable()).split())[:_LONGEST]


def _location(place: dict[int, Any]) -> tuple[float, float] | None:
    latitude = _degrees(place.get(ExifTags.GPS.GPSLatitude), place.get(ExifTags.GPS.GPSLatitudeRef), "S")
    longitude = _degrees(place.get(ExifTags.GPS.GPSLongitude), place.get(ExifTags.GPS.GPSLongitudeRef), "W")
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:  # noqa: PLR2004 - the globe
        return None
    return round(latitude, 6), round(longitude, 6)


def _degrees(parts: object, side: object, negative: str) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in parts)  # type: ignore[attr-defined]  # EXIF is untyped
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if value != value:  # noqa: PLR0124 - not a number: a fraction over zero
        return None
    return -value if str(side).strip("\x00 ").upper() == negative else value
