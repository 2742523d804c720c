"""What a session takes of memory and of threads. Memory: the peak of either program (VmHWM of Linux) above that of a session of the
smallest set. Each is the least of some, so that what an allocator keeps now and then does not count."""

import os
import sys

from parley import Skip, check, run, start_alice, start_bob

RUNS = 3
QUIET = {"MALLOC_PERTURB_": "0"}  # or all that is allocated is also written


if not os.path.exists("/proc/self/status"):
    print("no /proc")
    sys.exit(77)


def peak(program):
    with open("/proc/%d/status" % program.process.pid, encoding="ascii") as f:
        for line in f:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    raise Skip("the kernel does not say how much memory a process has had")


def peaks(name):
    """MiB of alice and of bob, while they have a session."""
    bob = start_bob("--once", "--params", name, stdin="pipe", environment=QUIET)
    alice = start_alice(bob, "--params", name, stdin="pipe", environment=QUIET)
    for program in (alice, bob):
        program.event("open")
    both = peak(alice), peak(bob)
    for program in (alice, bob):
        program.stdin.close()
    for program in (alice, bob):
        program.wait(0)
    return both


def memory_is_bounded():
    found = {name: [min(of) for of in zip(*(peaks(name) for _ in range(RUNS)))] for name in ("r509", "r17669", "l640")}
    for name, most in (("r17669", 4), ("l640", 24)):
        alice, bob = (of - least for of, least in zip(found[name], found["r509"]))
        print("%s: alice %+.1f MiB, bob %+.1f MiB" % (name, alice, bob))
        check(alice <= most and bob <= most, name, "takes more than", most, "MiB: alice", alice, "bob", bob)
    check(alice > 1.5, "at l640 alice holds 2 MB of recipes and sums, and", alice, "MiB are seen")  # else nothing is measured


def threads_are_started_for_long_jobs_alone():
    """An r-set's jobs are brief where the processor has carry-less products, those of n64 are on any, and a number needs no
    resolver; n512 is the control."""
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        if not {"pclmulqdq", "pmull"} & set(f.read().split()):
            raise Skip("no carry-less multiplication")
    for name, alone in (("r13109", True), ("n64", True), ("n512", False)):
        bob = start_bob("--once", "--params", name, stdin="pipe")
        alice = start_alice(bob, "--params", name, stdin="pipe")
        for program in (alice, bob):
            program.event("open")
            count = len(os.listdir("/proc/%d/task" % program.process.pid))
            check((count == 1) == alone, name, program.name, "has", count, "threads")
        for program in (alice, bob):
            program.stdin.close()
        for program in (alice, bob):
            program.wait(0)


run(memory_is_bounded, threads_are_started_for_long_jobs_alone)
