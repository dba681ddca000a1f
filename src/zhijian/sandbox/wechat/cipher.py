"""Sealing callbacks the way the platform does. Written apart from the connector's own code, on purpose."""

from __future__ import annotations

import base64
import hashlib
import secrets

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


def signature(*parts: str) -> str:
    """Return the hex SHA-1 of the sorted parts, as the platform signs."""
    joined = "".join(sorted(parts)).encode("utf-8")
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()


def seal(aes_key: str, appid: str, text: str) -> str:
    """Encrypt a message for the account `appid`."""
    key = base64.b64decode(f"{aes_key}=")
    message = text.encode("utf-8")
    plain = secrets.token_bytes(16) + len(message).to_bytes(4, "big") + message + appid.encode("ascii")
    padder = padding.PKCS7(256).padder()
    padded = padder.update(plain) + padder.finalize()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode("ascii")


def unseal(aes_key: str, encrypted: str) -> str:
    """Decrypt an account's passive answer."""
    key = base64.b64decode(f"{aes_key}=")
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    padded = decryptor.update(base64.b64decode(encrypted)) + decryptor.finalize()
    unpadder = padding.PKCS7(256).unpadder()
    plain = unpadder.update(padded) + unpadder.finalize()
    size = int.from_bytes(plain[16:20], "big")
    return plain[20 : 20 + size].decode("utf-8")
