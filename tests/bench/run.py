#!/usr/bin/env python3
"""Runs all that is here and prints one table: each figure, what it is measured beside, and the ratio of the two.

usage: run.py BUILD [--quick] [--only PART,...] [--list]

Beside stand floors, plain twins, and what a user would pick instead where this machine has it. Nothing is a test: a part that
cannot be measured says why in its row, and the exit status is 0 all the same. --quick takes some minutes, all of it most of an
hour. Times depend on what else the machine does: the first lines say how busy it was before and after, and `chrt -r 10` in front
leaves out most of what others take.
"""
import argparse
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PATIENCE_S = 1800 # with one program
WANTED = {"n2048": 75, "r13109": 400} # sessions a second


def show(what, figure, beside="", ratio=None):
    text = "" if ratio is None else ratio if isinstance(ratio, str) else "%.*f" % (2 if ratio < 10 else 1 if ratio < 100 else 0, ratio)
    print("| %-34s | %-38s | %-42s | %-8s |" % tuple(cell.replace("|", "/") for cell in (what, figure, beside, text)), flush=True)


def output(*command):
    """What a program says on standard output. The error, in a line, if it does not end well."""
    path = os.pathsep.join([os.path.join(ROOT, "tests", "lib"), HERE])
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, stdin=subprocess.DEVNULL, check=False,
                          env=dict(os.environ, PYTHONPATH=path, PARLEY_LOAD=BUILD + "/tests/bench/load"))
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip() or "?").splitlines()[-1]
        raise RuntimeError("%s ended with %d: %s" % (os.path.basename(command[0]), done.returncode, last[:160]))
    return done.stdout


def script(name, *arguments):
    return output(sys.executable, os.path.join(HERE, name), *arguments)


# ---- the parts

def kernels(quick):
    """Inner loops, each level beside plain C."""
    levels = []
    for line in output(BUILD + "/tests/bench/kernels").splitlines():
        words = re.split(r"\s{2,}", line.strip())
        if line.startswith(" "):
            levels = line.split()
            continue
        if not line.strip():
            continue
        name = words[0]
        values = re.findall(r"\d+\.\d+", line[len(name):])
        unit = re.search(r"[kMG]?B?/s", line[len(name):]).group(0)
        for i in range(1, len(levels) if "other" not in levels else 2):
            show(name, "%s %s, %s" % (values[i], unit, levels[i] if "other" not in levels else "in use"),
                 "%s %s, %s" % (values[0], unit, "plain" if "other" not in levels else "the other"),
                 float(values[i]) / float(values[0]))
        if len(levels) == 1:
            show(name, "%s %s, %s" % (values[0], unit, levels[0]))


def handshakes(quick):
    """Agreements of two programs, beside the floor and X25519."""
    sets = "n256,n2048,r13109,l640" if quick else "n64,n128,n256,n384,n512,n1024,n2048,n4096,n8192,r1019,r13109,r17669,l64,l448,l640,l1024"
    lines = script("handshake.py", BUILD, "--sets", sets, "--runs", "3" if quick else "7").splitlines()
    others = [line.split() for line in lines if "bytes" in line.split()[-1]]
    x25519 = next((float(words[1]) for words in others if words[0] == "X25519"), None)
    for line in lines[1:]:
        if not re.match(r"[nrl]\d+ ", line):
            continue
        name, wall, floor, ratio, alice, _, bob, _, wire, _ = line.split()
        show("handshake " + name, "%s ms wall" % wall, "%s ms floor: matrix and bytes" % floor, float(ratio))
        both = float(alice) + float(bob)
        show("", "%.1f ms of processor, both sides" % both, "%.3f ms X25519" % x25519 if x25519 else "",
             both / x25519 if x25519 else None)
        show("", "%s kB on the wire" % wire, "0.064 kB X25519", float(wire) / 0.064)
    for words in others:
        if words[0] != "X25519" and words[1] != "no":
            show("instead: " + words[0], "%s ms of processor, %s bytes" % (words[1], words[-2]), "%.3f ms X25519" % x25519,
                 float(words[1]) / x25519)
        elif words[0] != "X25519":
            show("instead: " + words[0], "%s bytes, published; no library" % words[-2])


