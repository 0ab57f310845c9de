"""A small NBD client on plain sockets: fixed newstyle, simple replies, many requests in flight.

The stock clients hide which writes were acknowledged when the server dies, and none of them can lie; this one serves the crash
test (crash_load.py) and the tests of bad clients (bad_nbd.py).
"""

import socket
import struct

NBDMAGIC = 0x4E42444D41474943
IHAVEOPT = 0x49484156454F5054
REPLY_MAGIC = 0x3E889045565A9
REQUEST_MAGIC = 0x25609513
SIMPLE_REPLY_MAGIC = 0x67446698
OPT_EXPORT_NAME, OPT_ABORT, OPT_LIST, OPT_INFO, OPT_GO = 1, 2, 3, 6, 7
REP_ACK, REP_INFO = 1, 3
READ, WRITE, DISC, FLUSH, TRIM, CACHE, WRITE_ZEROES = 0, 1, 2, 3, 4, 5, 6


class Refused(Exception):
    """The server answered an option with an error; carries the reply's number and text."""


def receive(sock, length):
    parts = []
    while length:
        part = sock.recv(min(length, 1 << 20))
        if not part:
            raise ConnectionError("the server closed the connection")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def connect(host, port, timeout=30):
    sock = socket.create_connection((host, port), timeout=timeout)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    magic, option_magic, _flags = struct.unpack(">QQH", receive(sock, 18))
    assert magic == NBDMAGIC and option_magic == IHAVEOPT, "not an NBD server"
    sock.sendall(struct.pack(">I", 3))  # fixed newstyle, no zeroes
    return sock


def option(sock, number, data=b""):
    sock.sendall(struct.pack(">QII", IHAVEOPT, number, len(data)) + data)


def option_reply(sock):
    magic, number, kind, length = struct.unpack(">QIII", receive(sock, 20))
    assert magic == REPLY_MAGIC, "bad option reply"
    return number, kind, receive(sock, length)


def go(sock, export):
    """Opens the export; returns (size in bytes, transmission flags)."""
    name = export.encode()
    option(sock, OPT_GO, struct.pack(">I", len(name)) + name + struct.pack(">H", 0))
    size = flags = None
    while True:
        _number, kind, data = option_reply(sock)
        if kind == REP_INFO and struct.unpack(">H", data[:2])[0] == 0:
            size, flags = struct.unpack(">QH", data[2:12])
        elif kind == REP_ACK:
            return size, flags
        elif kind & 0x80000000:
            raise Refused(f"{kind & 0x7FFFFFFF}: {data.decode(errors='replace')}")


def request(kind, cookie, offset, length, flags=0):
    return struct.pack(">IHHQQI", REQUEST_MAGIC, flags, kind, cookie, offset, length)


def simple_reply(sock):
    """Returns (error, cookie); the data of a successful read follows on the socket."""
    magic, error, cookie = struct.unpack(">IIQ", receive(sock, 16))
    assert magic == SIMPLE_REPLY_MAGIC, f"bad reply magic {magic:#x}"
    return error, cookie
