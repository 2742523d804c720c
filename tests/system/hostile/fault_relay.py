"""A relay that does one wrong thing to one n64 session: at each frame boundary, one byte before and one behind it, in both
directions. Both sides end in time, each well or with exactly one error line; keys that both have are equal; and the same
bob serves all of these alices, and the next one."""

import asyncio
import collections
import contextlib
import os
import re
import socket
import struct

import parley
from parley import N64, Relay, Skip, agree, check, equal, loopback, path, patience, run, start_alice, start_bob, wait_until

LONG = "PARLEY_LONG" in os.environ
AT_ONCE = 32
CLOCK = 10  # times as fast, where two minutes of a peer's computing have to pass
LINE = b"a line\n"
SOUND = {0, 1, 69, 74, 76}  # exit statuses that a fault may lead to

Cell = collections.namedtuple("Cell", "fault way at")


def layout(data):
    """Where the frames of one direction begin, and its end."""
    edges, at = [0], len(parley.PREFACE)
    while at < len(data):
        edges.append(at)
        at += 4 + int.from_bytes(data[at:at + 4], "big")
    equal(at, len(data), "the end of the last frame")
    return edges + [at]


def record(bob, *options):
    """The edges in both directions of a session that nobody disturbs."""
    relay = Relay(bob.address)
    start_alice(relay.address, *N64, *options, stdin=LINE).wait(0)
    wait_until(lambda: len(relay.recorded) == 1 and all(relay.recorded[0]), 20, "the record")
    return [layout(data) for data in relay.recorded[0]]


def reset(writer):
    s = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class Visit:
    """One cell: a listening socket for one alice, a connection to bob, a fault on the way."""

    def __init__(self, cell, edges, bob, patient):
        self.cell, self.edges, self.bob, self.patient = cell, edges, bob, patient
        self.peer = None  # as bob sees it

    async def open(self):
        self.over = asyncio.Event()
        self.server = await asyncio.start_server(self.serve, loopback().strip("[]"), 0)
        return "%s:%d" % (loopback(), self.server.sockets[0].getsockname()[1])

    async def serve(self, reader, writer):
        host, port = parley.split_address(self.bob.address)
        there = await asyncio.open_connection(host, port)
        self.peer = "%s:%d" % (loopback(), there[1].get_extra_info("sockname")[1])
        self.writers = (there[1], writer)  # by direction
        ways = [self.carry(reader, there[1], 0), self.carry(there[0], writer, 1)]
        await asyncio.gather(*ways)
        for w in self.writers:
            w.close()
        self.over.set()

    async def carry(self, reader, writer, way):
        seen, done = b"", way != self.cell.way
        last = self.cell.at == self.edges[way][-1] if not done else False
        with contextlib.suppress(OSError):
            while True:
                data = await reader.read(65536)
                if not data:
                    break
                if not done:
                    before, seen = len(seen), seen + data
                    if len(seen) > self.cell.at or (last and len(seen) == self.cell.at):
                        done = True
                        if self.patient:
                            asyncio.get_running_loop().call_later(self.patient, self.hang_up)
                        data = await self.disturb(seen, before, writer)
                        if data is None:
                            return
                writer.write(data)
                await writer.drain()
            writer.write_eof()

    def hang_up(self):
        for w in self.writers:
            w.close()

    async def disturb(self, seen, passed, writer):
        """What goes on instead of seen[passed:]; None: nothing more. The fault is at or behind passed."""
        at, edges = self.cell.at, self.edges[self.cell.way]
        before, after = seen[passed:at], seen[at:]
        fault = self.cell.fault
        if fault == "truncate":
            end = min((e for e in edges if e > at), default=at)
            return before + seen[end:]
        if fault == "duplicate":
            begin = max((e for e in edges if e < at), default=0)
            return before + seen[begin:at] + after
        if fault == "corrupt":
            return before + bytes([b ^ 0x41 for b in after[:1]]) + after[1:]
        writer.write(before)
        await writer.drain()
        if fault == "delay":
            await asyncio.sleep(0.3)
            return after
        if fault == "end":
            writer.write_eof()
        elif fault == "cut":
            self.hang_up()
        elif fault == "reset":
            for w in self.writers:
                reset(w)
        return None  # also a stall: the connection stays open


async def run_cell(visit, options, environment, seats):
    async with seats:
        name = "%s-%d-%d" % visit.cell
        address = await visit.open()
        process = await asyncio.create_subprocess_exec(
            parley.ALICE, "--connect", address, *N64, "--key-out", path(name + ".key"), *options,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
            env=dict(os.environ, LC_ALL="C.UTF-8", **environment))
        try:
            _, said = await asyncio.wait_for(process.communicate(LINE), patience(60))
        except asyncio.TimeoutError:
            process.kill()
            await process.wait()
            raise AssertionError("alice has not ended: %s" % name) from None
        finally:
            visit.server.close()
        visit.status, visit.said = process.returncode, said.decode(errors="backslashreplace")


def check_alice(visit):
    errors = [line for line in visit.said.splitlines() if line.startswith("alice: ") and "warning" not in line]
    about = "%s: alice ended with %s\n%s" % (visit.cell, visit.status, visit.said)
    check(visit.status in SOUND, about)
    check(len(errors) == (visit.status != 0), "%d error lines;" % len(errors), about)
    if visit.cell.fault == "delay":
        equal(visit.status, 0, "status after a mere delay, " + about)


