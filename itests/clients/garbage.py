"""Random bytes to listeners: garbage.py SECONDS HOST:PORT [HOST:PORT ...]

Connections of every kind of rubbish: short, long, beginning like the real protocol, left hanging, reset. Counts them; the caller
checks that the process lives and its memory returned.
"""

import os
import random
import socket
import struct
import sys
import time

PREFIXES = [
    b"",
    b"GET /",
    b"POST /api/v1/volumes HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n",
    b"GET /%00%ff/../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
    struct.pack(">I", 3),
    struct.pack(">I", 3) + struct.pack(">QII", 0x49484156454F5054, 7, 20),
    struct.pack(">I", 3) + struct.pack(">QII", 0x49484156454F5054, 3, 0),
    struct.pack(">i", 44) + struct.pack(">i", 0),  # like a ZooKeeper connect request
    struct.pack(">i", 2**31 - 1),
    b"\x16\x03\x01\x02\x00\x01",  # like TLS
]


def throw(address, rng, hanging):
    sock = socket.create_connection(address, timeout=3)
    try:
        sock.sendall(rng.choice(PREFIXES) + os.urandom(rng.choice([0, 1, 16, 100, 5000, 200_000])))
    except OSError:
        pass  # closed in the middle: its right
    how = rng.random()
    if how < 0.05 and len(hanging) < 50:
        hanging.append(sock)
        return
    if how < 0.5:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def main():
    seconds = float(sys.argv[1])
    addresses = [(a.rsplit(":", 1)[0], int(a.rsplit(":", 1)[1])) for a in sys.argv[2:]]
    seed = int(time.time())
    rng = random.Random(seed)
    end = time.monotonic() + seconds
    count, refused, hanging = 0, 0, []
    while time.monotonic() < end:
        for address in addresses:
            try:
                throw(address, rng, hanging)
                count += 1
            except OSError:
                refused += 1
        time.sleep(0.002)
    for sock in hanging:
        sock.close()
    print(f"garbage: {count} connections to {len(addresses)} listeners, {refused} not taken (seed {seed})")
    return 0 if count else 1


if __name__ == "__main__":
    sys.exit(main())