def pipe(quick):
    """The encrypted pipe, beside secretstream on one core and TLS."""
    size = ["--megabytes", "256" if quick else "1024", "--runs", "3" if quick else "5"]
    try:
        tls = float(script("tls.py", *size))
    except (RuntimeError, ValueError, OSError) as error:
        tls = None
        show("instead: TLS 1.3 of OpenSSL", "not measured: %s" % error)
    for line in script("pipe.py", BUILD, *size).splitlines():
        found = re.match(r"(.*?)\s+([\d.]+) GB/s(?:, ratio ([\d.]+))?", line)
        if not found.group(3):
            alone = found.group(2)
            continue
        show("pipe, " + found.group(1), found.group(2) + " GB/s", alone + " GB/s secretstream alone", float(found.group(3)))
        if tls:
            show("", "", "%.2f GB/s TLS 1.3 of OpenSSL" % tls, float(found.group(2)) / tls)


def tap(quick):
    """What eve tap costs those who talk."""
    for line in script("tap.py", BUILD, "--sets", "n256,n2048", "--pairs", "10" if quick else "60").splitlines():
        found = re.match(r"(\w+) .*direct\s+([\d.]+) ms\s+tap\s+([\d.]+) ms\s+cost\s+([-\d.]+)%", line)
        show("through eve tap, " + found.group(1), found.group(3) + " ms", found.group(2) + " ms directly",
             1 + float(found.group(4)) / 100)


def load(quick):
    """Many at one bob."""
    out = script("load.py", BUILD + "/alice/alice", BUILD + "/bob/bob", "--only=" + ("idle,at-once" if quick else "idle,at-once,busy,slow,short"))
    for line in out.splitlines():
        for pattern, what, figure, beside in (
                (r"1,000 idle chats of (\w+): ([\d.]+) KiB", "1,000 idle chats, %s", "%s KiB each", 12),
                (r"64 handshakes of (n2048) at once: all done after ([\d.]+) s", "64 handshakes at once, %s", "done after %s s", None),
                (r"64 who send the samples of (n2048).*\+ ([\d.]+) MiB", "64 who send fast, %s", "bob grows by %s MiB", 42),
                (r"(one too many) hears so after ([\d.]+) ms", "%s", "hears so after %s ms", 50)):
            found = re.match(pattern, line)
            if found:
                show(what % found.group(1), figure % found.group(2), "%g wanted" % beside if beside else "",
                     float(found.group(2)) / beside if beside else None)
        found = re.match(r"500 slow clients: handshake of n2048 ([\d.]+) ms, without them ([\d.]+) ms", line)
        if found:
            show("beside 500 slow clients, n2048", found.group(1) + " ms", found.group(2) + " ms without them",
                 float(found.group(1)) / float(found.group(2)))
        found = re.match(r"10,000 short sessions.*: (\d+) KiB after 1,000, (\d+) KiB", line)
        if found:
            show("10,000 short sessions", found.group(2) + " KiB", found.group(1) + " KiB after 1,000",
                 float(found.group(2)) / float(found.group(1)))


def many(quick):
    """Sessions a second of 64 alices at one bob, beside the floor."""
    for line in script("many.py", BUILD, "--seconds", "4" if quick else "15").splitlines()[2:]:
        name, _, rate, bob, alice, least, ratio = line.split()
        show("64 alices at one bob, " + name, "%s sessions a second" % rate, "%d wanted on two idle cores" % WANTED[name],
             float(rate) / WANTED[name])
        show("", "%s + %s ms of processor, bob and alice" % (bob, alice), "%s ms floor: expanding, hashing, socket" % least,
             float(ratio))


def room(quick):
    """A class that joins at once."""
    for set_name, phones in (("n256", 30),) if quick else (("n256", 100), ("r1019", 100), ("n2048", 30)):
        out = script("room.py", BUILD + "/alice/alice", BUILD + "/bob/bob", "--eve=" + BUILD + "/eve/eve",
                     "--load=" + BUILD + "/tests/bench/load", "--set=" + set_name, "--phones=%d" % phones)
        last = dict(re.findall(r"^(directly|in the room) .*last\s+([\d.]+) s", out, re.MULTILINE))
        show("a class of %d at %s" % (phones, set_name), "last key after %s s" % last["in the room"],
             "%s s without the room" % last["directly"], float(last["in the room"]) / float(last["directly"]))


