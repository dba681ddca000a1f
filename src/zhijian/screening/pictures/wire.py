"""How the two processes talk: four bytes of length, then the bytes; an open file may go with them."""

from __future__ import annotations

import os
import socket
import struct

LONGEST = 64 * 1024 * 1024


def send(channel: socket.socket, message: bytes, file: int | None = None) -> None:
    """Send one message, and the number of an open file with it."""
    length = struct.pack(">I", len(message))
    if file is None:
        channel.sendall(length + message)
        return
    sent = socket.send_fds(channel, [length], [file])
    channel.sendall(length[sent:] + message)


def receive(channel: socket.socket) -> bytes:
    """Return the next message. Raises EOFError when the other side is gone, OSError when time is up."""
    message, file = receive_with_file(channel)
    if file is not None:
        os.close(file)
    return message


def receive_with_file(channel: socket.socket) -> tuple[bytes, int | None]:
    """Return the next message and the open file that came with it. Raises as `receive` does."""
    start, files, _, _ = socket.recv_fds(channel, 4, 1)
    if not start:
        raise EOFError
    (length,) = struct.unpack(">I", start + _exactly(channel, 4 - len(start)))
    if length > LONGEST:
        raise EOFError
    return _exactly(channel, length), files[0] if files else None


def _exactly(channel: socket.socket, length: int) -> bytes:
    found = bytearray()
    while len(found) < length:
        piece = channel.recv(min(length - len(found), 1 << 20))
        if not piece:
            raise EOFError
        found += piece
    return bytes(found)