def closing_lines(bob):
    found = collections.defaultdict(list)
    for line in bob.stderr.splitlines():
        match = re.match(r"closed peer=(\S+) session=(\S+) .*?status=(\d+)", line)
        if match:
            found[match[1]].append((match[2], int(match[3]), line))
    return found


def check_bob(visit, lines):
    check(len(lines) == 1, "%s: bob has %d closing lines for %s" % (visit.cell, len(lines), visit.peer))
    session, status, line = lines[0]
    check(status in SOUND, "%s: %s" % (visit.cell, line))
    mine, his = "%s-%d-%d.key" % visit.cell, "bob-" + session
    if os.path.exists(path(mine)) and os.path.exists(path(his)):
        equal(parley.key_of(mine), parley.key_of(his), "bob's key, %s" % (visit.cell,))
    if visit.status == 0:
        check(os.path.exists(path(mine)), "alice has no key:", visit.cell)
        if status == 0:  # he writes it beside all else that he does
            wait_until(lambda: os.path.exists(path(his)), 20, "bob's key: %s" % (visit.cell,))
    if visit.cell.fault == "delay":
        equal(status, 0, "bob's status after a mere delay")
    return status


def run_cells(bob, cells, edges, options, environment=None, patient=None):
    visits = [Visit(cell, edges, bob, patient) for cell in cells]

    async def all_of_them():
        seats = asyncio.Semaphore(AT_ONCE if environment is None else 4 * AT_ONCE)
        await asyncio.gather(*(run_cell(v, options, environment or {}, seats) for v in visits))

    asyncio.run(all_of_them())
    for visit in visits:
        check_alice(visit)
    with contextlib.suppress(AssertionError):
        wait_until(lambda: all(v.peer in closing_lines(bob) for v in visits), 40, "bob's last lines")
    lines = closing_lines(bob)
    for visit in visits:  # reset before bob had taken the connection: the system does not know the address any more
        if visit.cell.fault == "reset" and not lines[visit.peer] and lines["?"]:
            lines[visit.peer].append(lines["?"].pop())
    outcomes = collections.Counter((v.status, check_bob(v, lines[v.peer])) for v in visits)
    equal(len(bob.errors), sum(n for (_, status), n in outcomes.items() if status), "bob's error lines")
    print("    %d cells; (alice's status, bob's): %s" % (len(cells), ", ".join(
        "%s %d times" % (pair, n) for pair, n in sorted(outcomes.items()))), flush=True)
    check(bob.running(), "bob has gone")
    agree(bob, *(o for o in options if o == "--agree-only"))
    return outcomes


def cells_of(edges, faults, reach=1):
    """At each edge and around it."""
    return [Cell(fault, way, at) for fault in faults for way in (0, 1)
            for at in sorted({e + d for e in edges[way] for d in range(-reach, reach + 1) if 0 <= e + d <= edges[way][-1]})]


def thinned(cells):
    return cells[::7] if parley.SANITIZED and not LONG else cells


def quick_bob(*options, **more):
    return start_bob(*N64, *options, "--max-sessions", "1000", "--key-out", path("bob-%s"), **more)


def a_connection_that_ends():
    bob = quick_bob("--timeout", "3")
    edges = record(bob)
    cells = thinned(cells_of(edges, ("cut", "end", "reset"), 8 if LONG else 1))
    outcomes = run_cells(bob, cells, edges, ("--timeout", "3"))
    check(any(a and b for a, b in outcomes), "no fault was noticed")
    check(outcomes[0, 0] < len(cells) / 4, "most faults had no effect")


def a_delay_does_no_harm():
    bob = quick_bob("--timeout", "100")
    edges = record(bob)
    outcomes = run_cells(bob, thinned(cells_of(edges, ("delay",))), edges, ("--timeout", "100"))
    equal(set(outcomes), {(0, 0)}, "outcomes")


def bytes_that_are_wrong_or_missing():
    """Of sessions that only agree, since an open conversation has no deadline. Their clock runs faster: a side waits two
    minutes where the peer may be computing."""
    shim = os.environ.get("FAULT_SHIM")
    if not shim:
        raise Skip("no fault shim here, and two minutes are too long: it is for glibc, without a sanitizer")
    environment = {"LD_PRELOAD": shim, "FAULT_CLOCK": str(CLOCK)}
    options = ("--agree-only", "--timeout", str(3 * CLOCK))
    bob = quick_bob(*options, environment=environment)
    edges = record(bob, "--agree-only")
    cells = cells_of(edges, ("stall", "truncate", "duplicate", "corrupt"), 8 if LONG else 1)
    outcomes = run_cells(bob, cells, edges, options, environment)
    check(any(a and b for a, b in outcomes), "no fault was noticed")
    check(outcomes[0, 0] < len(cells) / 4, "most faults had no effect")


def in_an_open_conversation():
    """It waits for ever, until somebody hangs up."""
    bob = quick_bob("--timeout", "3")
    begin = [edges[-2] for edges in record(bob, "--agree-only")] # of what is sealed
    edges = record(bob)
    cells = [c for c in cells_of(edges, ("stall", "truncate", "duplicate", "corrupt")) if c.at >= begin[c.way]]
    check(len(cells) > 40, "only", len(cells), "cells")
    run_cells(bob, thinned(cells), edges, ("--timeout", "3"), patient=3)


run(a_connection_that_ends, a_delay_does_no_harm, bytes_that_are_wrong_or_missing, in_an_open_conversation)
