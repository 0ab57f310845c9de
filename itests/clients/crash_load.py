"""Writes over NBD, remembers what was acknowledged, and checks it after the server was killed.

  crash_load.py write  URI STATE --seconds N   writes until the connection breaks or the time is over; STATE keeps the memory
  crash_load.py verify URI STATE               reads everything back; exit 1 and a line for each sector that is wrong

Every sector of 4 KiB that is written carries its own number and a version that only grows. After a crash a sector must hold the
last acknowledged version or one that was sent after it and whose fate is unknown; anything else, a mixture included, is a loss. What
verify sees is what the next round starts from.
"""

import argparse
import json
import os
import random
import select
import struct
import sys
import time
from urllib.parse import unquote, urlparse

import nbd

SECTOR = 4096
DEPTH = 32
SIZES = [1, 1, 1, 2, 4, 8, 16, 32, 64, 256]  # sectors of one write: 4 KiB .. 1 MiB, mostly small


def pattern(sector, version):
    """One sector's bytes: a header that names it, repeated so that a torn sector shows."""
    return struct.pack("<QQ", sector, version) * (SECTOR // 16)


def parse(uri):
    url = urlparse(uri)
    return url.hostname, url.port or 10809, unquote(url.path.lstrip("/"))


class State:
    """versions acknowledged and versions of unknown fate, by sector"""

    def __init__(self, path):
        self.path = path
        self.acknowledged, self.unknown, self.version, self.total = {}, {}, 0, 0
        if os.path.exists(path):
            with open(path) as file:
                kept = json.load(file)
            self.acknowledged = {int(k): v for k, v in kept["acknowledged"].items()}
            self.unknown = {int(k): v for k, v in kept["unknown"].items()}
            self.version, self.total = kept["version"], kept["total"]

    def save(self):
        with open(self.path + ".new", "w") as file:
            json.dump(vars(self), file)
        os.replace(self.path + ".new", self.path)

    def sent(self, first, count, version):
        for sector in range(first, first + count):
            self.unknown.setdefault(sector, []).append(version)

    def confirmed(self, first, count, version):
        self.total += 1
        for sector in range(first, first + count):
            self.acknowledged[sector] = version
            self.unknown.pop(sector, None)


class Load:
    def __init__(self, state, sock, size, seed):
        self.state, self.sock = state, sock
        self.sectors = size // SECTOR
        self.random = random.Random(seed)
        self.flying = {}  # cookie -> (first, count, version)
        self.busy = set()  # sectors in flight: overlapping writes in flight have no order, so none are made

    def next_write(self):
        while True:
            count = self.random.choice(SIZES)
            first = self.random.randrange(self.sectors - count)
            touched = range(first, first + count)
            if self.busy.isdisjoint(touched):
                break
        self.state.version += 1
        version = self.state.version
        self.busy.update(touched)
        self.flying[version] = (first, count, version)
        self.state.sent(first, count, version)
        data = b"".join(pattern(sector, version) for sector in touched)
        self.sock.sendall(nbd.request(nbd.WRITE, version, first * SECTOR, len(data)) + data)

    def take_reply(self):
        error, cookie = nbd.simple_reply(self.sock)
        first, count, version = self.flying.pop(cookie)
        self.busy.difference_update(range(first, first + count))
        if error:
            raise SystemExit(f"the server answered a write with error {error}")
        self.state.confirmed(first, count, version)

    def run(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            while len(self.flying) < DEPTH:
                self.next_write()
            self.take_reply()
            while select.select([self.sock], [], [], 0)[0]:
                self.take_reply()
        while self.flying:
            self.take_reply()


def write(uri, state, seconds, window, timeout):
    host, port, export = parse(uri)
    sock = nbd.connect(host, port, timeout=timeout)
    size, _flags = nbd.go(sock, export)
    load = Load(state, sock, min(size, window), seed=state.version)
    print("writing", flush=True)
    try:
        load.run(seconds)
        broken = "no"
    except (ConnectionError, OSError) as e:
        broken = f"yes ({e})"
    state.save()
    print(f"acknowledged writes in all: {state.total}; connection broken: {broken}; in flight then: {len(load.flying)}")


def verify(uri, state):
    host, port, export = parse(uri)
    sock = nbd.connect(host, port, timeout=60)
    nbd.go(sock, export)
    wrong = 0
    written = sorted(state.acknowledged.keys() | state.unknown.keys())
    for sector in written:
        sock.sendall(nbd.request(nbd.READ, sector, sector * SECTOR, SECTOR))
        error, _cookie = nbd.simple_reply(sock)
        if error:
            print(f"sector {sector}: read answered with error {error}")
            wrong += 1
            continue
        data = nbd.receive(sock, SECTOR)
        wrong += not check(state, sector, data)
    state.unknown.clear()
    state.save()
    print(f"sectors read: {len(written)}; wrong: {wrong}")
    return wrong


def check(state, sector, data):
    acknowledged = state.acknowledged.get(sector)
    allowed = set(state.unknown.get(sector, []))
    allowed.add(acknowledged)
    if data == bytes(SECTOR):
        found = None
    else:
        found = struct.unpack_from("<QQ", data)[1]
        if data != pattern(sector, found):
            print(f"sector {sector}: torn or foreign content, begins {data[:16].hex()}")
            return False
    if found not in allowed:
        print(f"sector {sector}: holds version {found}, acknowledged was {acknowledged}, possible {sorted(filter(None, allowed))}")
        return False
    if found is not None:
        state.acknowledged[sector] = found
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["write", "verify"])
    parser.add_argument("uri")
    parser.add_argument("state")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--window", type=int, default=768 << 20, help="bytes at the volume's start that are written to")
    parser.add_argument("--timeout", type=float, default=60, help="seconds that a reply may take")
    arguments = parser.parse_args()
    state = State(arguments.state)
    if arguments.action == "write":
        write(arguments.uri, state, arguments.seconds, arguments.window, arguments.timeout)
        return 0
    return 1 if verify(arguments.uri, state) else 0


if __name__ == "__main__":
    sys.exit(main())
