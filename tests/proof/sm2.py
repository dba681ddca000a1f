"""A provider of SM2 with SM3 (GB/T 32918.2, GB/T 32905) in plain Python: slow and leaky, for tests only."""

from __future__ import annotations

import hashlib
import secrets

from zhijian.lib.signing import KeyPair

# The curve of GB/T 32918.5.
P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
IDENTITY = b"1234567812345678"
Point = tuple[int, int] | None


def _add(one: Point, other: Point) -> Point:
    if one is None or other is None:
        return other if one is None else one
    if one[0] == other[0] and (one[1] + other[1]) % P == 0:
        return None
    if one == other:
        slope = (3 * one[0] * one[0] + A) * pow(2 * one[1], -1, P)
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, P)
    x = (slope * slope - one[0] - other[0]) % P
    return x, (slope * (one[0] - x) - one[1]) % P


def _times(factor: int, point: Point) -> Point:
    found: Point = None
    while factor:
        if factor & 1:
            found = _add(found, point)
        point, factor = _add(point, point), factor >> 1
    return found


def _bytes(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(32, "big") for number in numbers)


def _sm3(data: bytes) -> bytes:
    return hashlib.new("sm3", data).digest()


def _digest(public: bytes, message: bytes) -> int:
    bound = _sm3(len(IDENTITY * 8).to_bytes(2, "big") + IDENTITY + _bytes(A, B, *G) + public)
    return int.from_bytes(_sm3(bound + message), "big")


class Sm2:
    algorithm = "SM2"

    def generate(self) -> KeyPair:
        private = secrets.randbelow(N - 2) + 1
        point = _times(private, G)
        assert point is not None
        return KeyPair(_bytes(private), _bytes(*point))

    def sign(self, private: bytes, message: bytes) -> bytes:
        secret = int.from_bytes(private, "big")
        point = _times(secret, G)
        assert point is not None
        digest = _digest(_bytes(*point), message)
        while True:
            chance = secrets.randbelow(N - 1) + 1
            place = _times(chance, G)
            assert place is not None
            first = (digest + place[0]) % N
            second = pow(1 + secret, -1, N) * (chance - first * secret) % N
            if first and second and first + chance != N:
                return _bytes(first, second)

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        if len(public) != 64 or len(signature) != 64:
            return False
        first, second = (int.from_bytes(signature[start : start + 32], "big") for start in (0, 32))
        if not (0 < first < N and 0 < second < N and (first + second) % N):
            return False
        point = (int.from_bytes(public[:32], "big"), int.from_bytes(public[32:], "big"))
        place = _add(_times(second, G), _times((first + second) % N, point))
        return place is not None and (_digest(public, message) + place[0]) % N == first
