"""Telling recordings apart by their first bytes."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

LARGEST: Final = 2 * 1024**3
"""Bytes of one recording; it is never read as a whole."""
HEAD: Final = 400
_AUDIO_BRANDS: Final = frozenset({b"M4A ", b"M4B ", b"M4P "})
_STILL_BRANDS: Final = frozenset({b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis"})
_QUICKTIME: Final = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_RIFF: Final = {b"AVI ": "avi", b"WAVE": "wav"}
_PACKET: Final = 188
_SIGNS: Final = (
    (b"\x1a\x45\xdf\xa3", "mkv"),
    (b"FLV\x01", "flv"),
    (b"\x00\x00\x01\xba", "mpg"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "wmv"),
    (b"fLaC", "flac"),
    (b"OggS\0", "ogg"),
    (b"#!AMR\n", "amr"),
    (b"#!AMR-WB\n", "amr"),
    (b"ID3\2", "mp3"),
    (b"ID3\3", "mp3"),
    (b"ID3\4", "mp3"),
)


class BadRecording(ValueError):  # noqa: N818 - reads as what it is: nothing of the file can be looked at
    """The file is no recording that can be looked at. The message is a Chinese sentence that says what to do."""


class RecordingKind(StrEnum):
    """What a recording is, by its first bytes. What Windows calls WMV may hold sound alone."""

    MP4 = "mp4"
    MKV = "mkv"
    AVI = "avi"
    FLV = "flv"
    MPG = "mpg"
    TS = "ts"
    WMV = "wmv"
    M4A = "m4a"
    MP3 = "mp3"
    WAV = "wav"
    FLAC = "flac"
    OGG = "ogg"
    AMR = "amr"
    AAC = "aac"

    @property
    def is_sound(self) -> bool:
        """Tell whether files of this kind are sound alone, as a rule: see `may_show`."""
        return self in _SOUNDS

    @property
    def may_show(self) -> bool:
        """Tell whether a file that is usually sound alone can hold pictures all the same."""
        return self in {RecordingKind.M4A, RecordingKind.OGG}

    @property
    def label(self) -> str:
        return "音频" if self.is_sound else "视频"


_SOUNDS: Final = frozenset(
    {
        RecordingKind.M4A, RecordingKind.MP3, RecordingKind.WAV, RecordingKind.FLAC, RecordingKind.OGG,
        RecordingKind.AMR, RecordingKind.AAC,
    }
)  # fmt: skip


def recording_kind(head: bytes) -> RecordingKind | None:
    """Return what a file is by its first 400 bytes, nothing when it is no recording."""
    if head[4:8] == b"ftyp" and head[0] == 0:
        brand = head[8:12]
        if brand in _STILL_BRANDS:
            return None
        return RecordingKind.M4A if brand in _AUDIO_BRANDS else RecordingKind.MP4
    if head[4:8] in _QUICKTIME and head[0] < ord(" "):
        return RecordingKind.MP4
    if head[:4] == b"RIFF" and head[8:12] in _RIFF:
        return RecordingKind(_RIFF[head[8:12]])
    for sign, kind in _SIGNS:
        if head.startswith(sign):
            return RecordingKind(kind)
    return _streamed(head)


def _is_binary(head: bytes) -> bool:
    return min(head) < ord("\t")


def _streamed(head: bytes) -> RecordingKind | None:
    """Tell streams that begin with no name: packets of a transport stream, frames of MPEG sound."""
    if len(head) > 2 * _PACKET and head[0] == head[_PACKET] == head[2 * _PACKET] == ord("G") and _is_binary(head):
        return RecordingKind.TS
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:  # noqa: PLR2004 - the mark of a frame
        return None
    layer, rate = head[1] >> 1 & 3, head[2] >> 4
    if layer == 0:
        return RecordingKind.AAC if head[1] & 0xF0 == 0xF0 else None  # noqa: PLR2004 - twelve bits of a mark
    told = layer == 1 and rate not in {0, 15} and head[2] >> 2 & 3 in range(3)
    return RecordingKind.MP3 if told else None