def eve(quick):
    """Eve's searches, beside her model, Gauss on M4RI, and plain twins."""
    bench, sessions = BUILD + "/tests/bench/bench_eve", "4" if quick else "20"
    for n in ("128", "256") if quick else ("128", "256", "384"):
        out = output(bench, "isd", n, sessions if n != "384" else "5")
        mean = re.search(r"solved (\d+) of (\d+), cpu seconds mean ([\d.]+)", out)
        model = re.search(r"expected ([\d.]+) successes from these tries; (\d+) tries", out)
        gauss = re.search(r"extrapolated\): (\d+)", out)
        show("isd n" + n, "%s s of processor on average" % mean.group(3), "%s solved, %s by the model" % (mean.group(1), model.group(1)),
             float(mean.group(1)) / float(model.group(1)) if float(model.group(1)) else None)
        if gauss:
            show("", "%s tries a second" % model.group(2), "successes of Gauss on M4RI", float(gauss.group(1)))
    for n in ("256", "512"):
        found = re.findall(r"2\^\d+ buckets, (\w+) *: .* pass ([\d.]+) us, ([\d.]+) ns a sum\n(?:.*memory: writing ([\d.]+) ns, reading ([\d.]+))?",
                           output(BUILD + "/tests/bench/decoding", n, "20" if quick else "100"))[-1]
        memory = (float(found[3]) + float(found[4])) / 2
        show("a pass of isd n%s, %s" % (n, found[0]), "%s us, %s ns a sum" % (found[1], found[2]), "%.2f ns of writing and reading" % memory, float(found[2]) / memory)
    for line in output(BUILD + "/tests/bench/rotations", "1019", "3", "21", "0").splitlines():
        found = re.match(r"(\w+)\s+a pass ([\d.]+) ms \(([\d.]+) of plain", line)
        if found and found.group(1) != "plain":
            show("a pass over rotations, r1019", "%s ms, %s" % (found.group(2), found.group(1)), "of plain C's time", float(found.group(3)))


def reach(quick):
    """How soon eve learn has a key."""
    sets = "n64,n128,r509" if quick else "n64,n128,n256,r509,r1019,l64,l80"
    for line in script("reach.py", BUILD, "--sets", sets, "--sessions", "2" if quick else "5").splitlines()[2:]:
        name, broken, wall, _, processor, _ = [cell.strip() for cell in line.strip("| ").split("|")]
        show("eve learn, " + name, "%s; %s wall" % (broken, wall), "%s of processor" % processor)


PARTS = {"kernels": kernels, "handshakes": handshakes, "pipe": pipe, "tap": tap, "load": load, "many": many, "room": room, "eve": eve, "reach": reach}


def machine():
    name = "a processor"
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as f:
            name = next((line.split(":", 1)[1].strip() for line in f if line.startswith("model name")), name)
    except OSError:
        pass
    return "%d cores of %s" % (os.cpu_count() or 0, name)


def say_load(when):
    print("Load %s: %.1f, %.1f, %.1f over 1, 5 and 15 minutes." % ((when,) + os.getloadavg()), flush=True)


def main():
    parser = argparse.ArgumentParser(description="All benchmarks, in one table.")
    parser.add_argument("build", nargs="?")
    parser.add_argument("--quick", action="store_true", help="fewer sets and runs: some minutes")
    parser.add_argument("--only", default=",".join(PARTS), help="of: " + ", ".join(PARTS))
    parser.add_argument("--list", action="store_true", help="the parts")
    args = parser.parse_args()
    if args.list:
        for name, part in PARTS.items():
            print("%-12s %s" % (name, part.__doc__))
        return
    chosen = args.only.split(",")
    unknown = [name for name in chosen if name not in PARTS]
    if unknown:
        parser.error("no part '%s'; the parts are %s" % (unknown[0], ", ".join(PARTS)))
    if not args.build or not os.path.exists(args.build + "/build.ninja"):
        parser.error("BUILD is a folder made by meson setup --buildtype=release")
    global BUILD
    BUILD = os.path.abspath(args.build)
    print(machine() + ".")
    say_load("before")
    print()
    show("what", "figure", "beside", "ratio")
    print("|%s|%s|%s|%s|" % ("-" * 36, "-" * 40, "-" * 44, "-" * 10))
    for name in chosen:
        began = time.monotonic()
        try:
            PARTS[name](args.quick)
        except Exception as error: # a figure that is missing is no reason to lose the others
            show(name, "not measured: %s" % error)
        print("%s: %.0f s" % (name, time.monotonic() - began), file=sys.stderr)
    print()
    say_load("after")


BUILD = ""

if __name__ == "__main__":
    main()
