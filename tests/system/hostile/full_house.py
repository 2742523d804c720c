"""A bob is not kept full by those who have finished and stay: a newcomer gets in, and it is not the wrong one who goes."""

import threading

import parley
from parley import N64, Program, check, equal, path, run, start_alice, start_bob, wait_until

PLACES = 6


def crowd(bob, n, words=None, **options):
    """n who have agreed on a key and stay."""
    alices = []
    for _ in range(n):
        alice = start_alice(bob, *N64, stdin="pipe", **options)
        bob.event("open", session=alice.event("open")["session"])
        if words:
            alice.stdin.write(words)
        alices.append(alice)
    if words:
        wait_until(lambda: bob.output.count(words.strip()) >= n, 20, "the words of the crowd")
    return alices


def newcomer(bob, **options):
    """Served in spite of the crowd; no more is asked of her than to come once more while bob is busy."""
    alice = start_alice(bob, *N64, "--timeout", "60", stdin=b"may I come in\n", **options)
    alice.wait(0)
    bob.event("closed", session=alice.event("open")["session"])
    return alice


def the_silent_go_first():
    """The oldest of them, and nobody who has spoken, though that was long ago."""
    bob = start_bob(*N64, "--max-sessions", str(PLACES), "--stay", "0.1")
    speaker, = crowd(bob, 1, b"a question\n")
    silent = crowd(bob, PLACES - 1)
    for i in range(3):
        newcomer(bob)
        silent[i].wait(74)
        gone = bob.event("closed", session=silent[i].event("open")["session"])
        equal((gone["status"], gone["by_peer"]), (69, False), "how she went")
        check("place" in gone["reason"], gone["reason"])
        crowd(bob, 1)
    check(speaker.running() and silent[3].running(), "the wrong one had to go")
    equal(len(bob.all("closed", status=0)), 3, "newcomers who were served")


def who_keeps_sending():
    """A byte now and then keeps no place, and the one to whom bob speaks has hers."""
    bob = start_bob(*N64, "--max-sessions", str(PLACES), "--stay", "2", stdin="pipe")
    friend, = crowd(bob, 1, b"a question\n")
    attackers = crowd(bob, PLACES - 1, b"noise\n")
    stop = threading.Event()
    parley.later(stop.set)

    def send():
        while not stop.wait(0.1):
            for alice in attackers:
                if alice.running():
                    try:
                        alice.stdin.write(b".\n")
                    except OSError:
                        pass
            bob.stdin.write(b"@%s an answer\n" % friend.event("open")["session"].encode())

    thread = threading.Thread(target=send)
    thread.start()
    newcomer(bob)
    crowd(bob, 1, b"and another\n")
    newcomer(bob)
    stop.set()
    thread.join()
    check(friend.running(), "bob's friend had to go")
    wait_until(lambda: not all(alice.running() for alice in attackers), 60, "one of those who keep sending to go")


def nobody_goes_for_a_connection():
    """Only who has agreed on a key needs a place: those who knock, or begin, throw nobody out."""
    bob = start_bob(*N64, "--max-sessions", str(PLACES), "--stay", "0")
    silent = crowd(bob, PLACES)
    sockets = [parley.connect(bob.address) for _ in range(100)]
    for i, s in enumerate(sockets):
        try:
            s.sendall(parley.PREFACE + (parley.hello(b"n64") if i % 2 else b""))
        except OSError:
            pass
    wait_until(lambda: len(bob.all("connected")) > PLACES + 20, 20, "the knocking to be heard")
    check(all(alice.running() for alice in silent), "somebody had to go for a mere connection")
    for s in sockets:
        s.close()
    wait_until(lambda: len(bob.all("closed")) >= len(bob.all("connected")) - PLACES, 30, "the knocking to be over")
    newcomer(bob)


def silence_takes_no_place():
    """Those who connect again and again and say nothing, or the preface, are pushed out by anybody who comes: whether
    there is nobody else or a full house. Those who say A1 and no more stay for a moment."""
    for silent, begin in ((0, b""), (0, parley.PREFACE), (PLACES, parley.PREFACE), (0, parley.PREFACE + parley.hello(b"n64"))):
        bob = start_bob(*N64, "--max-sessions", str(PLACES), "--timeout", "600", events=False, wait=False)
        wait_until(lambda: "alices at " in bob.stderr, 20, "bob to listen")
        address = bob.stderr.split("alices at ")[1].split()[0]
        for alice in [start_alice(address, *N64, stdin="pipe") for _ in range(silent)]:
            alice.event("open")
        stop, again = threading.Event(), len(begin) <= len(parley.PREFACE)
        parley.later(stop.set)

        def knock():
            while not stop.is_set():
                try:
                    with parley.connect(address) as s:
                        s.settimeout(20)
                        s.sendall(begin)
                        parley.receive_all(s)
                except OSError:
                    stop.wait(0.05)
                if not again:
                    break

        threads = [threading.Thread(target=knock, daemon=True) for _ in range(80)]
        for thread in threads:
            thread.start()
        stop.wait(1)
        for _ in range(3):
            start_alice(address, *N64, "--timeout", "60", stdin=b"may I come in\n").wait(0)
        stop.set()
        bob.signal(15)
        bob.wait(0)


def the_pinned_stay():
    """Whom bob knows he does not send away, for nobody."""
    keys = []
    for name in ("a", "b"):
        program = Program("alice", ["--new-identity", path(name)], events=False)
        program.wait(0)
        keys.append(program.output.decode().strip())
    bob = start_bob(*N64, "--max-sessions", "2", "--stay", "0", "--peer", ",".join(keys))
    pinned = [start_alice(bob, *N64, "--identity", path("a"), stdin="pipe") for _ in range(2)]
    for alice in pinned:
        bob.event("open", session=alice.event("open")["session"])
    late = start_alice(bob, *N64, "--identity", path("b"), "--timeout", "3", stdin=b"x")
    late.wait(69)
    late.one_error("busy")
    check(all(alice.running() for alice in pinned), "a pinned one had to go")


run(the_silent_go_first, who_keeps_sending, nobody_goes_for_a_connection, silence_takes_no_place,
    the_pinned_stay)
