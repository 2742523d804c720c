#!/usr/bin/env python3
"""musl instead of glibc, as far as Debian goes, which has musl itself and no library built for it: all that Alice and Bob
are made of below their sockets, with libsodium and protobuf-c from source, compiles without a warning, and the learner
does with fixed labels what it does elsewhere. The programs are not built: libuv, popt, libedit and jansson are missing.

usage: musl.py FOLDER [BUILD]   BUILD has parley.pb-c.c, build-check if it is not named
       musl.py --missing        what is missing here, with status 1; nothing else"""

import concurrent.futures
import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = TOP / "build-packages"
COMPILE = ["musl-gcc", "-std=gnu17", "-O2", "-fno-strict-aliasing", "-ffp-contract=off", "-D_GNU_SOURCE"]

# What is compiled of libsodium is known where Alice is compiled for a browser.
spec = importlib.util.spec_from_file_location("browser_build", TOP / "alice/browser/build.py")
browser = importlib.util.module_from_spec(spec)
spec.loader.exec_module(browser)

START = """#include <stddef.h>
#include <stdlib.h>
int sodium_init(void) { return 0; }
void sodium_misuse(void) { abort(); }
void randombytes_buf(void *p, size_t n) { (void)p; (void)n; abort(); }
"""


def missing():
    if not shutil.which("musl-gcc"):
        return "there is no musl-gcc: apt-get install musl-tools"
    if not (PACKAGES / "fetched").exists():
        return "there are no sources of libsodium and protobuf-c (alice/browser/fetch)"
    return None


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit("FAIL %s\n%s%s" % (" ".join(command), done.stdout, done.stderr))


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if missing():
        print(missing())
        sys.exit(1)
    if sys.argv[1] == "--missing":
        return
    folder, build = pathlib.Path(sys.argv[1]), pathlib.Path((sys.argv + ["build-check"])[2])
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "sodium").mkdir(parents=True)
    sodium, protobuf = PACKAGES / "libsodium/src/libsodium", PACKAGES / "protobuf-c"
    browser.sodium_version(PACKAGES, folder / "sodium")
    ours = [TOP / "alice/machine.c", TOP / "bob/machine.c", TOP / "tests/proof/golden/learner.c"]
    for name in browser.FOLDERS:
        ours += sorted(TOP.glob(name + "/*.c"))
    # What else they ask of libsodium: the parts of it that are there need no preparation, and nothing here draws randomness.
    start = folder / "start.c"
    start.write_text(START)
    theirs = [sodium / name for name in browser.SODIUM] + [protobuf / "protobuf-c/protobuf-c.c", build / browser.GENERATED[0], start]
    include = ["-I%s" % TOP, "-I%s" % build, "-isystem%s/include" % sodium, "-isystem%s" % folder, "-isystem%s/include/sodium" % sodium, "-isystem%s" % protobuf]
    commands, objects = [], []
    for number, source in enumerate(ours + theirs):
        objects.append("%s/%d.o" % (folder, number))
        flags = ["-DLEARNER_KERNELS=plain", "-DSODIUM_STATIC", "-Wall", "-Wextra", "-Werror", "-Wno-psabi"]
        if source in theirs:
            flags = ["-I%s/include/sodium" % sodium, "-I%s/sodium" % folder, "-DCONFIGURED=1", "-DSODIUM_STATIC", "-w"]
        commands.append(COMPILE + include + flags + ["-c", str(source), "-o", objects[-1]])
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        list(pool.map(run, commands))
    program = str(folder / "golden_learner")
    run(["musl-gcc", "-static", "-Wl,--gc-sections", *objects, "-lm", "-o", program])
    run([program, str(TOP / "tests/proof/golden/learner.txt")])
    print("%d files of ours and %d of libraries compile, and the learner does the same" % (len(ours), len(theirs)))


main()
