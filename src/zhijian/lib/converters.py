"""What may stand in an address: a value of the wrong shape matches no address, so it is 404 and asks no database."""

from __future__ import annotations

from django.urls.converters import StringConverter


class DigestConverter(StringConverter):
    """A SHA-256 as `lib.digests` writes it."""

    regex = "[0-9a-f]{64}"


class RegistryNumberConverter(StringConverter):
    """The number of an account in the register."""

    regex = "[A-Z0-9]{4,20}"
