"""The programs are reproducible: built once more from a copy of the sources in another place, they have the same bytes.

usage: again.py TOP BUILD [SOURCES]    with a number only so many sources, drawn at random, are compiled in both places, each way;
PARLEY_TEST_SEED=NUMBER repeats the draw"""

import argparse
import concurrent.futures
import importlib.util
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

TOP, BUILD = sys.argv[1:3]
DRAWN = int(sys.argv[3]) if len(sys.argv) > 3 else 0
FOLDER = os.path.join(BUILD, "alice/browser")
PROGRAMS = {"alice": ["--simd"], "alice-plain": [], "how": []}  # as alice/browser/meson.build has them
if not os.path.exists(os.path.join(FOLDER, "alice.wasm")):
    print("there is no alice.wasm (see alice/browser/README.md)")
    sys.exit(77)


def differ(what, one, other):
    where = next((i for i, (x, y) in enumerate(zip(one, other)) if x != y), min(len(one), len(other)))
    sys.exit("FAIL two builds of %s differ, from byte %d on (%d and %d bytes)" % (what, where, len(one), len(other)))


def copied(folder):
    """(root, generated, packages) once more, elsewhere, with longer names and others."""
    root, generated, packages = (os.path.join(folder, name) for name in ("a longer root", "generated", "packages"))
    for name in ("common", "proto", "alice", "bob"):
        shutil.copytree(os.path.join(TOP, name), os.path.join(root, name))
    os.makedirs(generated + "/proto")
    for name in ("parley.pb-c.c", "parley.pb-c.h", "words.inc"):
        shutil.copy(os.path.join(BUILD, "proto", name), generated + "/proto")
    shutil.copytree(os.path.join(TOP, "build-packages"), packages)
    return root, generated, packages


def whole_programs(folder):
    root, generated, packages = copied(folder)
    for program, flags in PROGRAMS.items():
        again = os.path.join(folder, program + ".wasm")
        subprocess.run([os.path.join(root, "alice/browser/build.py"), again, *flags, "--root", root, "--generated", generated,
                        "--packages", packages], check=True)
        with open(os.path.join(FOLDER, program + ".wasm"), "rb") as a, open(again, "rb") as b:
            one, other = a.read(), b.read()
        if one != other:
            differ(program, one, other)
        print("two builds of %s, %d bytes each, are the same" % (program, len(one)))


def some_sources(folder):
    spec = importlib.util.spec_from_file_location("build", os.path.join(TOP, "alice/browser/build.py"))
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    seed = int(os.environ.get("PARLEY_TEST_SEED", random.SystemRandom().randrange(2**32)))
    print("PARLEY_TEST_SEED=%d" % seed)
    places = (TOP, BUILD, os.path.join(TOP, "build-packages")), copied(folder)
    commands = []
    for number, (root, generated, packages) in enumerate(places):
        here = pathlib.Path(folder, "objects %d" % number)
        here.mkdir()
        packages = pathlib.Path(packages)
        build.sodium_version(packages, here)
        for simd in (False, True):
            arguments = argparse.Namespace(root=pathlib.Path(root), generated=pathlib.Path(generated), packages=packages, simd=simd)
            all_of_them = list(build.jobs(arguments, here, pathlib.Path("alice.wasm")))
            for i in sorted(random.Random(seed + simd).sample(range(len(all_of_them)), DRAWN)):
                source, flags = all_of_them[i]
                commands.append((source.name, [*build.compiler_of(arguments, source, flags), "-o", str(here / ("%d-%d.o" % (simd, i)))]))
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        list(pool.map(lambda c: build.run(c[1]), commands))
    half = len(commands) // 2
    for (name, one), (other_name, other) in zip(commands[:half], commands[half:]):
        a, b = pathlib.Path(one[-1]).read_bytes(), pathlib.Path(other[-1]).read_bytes()
        if name != other_name or a != b:
            differ(name, a, b)
    print("the same in two places: " + ", ".join(name for name, _ in commands[:half]))


with tempfile.TemporaryDirectory(prefix="parley-again-") as work:
    some_sources(work) if DRAWN else whole_programs(work)
