"""NBD clients that lie or vanish: bad_nbd.py HOST PORT EXPORT SECONDS

Each case ends with an honest client that must still be served; exit 1 when it is not.
"""

import os
import random
import socket
import struct
import sys
import time

import nbd


def opened(host, port, export):
    sock = nbd.connect(host, port, timeout=10)
    size, _flags = nbd.go(sock, export)
    return sock, size


def expect_error(sock, frame, what):
    sock.sendall(frame)
    error, _cookie = nbd.simple_reply(sock)
    assert error, f"{what}: was answered as if it were good"


def read_past_the_end(host, port, export, rng):
    sock, size = opened(host, port, export)
    expect_error(sock, nbd.request(nbd.READ, 1, size, 4096), "read past the end")
    expect_error(sock, nbd.request(nbd.READ, 2, 2**63, 4096), "read at 2^63")
    expect_error(sock, nbd.request(nbd.READ, 3, 2**64 - 1, 2), "read that wraps around")
    expect_error(sock, nbd.request(nbd.TRIM, 4, size - 4096, 2**32 - 1), "trim past the end")
    sock.close()


def read_of_four_gigabytes(host, port, export, rng):
    sock, _size = opened(host, port, export)
    sock.sendall(nbd.request(nbd.READ, 1, 0, 2**32 - 1))
    try:
        error, _cookie = nbd.simple_reply(sock)
        assert error, "a read of 4 GiB was answered as if it were good"
    except ConnectionError:
        pass  # closing is a clear answer too
    sock.close()


def write_that_promises_four_gigabytes(host, port, export, rng):
    sock, _size = opened(host, port, export)
    sock.sendall(nbd.request(nbd.WRITE, 1, 0, 2**32 - 1))
    try:
        for _ in range(64):
            sock.sendall(os.urandom(1 << 16))
    except OSError:
        pass
    sock.close()


def vanish_in_a_write(host, port, export, rng):
    sock, _size = opened(host, port, export)
    length = rng.choice([4096, 1 << 20, 8 << 20])
    sock.sendall(nbd.request(nbd.WRITE, 1, 1 << 20, length) + os.urandom(rng.randrange(length)))
    if rng.random() < 0.5:  # a reset instead of an orderly end
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def vanish_with_replies_pending(host, port, export, rng):
    sock, _size = opened(host, port, export)
    for cookie in range(200):
        sock.sendall(nbd.request(nbd.READ, cookie, cookie * 4096, 1 << 20))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def never_read_replies(host, port, export, rng):
    sock, _size = opened(host, port, export)
    sock.settimeout(1)
    try:
        for cookie in range(5000):
            sock.sendall(nbd.request(nbd.READ, cookie, 0, 1 << 20))
    except OSError:
        pass  # the server stopped reading: back-pressure
    sock.close()


def unknown_command_and_flags(host, port, export, rng):
    sock, _size = opened(host, port, export)
    expect_error(sock, nbd.request(77, 1, 0, 0), "command 77")
    expect_error(sock, nbd.request(nbd.READ, 2, 0, 4096, flags=0x8000), "an unknown flag")
    sock.close()


def wrong_request_magic(host, port, export, rng):
    sock, _size = opened(host, port, export)
    sock.sendall(os.urandom(28))
    try:
        while sock.recv(4096):
            pass
    except OSError:
        pass
    sock.close()


def option_that_promises_four_gigabytes(host, port, export, rng):
    sock = nbd.connect(host, port, timeout=10)
    sock.sendall(struct.pack(">QII", nbd.IHAVEOPT, nbd.OPT_GO, 2**32 - 1))
    try:
        for _ in range(64):
            sock.sendall(os.urandom(1 << 16))
    except OSError:
        pass
    sock.close()


def name_length_that_lies(host, port, export, rng):
    sock = nbd.connect(host, port, timeout=10)
    nbd.option(sock, nbd.OPT_GO, struct.pack(">I", 10**6) + b"demo" + struct.pack(">H", 0))
    _number, kind, _data = nbd.option_reply(sock)
    assert kind & 0x80000000, "a lying name length was accepted"
    sock.close()


def unknown_export(host, port, export, rng):
    for name in ["", "demo", "demo/none", "/", "a" * 300 + "/x", "demo/\x01\x02", "../../etc/passwd", "demo/disk0/x"]:
        sock = nbd.connect(host, port, timeout=10)
        try:
            nbd.go(sock, name)
            raise AssertionError(f"export {name!r} was opened")
        except nbd.Refused as refusal:
            assert len(str(refusal)) > 10, f"export {name!r}: the refusal says nothing"
        sock.close()


def honest(host, port, export):
    sock, _size = opened(host, port, export)
    sock.sendall(nbd.request(nbd.READ, 9, 0, 4096))
    error, cookie = nbd.simple_reply(sock)
    assert (error, cookie) == (0, 9), f"an honest read was answered with error {error}"
    nbd.receive(sock, 4096)
    sock.close()


CASES = [
    read_past_the_end,
    read_of_four_gigabytes,
    write_that_promises_four_gigabytes,
    vanish_in_a_write,
    vanish_with_replies_pending,
    never_read_replies,
    unknown_command_and_flags,
    wrong_request_magic,
    option_that_promises_four_gigabytes,
    name_length_that_lies,
    unknown_export,
]


def main():
    host, port, export, seconds = sys.argv[1], int(sys.argv[2]), sys.argv[3], float(sys.argv[4])
    seed = int(time.time())
    rng = random.Random(seed)
    end = time.monotonic() + seconds
    rounds = 0
    while rounds == 0 or time.monotonic() < end:
        for case in CASES:
            try:
                case(host, port, export, rng)
                honest(host, port, export)
            except Exception as e:  # noqa: BLE001 - whatever it is, the case has failed
                print(f"FAILED {case.__name__} (seed {seed}, round {rounds}): {type(e).__name__}: {e}")
                return 1
        rounds += 1
    print(f"bad NBD clients: {len(CASES)} cases, {rounds} rounds, an honest client served after each")
    return 0


if __name__ == "__main__":
    sys.exit(main())
